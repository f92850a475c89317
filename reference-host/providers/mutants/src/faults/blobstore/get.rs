//! Faults of `get`: which state it finds, and how it goes on and ends.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{Body, Driver, Info, Range, Reading};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use futures::{StreamExt as _, stream};

use super::container;
use super::whole::{Whole, collect, other};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::faults::keyvalue::tools::Window;
use crate::provider::lock;

/// What a get makes of its arguments and of an object that is absent.
#[derive(Debug)]
enum Finds {
    /// An absent object is not-found.
    AbsentFails,
    /// `expected` is ignored.
    ExpectsNothing,
    /// With `expected`, an absent object is none.
    ExpectedAbsentIsNone,
    /// With `expected` and a range, no version is right.
    ExpectedRangeFails,
    /// The range is looked at before the version.
    RangeFirst,
}

#[async_trait]
impl ContainerFault for Finds {
    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let expected = match self {
            Self::ExpectsNothing => None,
            Self::ExpectedRangeFails if expected.is_some() && !range.is_whole() => {
                return Err(ErrorKind::PreconditionFailed.into());
            }
            Self::RangeFirst if expected.is_some() => {
                to.container.get(name, range, None).await?;
                expected
            }
            _ => expected,
        };
        match (self, to.container.get(name, range, expected).await) {
            (Self::AbsentFails, Ok(None)) => Err(ErrorKind::NotFound.into()),
            (Self::ExpectedAbsentIsNone, Err(error))
                if *error.kind() == ErrorKind::PreconditionFailed
                    && to.driver.head(name).await?.is_none() =>
            {
                Ok(None)
            }
            (_, found) => found,
        }
    }
}

/// The first state that an object had is what `get` returns for ever.
#[derive(Debug, Default)]
struct FirstWrite(Mutex<HashMap<String, Whole>>);

#[async_trait]
impl ContainerFault for FirstWrite {
    async fn writing(&self, to: &Target, _: Call, name: &str) {
        if let Ok(Some(before)) = Whole::of(&*to.driver, name).await {
            lock(&self.0).entry(name.to_owned()).or_insert(before);
        }
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let found = to.container.get(name, range, expected).await?;
        match lock(&self.0).get(name) {
            Some(first) if found.is_some() => first.reading(range).map(Some),
            _ => Ok(found),
        }
    }
}

/// A deleted object is one of zero bytes.
#[derive(Debug, Default)]
struct DeletedIsEmpty(Mutex<HashMap<String, Info>>);

#[async_trait]
impl ContainerFault for DeletedIsEmpty {
    async fn writing(&self, to: &Target, call: Call, name: &str) {
        if matches!(call, Call::Delete | Call::DeleteMany)
            && let Ok(Some(info)) = to.driver.head(name).await
        {
            lock(&self.0).insert(name.to_owned(), Info { size: 0, ..info });
        }
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let found = to.container.get(name, range, expected).await?;
        match lock(&self.0).get(name) {
            Some(info) if found.is_none() => {
                let bytes = Bytes::new();
                let info = info.clone();
                Whole { info, bytes }.reading(range).map(Some)
            }
            _ => Ok(found),
        }
    }
}

/// How late a word comes.
const PAUSE: Duration = Duration::from_millis(20);

/// What is delivered differs from what was found.
#[derive(Debug)]
enum Delivers {
    /// The first MiB, and ok.
    OneChunk,
    /// Everything, and then no word.
    NoEnd,
    /// Of a range everything, and the word a while after the last byte, to who reads on.
    RangeEndsLate,
    /// Where there is nothing to deliver, the word to who reads that.
    NothingIsRead,
}

impl ContainerFault for Delivers {
    fn read(&self, call: Call, mut reading: Reading) -> Reading {
        match self {
            _ if call != Call::Get => {}
            Self::OneChunk => reading.length = reading.length.min(1 << 20),
            Self::NoEnd => {
                reading.length += 1;
                reading.data = Box::pin(reading.data.chain(stream::pending()));
            }
            Self::RangeEndsLate if (1..reading.info.size).contains(&reading.length) => {
                let pause = stream::once(async { tokio::time::sleep(PAUSE).await });
                let nothing = pause.filter_map(|()| std::future::ready(None));
                reading.length += 1;
                reading.data = Box::pin(reading.data.chain(nothing));
            }
            Self::NothingIsRead if reading.length == 0 => reading.length = 1,
            Self::RangeEndsLate | Self::NothingIsRead => {}
        }
        reading
    }
}

/// How a get goes on whose object changes meanwhile.
#[derive(Debug, Clone, Copy)]
enum Meanwhile {
    /// With the bytes of the new state.
    Mixes,
    /// It ends where a shorter object ends, with ok.
    EndsShort,
    /// It ends with the object, with ok.
    EndsWithIt,
    /// With the bytes of the new state, if it is one of a range.
    MixesRange,
}

impl Meanwhile {
    /// The piece that is delivered in the place of one that begins at `offset`; none
    /// ends the stream.
    async fn piece(
        self,
        driver: &dyn Driver,
        name: &str,
        version: &Version,
        offset: u64,
        piece: Bytes,
    ) -> Result<Option<Bytes>> {
        let now = driver.head(name).await?;
        let Some(now) = now.filter(|now| now.version != *version) else {
            let is_gone = driver.head(name).await?.is_none();
            return Ok((!is_gone || !matches!(self, Self::EndsWithIt)).then_some(piece));
        };
        match self {
            Self::EndsShort if now.size < offset => Ok(None),
            Self::Mixes | Self::MixesRange if now.size > offset => {
                let range = Range {
                    offset,
                    length: Some(piece.len() as u64),
                };
                let Some(content) = driver.get(name, range, None).await? else {
                    return Ok(Some(piece));
                };
                let new = collect(content.data).await?;
                let rest = piece.slice(new.len()..);
                Ok(Some([new, rest].concat().into()))
            }
            _ => Ok(Some(piece)),
        }
    }
}

#[async_trait]
impl ContainerFault for Meanwhile {
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
        if matches!(self, Self::MixesRange) && range.is_whole() {
            return Ok(Some(reading));
        }
        let (meanwhile, driver) = (*self, Arc::clone(&to.driver));
        let (name, version) = (name.to_owned(), reading.info.version.clone());
        let state = (reading.data, range.offset);
        let data = stream::unfold(state, move |(mut data, offset): (Body, u64)| {
            let (driver, name, version) = (Arc::clone(&driver), name.clone(), version.clone());
            async move {
                let piece = match data.next().await? {
                    Ok(piece) => piece,
                    failed => return Some((failed, (data, offset))),
                };
                let behind = offset + piece.len() as u64;
                let piece = meanwhile.piece(&*driver, &name, &version, offset, piece);
                Some((piece.await.transpose()?, (data, behind)))
            }
        });
        Ok(Some(Reading {
            data: Box::pin(data),
            ..reading
        }))
    }
}

/// Breaks the container unless its stream came to an end.
#[derive(Debug)]
struct Open {
    broken: Arc<AtomicBool>,
    left: u64,
}

impl Drop for Open {
    fn drop(&mut self) {
        if self.left > 0 {
            self.broken.store(true, Ordering::Relaxed);
        }
    }
}

/// What one function reads breaks the next call of it when it is dropped before its end.
#[derive(Debug)]
struct Fragile {
    call: Call,
    broken: Arc<AtomicBool>,
}

impl Fragile {
    fn of(call: Call) -> Self {
        Self {
            call,
            broken: Arc::default(),
        }
    }

    fn check(&self, call: Call) -> Result<()> {
        if call == self.call && self.broken.swap(false, Ordering::Relaxed) {
            return Err(other("a get is still open"));
        }
        Ok(())
    }
}

#[async_trait]
impl ContainerFault for Fragile {
    fn read(&self, call: Call, reading: Reading) -> Reading {
        if call != self.call {
            return reading;
        }
        let mut open = Open {
            broken: Arc::clone(&self.broken),
            left: reading.length,
        };
        let data = reading.data.inspect(move |piece| {
            // All of it goes with the stream, not the number alone.
            let open = &mut open;
            let length = piece.as_ref().map_or(open.left, |piece| piece.len() as u64);
            open.left = open.left.saturating_sub(length);
        });
        Reading {
            data: Box::pin(data),
            ..reading
        }
    }

    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        self.check(Call::Get)?;
        to.container.get(name, range, expected).await
    }

    async fn get_version(
        &self,
        to: &Target,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Reading>> {
        self.check(Call::GetVersion)?;
        to.container.get_version(name, version, range).await
    }
}

/// A get that was given up keeps its place among those in flight.
struct Place {
    kept: Arc<AtomicU32>,
    left: u64,
}

impl Drop for Place {
    fn drop(&mut self) {
        if self.left > 0 {
            self.kept.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Gets that are dropped before their end keep their places, and there are 64.
#[derive(Debug, Default)]
struct KeepsPlaces(Arc<AtomicU32>);

#[async_trait]
impl ContainerFault for KeepsPlaces {
    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        if self.0.load(Ordering::Relaxed) >= 64 {
            std::future::pending::<()>().await;
        }
        let found = to.container.get(name, range, expected).await?;
        Ok(found.map(|reading| {
            let mut place = Place {
                kept: Arc::clone(&self.0),
                left: reading.length,
            };
            let data = reading.data.inspect(move |piece| {
                let length = piece
                    .as_ref()
                    .map_or(place.left, |piece| piece.len() as u64);
                place.left = place.left.saturating_sub(length);
            });
            Reading {
                data: Box::pin(data),
                ..reading
            }
        }))
    }
}

/// The info is read after the bytes.
#[derive(Debug)]
struct InfoOfNow(Window);

#[async_trait]
impl ContainerFault for InfoOfNow {
    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let Some(mut reading) = to.container.get(name, range, expected).await? else {
            return Ok(None);
        };
        self.0.open().await;
        if let Some(now) = to.driver.head(name).await? {
            reading.info = now;
        }
        Ok(Some(reading))
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-get-absent-error",
        "get of an absent object is not-found",
        &["BLOB-GET-2", "BLOB-GET-3", "TYP-ERR-1"],
        container!(Finds::AbsentFails),
    ),
    Mutant::new(
        "blob-get-deleted-empty",
        "a deleted object is one of zero bytes",
        &["BLOB-GET-3"],
        container!(DeletedIsEmpty::default()),
    ),
    Mutant::new(
        "blob-get-first-write",
        "get returns the first state that an object had",
        &["BLOB-GET-1"],
        container!(FirstWrite::default()),
    ),
    Mutant::new(
        "blob-get-expected-ignored",
        "get ignores `expected`",
        &["BLOB-GET-8"],
        container!(Finds::ExpectsNothing),
    ),
    Mutant::new(
        "blob-get-expected-absent",
        "get with `expected` of an absent object returns none",
        &["BLOB-GET-8"],
        container!(Finds::ExpectedAbsentIsNone),
    ),
    Mutant::new(
        "blob-get-expected-range-fails",
        "get of a range with `expected` fails whatever the version is",
        &["BLOB-GET-8"],
        container!(Finds::ExpectedRangeFails),
    ),
    Mutant::new(
        "blob-get-range-first",
        "get looks at the range before it looks at `expected`",
        &["BLOB-GET-8"],
        container!(Finds::RangeFirst),
    ),
    Mutant::new(
        "blob-get-one-chunk",
        "get delivers the first MiB, and ok",
        &["BLOB-GET-4", "BLOB-GET-9", "BLOB-DATA-1"],
        container!(Delivers::OneChunk),
    ),
    Mutant::new(
        "blob-get-end-never",
        "the future beside a get is never resolved",
        &["BLOB-GET-9"],
        container!(Delivers::NoEnd),
    ),
    Mutant::new(
        "blob-get-mixes",
        "a get goes on with the new bytes after an overwrite",
        &["BLOB-GET-11", "BLOB-DATA-3"],
        container!(Meanwhile::Mixes),
    ),
    Mutant::new(
        "blob-get-short-ok",
        "a get that breaks off, where a shorter object ends, says ok",
        &["BLOB-GET-9", "BLOB-GET-10", "BLOB-GET-11"],
        container!(Meanwhile::EndsShort),
    ),
    Mutant::new(
        "blob-get-cut-on-delete",
        "a get of an object that is deleted ends early, with ok",
        &["BLOB-GET-11", "BLOB-GET-9"],
        container!(Meanwhile::EndsWithIt),
    ),
    Mutant::new(
        "blob-get-drop-breaks",
        "a get that is dropped midway breaks the next one",
        &["BLOB-GET-12"],
        container!(Fragile::of(Call::Get)),
    ),
    Mutant::new(
        "blob-getversion-drop-breaks",
        "a get-version that is dropped midway breaks the next one",
        &["BLOB-GETVERSION-1", "BLOB-GET-12"],
        container!(Fragile::of(Call::GetVersion)),
    ),
    Mutant::new(
        "blob-get-drop-keeps-place",
        "gets that are dropped keep their places among the 64 in flight",
        &["BLOB-GET-12"],
        container!(KeepsPlaces::default()),
    ),
    Mutant::new(
        "blob-get-range-ends-late",
        "the future beside a get of a range says ok to who reads behind its last byte",
        &["BLOB-GET-9"],
        container!(Delivers::RangeEndsLate),
    ),
    Mutant::new(
        "blob-get-nothing-unread",
        "the future beside a get of no bytes says ok to who reads them",
        &["BLOB-GET-9"],
        container!(Delivers::NothingIsRead),
    ),
    Mutant::new(
        "blob-get-range-mixes",
        "a get of a range goes on with the bytes of a new state",
        &["BLOB-GET-11", "BLOB-DATA-3"],
        container!(Meanwhile::MixesRange),
    ),
    Mutant::new(
        "blob-get-info-of-now",
        "the info of a get is read after its bytes",
        &["BLOB-DATA-3", "BLOB-HEAD-1"],
        container!(InfoOfNow(Window::default().often())),
    ),
];
