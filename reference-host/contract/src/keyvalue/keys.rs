//! The stream behind `keys`: one list from its first page to its last, and an end
//! to one that a faulty provider would let go on for ever.

use std::sync::Arc;

use futures::stream;

use super::portable::Portable;
use super::store::{KeyStream, Store as _};
use crate::{Error, ErrorKind, Result};

/// The most pages without a key that may come in a row. A list that nobody
/// changes has few (TYP-PAGE-5), and a provider that must read past much that is
/// not in the list does that within one page. So many say that it has no end.
const EMPTY_PAGES: u32 = 100;

enum Place {
    Start,
    At(String),
    Lost(Error),
    End,
}

struct Walk {
    store: Arc<Portable>,
    prefix: String,
    place: Place,
    watch: Watch,
}

/// Every key that starts with `prefix`. A page is read when it is asked for.
pub(super) fn stream(store: Arc<Portable>, prefix: String) -> KeyStream {
    let walk = Walk {
        store,
        prefix,
        place: Place::Start,
        watch: Watch::default(),
    };
    Box::pin(stream::unfold(walk, |mut walk| async move {
        let page = walk.next().await?;
        Some((page, walk))
    }))
}

impl Walk {
    async fn next(&mut self) -> Option<Result<Vec<String>>> {
        let cursor = match std::mem::replace(&mut self.place, Place::End) {
            Place::Start => None,
            Place::At(cursor) => Some(cursor),
            Place::Lost(error) => return Some(Err(error)),
            Place::End => return None,
        };
        let page = match self.store.list(&self.prefix, cursor.as_deref(), None).await {
            Ok(page) => page,
            Err(error) => return Some(Err(error)),
        };
        if let Some(next) = page.cursor {
            // The keys of the page are good whatever comes behind it.
            self.place = match self.watch.goes_on(page.keys.len(), &next) {
                Ok(()) => Place::At(next),
                Err(error) => Place::Lost(error),
            };
        }
        Some(Ok(page.keys))
    }
}

/// Notices that a list leads nowhere: by pages without keys, and by cursors that
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
    /// Whether the list may be read behind a page with so many keys and `next`.
    fn goes_on(&mut self, keys: usize, next: &str) -> Result<()> {
        self.empty = if keys == 0 { self.empty + 1 } else { 0 };
        if self.empty > EMPTY_PAGES {
            return Err(endless(
                "the provider returns pages without keys and no end",
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
