//! The stream behind `keys` and `names`: one list from its first page to its last,
//! and an end to one that a faulty provider would let go on for ever.

use std::future::Future;

use futures::stream::{self, BoxStream};

use crate::{Error, ErrorKind, Result};

/// The most pages without an item that may come in a row. A list that nobody
/// changes has few (TYP-PAGE-5), and a provider that must read past much that is
/// not in the list does that within one page. So many say that it has no end.
const EMPTY_PAGES: u32 = 100;

/// Names, a page at a time; a page may be empty. An error is the last item.
pub(crate) type Pages = BoxStream<'static, Result<Vec<String>>>;

/// Names and the cursor behind them.
pub(crate) type Page = (Vec<String>, Option<String>);

enum Place {
    Start,
    At(String),
    Lost(Error),
    End,
}

/// The pages that `list` returns for the cursors of one another. A page is read when
/// it is asked for.
pub(crate) fn pages<L, F>(list: L) -> Pages
where
    L: Fn(Option<String>) -> F + Send + 'static,
    F: Future<Output = Result<Page>> + Send,
{
    let walk = (list, Place::Start, Watch::default());
    Box::pin(stream::unfold(walk, async |(list, place, mut watch)| {
        let cursor = match place {
            Place::Start => None,
            Place::At(cursor) => Some(cursor),
            Place::Lost(error) => return Some((Err(error), (list, Place::End, watch))),
            Place::End => return None,
        };
        let (items, next) = match list(cursor).await {
            Ok(page) => page,
            Err(error) => return Some((Err(error), (list, Place::End, watch))),
        };
        // The items of the page are good whatever comes behind it.
        let place = next.map_or(Place::End, |next| match watch.goes_on(items.len(), &next) {
            Ok(()) => Place::At(next),
            Err(error) => Place::Lost(error),
        });
        Some((Ok(items), (list, place, watch)))
    }))
}

/// Notices that a list leads nowhere: by pages without items, and by cursors that
/// come again. The latter by Brent's method, which keeps one cursor of all, at
/// distances that double, and meets it again within a few rounds of any circle.
#[derive(Debug, Default)]
struct Watch {
    empty: u32,
    kept: Option<String>,
    since_kept: u64,
    distance: u64,
}

impl Watch {
    /// Whether the list may be read behind a page with so many items and `next`.
    fn goes_on(&mut self, items: usize, next: &str) -> Result<()> {
        self.empty = if items == 0 { self.empty + 1 } else { 0 };
        if self.empty > EMPTY_PAGES {
            return Err(endless(
                "the provider returns pages without items and no end",
            ));
        }
        if self.kept.as_deref() == Some(next) {
            return Err(endless("the provider returns to a place in the list"));
        }
        if self.since_kept == self.distance {
            self.kept = Some(next.to_owned());
            self.distance = self.distance.saturating_mul(2).max(1);
            self.since_kept = 0;
        }
        self.since_kept += 1;
        Ok(())
    }
}

fn endless(text: &'static str) -> Error {
    ErrorKind::Other(text.into()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// After how many pages with a key a list is given up that goes round in a
    /// circle of `round` cursors after `before` others.
    fn pages_until_noticed(before: u64, round: u64) -> u64 {
        let mut watch = Watch::default();
        for page in 0.. {
            let cursor = if page < before {
                page
            } else {
                before + (page - before) % round
            };
            if watch.goes_on(1, &cursor.to_string()).is_err() {
                return page + 1;
            }
        }
        unreachable!()
    }

    #[test]
    fn every_circle_is_noticed_soon() {
        assert_eq!(pages_until_noticed(0, 1), 2);
        for before in 0..40 {
            for round in 1..40 {
                let pages = pages_until_noticed(before, round);
                assert!(pages > before + round, "{before} {round} {pages}");
                assert!(
                    pages <= 4 * (before + round) + 2,
                    "{before} {round} {pages}"
                );
            }
        }
    }

    #[test]
    fn a_long_list_is_not_taken_for_a_circle() {
        let mut watch = Watch::default();
        for page in 0..100_000 {
            watch.goes_on(1, &page.to_string()).unwrap();
        }
    }

    #[test]
    fn only_a_row_of_empty_pages_has_an_end() {
        let mut watch = Watch::default();
        let mut cursors = (0..).map(|number| number.to_string());
        let mut next = |keys| watch.goes_on(keys, &cursors.next().unwrap());
        for _ in 0..3 {
            for _ in 0..EMPTY_PAGES {
                next(0).unwrap();
            }
            next(1).unwrap();
        }
        for _ in 0..EMPTY_PAGES {
            next(0).unwrap();
        }
        assert!(next(0).is_err());
    }
}
