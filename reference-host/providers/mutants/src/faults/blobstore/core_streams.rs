//! Streams whose provider counts those in flight, or that are read on after a pause.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cloud_contract::blobstore::{Body, NameStream, NewObject, Range, Reading};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};
use futures::{StreamExt as _, stream};
use tokio::sync::Semaphore;

use super::container;
use super::large::of_now;
use super::pauses::LIMIT;
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};

/// What a guest did not read for long is asked for again, by the name alone.
#[derive(Debug)]
struct AskedAgain;

#[async_trait]
impl ContainerFault for AskedAgain {
    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let Some(reading) = to.container.get(name, range, expected).await? else {
            return Ok(None);
        };
        let driver = Arc::clone(&to.driver);
        let (name, version) = (name.to_owned(), reading.info.version.clone());
        let state = (reading.data, range.offset, Instant::now(), false);
        let data = stream::unfold(state, move |state: (Body, u64, Instant, bool)| {
            let (driver, name, version) = (Arc::clone(&driver), name.clone(), version.clone());
            async move {
                let (mut data, offset, since, was_cut) = state;
                let is_cut = was_cut || since.elapsed() > LIMIT;
                let piece = match data.next().await? {
                    Ok(piece) => piece,
                    failed => return Some((failed, (data, offset, since, is_cut))),
                };
                let behind = offset + piece.len() as u64;
                let piece = match is_cut {
                    true => of_now(&*driver, &name, &version, offset, piece).await,
                    false => Ok(piece),
                };
                Some((piece, (data, behind, Instant::now(), is_cut)))
            }
        });
        Ok(Some(Reading {
            data: Box::pin(data),
            ..reading
        }))
    }
}

/// Puts of a known size are sent so many at a time.
#[derive(Debug)]
struct AnnouncedAtATime(Semaphore);

#[async_trait]
impl ContainerFault for AnnouncedAtATime {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let place = match object.size {
            Some(_) => self.0.acquire().await.ok(),
            None => None,
        };
        let ended = to.container.put(name, body, object).await;
        drop(place);
        ended
    }
}

/// So many large objects are read at a time; each until its end.
#[derive(Debug)]
struct LargeAtATime(Arc<Semaphore>);

#[async_trait]
impl ContainerFault for LargeAtATime {
    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let reading = match to.container.get(name, range, expected).await? {
            Some(reading) if reading.length > 256 << 10 => reading,
            found => return Ok(found),
        };
        let place = Arc::clone(&self.0).acquire_owned().await.ok();
        Ok(Some(Reading {
            // Kept with the stream, until it ends or is dropped.
            data: Box::pin(reading.data.inspect(move |_| {
                let _ = &place;
            })),
            ..reading
        }))
    }
}

/// How many places there are.
const PLACES: u32 = 64;

/// A call that ends in one error keeps its place among those in flight.
struct RefusalKeepsPlace {
    of: fn(Call, &ErrorKind) -> bool,
    kept: AtomicU32,
}

impl fmt::Debug for RefusalKeepsPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RefusalKeepsPlace").finish_non_exhaustive()
    }
}

impl RefusalKeepsPlace {
    fn of(of: fn(Call, &ErrorKind) -> bool) -> Self {
        let kept = AtomicU32::new(0);
        Self { of, kept }
    }

    /// Waits for a place; for ever, if there is none.
    async fn place(&self) {
        if self.kept.load(Ordering::Relaxed) >= PLACES {
            std::future::pending::<()>().await;
        }
    }
}

#[async_trait]
impl ContainerFault for RefusalKeepsPlace {
    fn error(&self, call: Call, error: Error) -> Error {
        if (self.of)(call, error.kind()) {
            self.kept.fetch_add(1, Ordering::Relaxed);
        }
        error
    }

    async fn writing(&self, _: &Target, _: Call, _: &str) {
        self.place().await;
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        self.place().await;
        to.container.get(name, range, expected).await
    }
}

/// A stream of names that has ended keeps its place among those in flight.
#[derive(Debug, Default)]
struct EndKeepsPlace(Arc<AtomicU32>);

impl ContainerFault for EndKeepsPlace {
    fn names(&self, to: &Arc<Target>, prefix: String) -> NameStream {
        if self.0.load(Ordering::Relaxed) >= PLACES {
            return Box::pin(stream::pending());
        }
        let kept = Arc::clone(&self.0);
        let last = stream::once(async move {
            kept.fetch_add(1, Ordering::Relaxed);
            Ok(Vec::new())
        });
        Box::pin(Arc::clone(&to.container).names(prefix).chain(last))
    }
}

/// A stream of names that nobody reads for so long ends as if it were complete.
#[derive(Debug)]
struct NamesEndUnread(Duration);

impl ContainerFault for NamesEndUnread {
    fn names(&self, to: &Arc<Target>, prefix: String) -> NameStream {
        let limit = self.0;
        let names = Arc::clone(&to.container).names(prefix);
        let state = (names, Instant::now());
        Box::pin(stream::unfold(state, move |(mut names, read)| async move {
            if read.elapsed() > limit {
                return None;
            }
            let page = names.next().await?;
            Some((page, (names, Instant::now())))
        }))
    }
}

fn is_wrong_size(kind: &ErrorKind) -> bool {
    matches!(kind, ErrorKind::InvalidArgument(text) if text.starts_with("size"))
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-get-asked-again-by-name",
        "a get that is not read for ten seconds goes on with the new bytes after an overwrite",
        &["BLOB-GET-11", "BLOB-DATA-3"],
        container!(AskedAgain),
    ),
    Mutant::new(
        "blob-puts-sized-32",
        "puts of a known size are served 32 at a time",
        &["BLOB-STREAM-5", "TYP-CALL-2"],
        container!(AnnouncedAtATime(Semaphore::new(32))),
    ),
    Mutant::new(
        "blob-gets-large-16",
        "gets of more than 256 KiB are served 16 at a time, until they are read",
        &["BLOB-STREAM-5"],
        container!(LargeAtATime(Arc::new(Semaphore::new(16)))),
    ),
    Mutant::new(
        "blob-get-out-of-range-keeps-place",
        "gets that are out of range keep their places among the 64 in flight",
        &["TYP-ERR-3"],
        container!(RefusalKeepsPlace::of(|call, kind| {
            call == Call::Get && *kind == ErrorKind::OutOfRange
        })),
    ),
    Mutant::new(
        "blob-get-failed-keeps-place",
        "gets of another version keep their places among the 64 in flight",
        &["TYP-ERR-3"],
        container!(RefusalKeepsPlace::of(|call, kind| {
            call == Call::Get && *kind == ErrorKind::PreconditionFailed
        })),
    ),
    Mutant::new(
        "blob-put-wrong-size-keeps-place",
        "puts of another size than announced keep their places among the 64 in flight",
        &["TYP-ERR-3"],
        container!(RefusalKeepsPlace::of(|call, kind| {
            call == Call::Put && is_wrong_size(kind)
        })),
    ),
    Mutant::new(
        "blob-put-given-up-keeps-place",
        "puts that are given up keep their places among the 64 in flight",
        &["TYP-ERR-3"],
        container!(RefusalKeepsPlace::of(|call, kind| {
            call == Call::Put && *kind == ErrorKind::Cancelled
        })),
    ),
    Mutant::new(
        "blob-names-end-keeps-place",
        "streams of names that have ended keep their places among the 64 in flight",
        &["BLOB-NAMES-1", "BLOB-NAMES-2"],
        container!(EndKeepsPlace::default()),
    ),
    Mutant::new(
        "blob-names-end-unread",
        "a stream of names that is not read for ten seconds ends as if it were complete",
        &["BLOB-STREAM-6", "BLOB-NAMES-1"],
        container!(NamesEndUnread(LIMIT)),
    ),
];
