//! Streams that come and go: created, described, and removed with their scope.

use bytes::Bytes;
use cloud_contract::{Result, ScopeId};
use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::api::{AskNames, AskSubjects, Done, Names, NewStream, StreamInfo, body};
use crate::error::Failure;
use crate::link::{Link, Live};
use crate::names::Kind;

/// How often a stream is tried to be created whose files cannot be made. A server whose
/// last stream is removed takes away the folder of all streams behind its answer, be it
/// under the feet of one that is being created; nothing is left of that one.
const CREATION_ATTEMPTS: u32 = 8;
/// How many streams are removed at a time.
const REMOVED_AT_ONCE: usize = 16;

/// Creates a stream; none if there is one of this name with other settings.
pub(crate) async fn create(
    link: &Link,
    live: &Live,
    new: &NewStream<'_>,
) -> Result<Option<StreamInfo>> {
    let question = body(new)?;
    let mut created = Err(Failure::NoStream);
    for _ in 0..CREATION_ATTEMPTS {
        let subject = format!("{}.STREAM.CREATE.{}", link.config.api, new.name);
        created = live.ask(subject, question.clone()).await;
        if !matches!(created, Err(Failure::NotCreated(_))) {
            break;
        }
    }
    match created {
        Ok(info) => Ok(Some(info)),
        Err(Failure::NameInUse) => Ok(None),
        Err(failure) => Err(failure.into()),
    }
}

/// Describes a stream.
///
/// # Errors
/// `not-found`.
pub(crate) async fn describe(link: &Link, live: &Live, name: &str) -> Result<StreamInfo> {
    let subject = format!("{}.STREAM.INFO.{name}", link.config.api);
    Ok(live.ask(subject, Bytes::new()).await?)
}

/// Describes a stream, and which of its subjects match.
///
/// # Errors
/// `not-found`.
pub(crate) async fn describe_with(
    link: &Link,
    live: &Live,
    name: &str,
    filter: &str,
) -> Result<StreamInfo> {
    let subject = format!("{}.STREAM.INFO.{name}", link.config.api);
    let question = body(&AskSubjects {
        subjects_filter: filter,
        offset: 0,
    })?;
    Ok(live.ask(subject, question).await?)
}

/// Removes a stream; whether there was one.
pub(crate) async fn delete(link: &Link, live: &Live, name: &str) -> Result<bool> {
    let subject = format!("{}.STREAM.DELETE.{name}", link.config.api);
    match live.ask(subject, Bytes::new()).await {
        Ok(Done { .. }) => Ok(true),
        Err(Failure::NoStream) => Ok(false),
        Err(failure) => Err(failure.into()),
    }
}

/// Removes all streams of a scope, whoever created them.
pub(crate) async fn remove(link: &Link, scope: &ScopeId) -> Result<()> {
    let live = link.live().await?;
    for kind in [Kind::Store, Kind::Container] {
        let prefix = kind.scope_prefix(scope);
        loop {
            let (streams, is_whole) = streams_of(link, &live, kind, &prefix).await?;
            if streams.is_empty() && is_whole {
                break;
            }
            stream::iter(streams)
                .map(|stream| {
                    let live = &live;
                    async move { delete(link, live, &stream).await.map(drop) }
                })
                .buffer_unordered(REMOVED_AT_ONCE)
                .try_collect::<()>()
                .await?;
        }
    }
    Ok(())
}

/// The streams whose names begin like this, and whether these are all. The service
/// counts its names anew for each page: where others create or remove meanwhile, one
/// can be passed over, and the number of all of them, or the first name of a page that
/// begins where the last one ended, shows it.
async fn streams_of(
    link: &Link,
    live: &Live,
    kind: Kind,
    prefix: &str,
) -> Result<(Vec<String>, bool)> {
    let mut pages = Pages::default();
    loop {
        let question = body(&AskNames {
            subject: kind.all_subjects(),
            offset: pages.offset(),
        })?;
        let asked = format!("{}.STREAM.NAMES", link.config.api);
        let page: Names = live.ask(asked, question).await?;
        if pages.add(page.streams.unwrap_or_default(), page.total) {
            break;
        }
    }
    let is_whole = pages.is_whole;
    let mut streams = pages.names;
    streams.retain(|name| name.starts_with(prefix));
    Ok((streams, is_whole))
}

/// Pages of names. Each begins with the last name of the one before: if that is not
/// there any more, the names have moved, and some were passed over.
struct Pages {
    names: Vec<String>,
    seen: usize,
    is_whole: bool,
}

impl Default for Pages {
    fn default() -> Self {
        Self {
            names: Vec::new(),
            seen: 0,
            is_whole: true,
        }
    }
}

impl Pages {
    /// Where the next page begins.
    fn offset(&self) -> usize {
        self.seen.saturating_sub(1)
    }

    /// Adds a page; whether it was the last.
    fn add(&mut self, names: Vec<String>, total: usize) -> bool {
        let offset = self.offset();
        let overlap = usize::from(self.seen > 0);
        self.is_whole &= match names.first() {
            Some(first) => self.names.last().is_none_or(|last| last == first),
            // The last name of the page before was not the last of all.
            None => self.seen == 0,
        };
        let is_last = names.len() <= overlap || offset + names.len() >= total;
        self.seen = offset + names.len();
        self.names.extend(names.into_iter().skip(overlap));
        is_last
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads pages of three names, of which one is removed after each page; what is
    /// left of them in the end.
    fn paged(mut all: Vec<String>, removed: Option<usize>) -> (Pages, Vec<String>) {
        let mut pages = Pages::default();
        loop {
            let page: Vec<String> = all.iter().skip(pages.offset()).take(3).cloned().collect();
            if pages.add(page, all.len()) {
                return (pages, all);
            }
            if let Some(place) = removed.map(|place| place.min(all.len().saturating_sub(1)))
                && place < all.len()
            {
                all.remove(place);
            }
        }
    }

    #[test]
    fn a_name_that_was_passed_over_is_noticed() {
        let mut moved = 0;
        for count in 0..20 {
            let all: Vec<String> = (10..10 + count).map(|name| name.to_string()).collect();
            let (pages, left) = paged(all.clone(), None);
            assert!(pages.is_whole, "{count}");
            assert_eq!(pages.names, left);
            for removed in [0, 1, 2, 3, 4, 6, 9, usize::MAX] {
                let (pages, left) = paged(all.clone(), Some(removed));
                let has_all = left.iter().all(|name| pages.names.contains(name));
                assert!(has_all || !pages.is_whole, "{count} {removed}");
                moved += u32::from(!has_all);
            }
        }
        assert!(moved > 0);
    }
}
