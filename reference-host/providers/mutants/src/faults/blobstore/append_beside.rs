//! Faults of additions that others see, or that end before they are whole.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{Appended, Body, Driver, Range, Reading};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use futures::lock::Mutex as Turn;
use futures::{StreamExt as _, stream};

use super::append::{all, body};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// An addition that is given up leaves what came of it, where that is much.
#[derive(Debug)]
struct MuchStays;

impl MuchStays {
    const MUCH: usize = 100_000;
}

#[async_trait]
impl ContainerFault for MuchStays {
    async fn append(
        &self,
        to: &Target,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let mut came: Vec<Result<Bytes>> = data.collect().await;
        let failure = came.iter().find_map(|piece| piece.clone().err());
        came.retain(Result::is_ok);
        let size: usize = came.iter().flatten().map(Bytes::len).sum();
        match failure {
            Some(failure) if size < Self::MUCH => Err(failure),
            failure => {
                let data = Box::pin(stream::iter(came));
                let appended = to.container.append(name, data, at).await?;
                failure.map_or(Ok(appended), Err)
            }
        }
    }
}

/// A get of a large object that was added to goes on with what is added meanwhile.
#[derive(Debug)]
struct ReadsOn {
    /// And ends with `expired` then.
    expires: bool,
    grown: Mutex<HashSet<Version>>,
}

impl ReadsOn {
    /// Less than this is read at once.
    const LARGE: u64 = 1 << 20;

    fn expiring(expires: bool) -> Self {
        Self {
            expires,
            grown: Mutex::default(),
        }
    }
}

#[async_trait]
impl ContainerFault for ReadsOn {
    async fn append(
        &self,
        to: &Target,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let appended = to.container.append(name, data, at).await?;
        lock(&self.grown).insert(appended.version.clone());
        Ok(appended)
    }

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
        let size = reading.info.size;
        let is_grown = lock(&self.grown).contains(&reading.info.version);
        if !is_grown || !range.is_whole() || size < Self::LARGE {
            return Ok(Some(reading));
        }
        let (driver, name, expires) = (Arc::clone(&to.driver), name.to_owned(), self.expires);
        let more = async move {
            let behind = Range {
                offset: size,
                length: None,
            };
            let added = match driver.get(&name, behind, None).await {
                Ok(Some(found)) => all(found.data).await.unwrap_or_default(),
                _ => Bytes::new(),
            };
            let mut pieces: Vec<Result<Bytes>> = Vec::new();
            if !added.is_empty() {
                pieces.push(Ok(added));
                if expires {
                    pieces.push(Err(ErrorKind::Expired.into()));
                }
            }
            stream::iter(pieces)
        };
        Ok(Some(Reading {
            info: reading.info,
            data: Box::pin(reading.data.chain(stream::once(more).flatten())),
            // As many as there are by then.
            length: u64::MAX,
        }))
    }
}

/// A large addition is made in two steps. No other one comes between them, but a reader can,
/// and the end of the call.
#[derive(Debug, Default)]
struct InSteps(Turn<()>);

impl InSteps {
    const LARGE: usize = 32 << 10;
    /// Long enough for a reader, and for a guest that gives the call up.
    const WINDOW: Duration = Duration::from_millis(30);
}

#[async_trait]
impl DriverFault for InSteps {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let mut first = all(data).await?;
        let turn = self.0.lock().await;
        if first.len() < Self::LARGE {
            return to.append(name, body(first), at).await;
        }
        let second = first.split_off(first.len() / 2);
        to.append(name, body(first), at).await?;
        tokio::time::sleep(Self::WINDOW).await;
        let appended = to.append(name, body(second), None).await;
        drop(turn);
        appended
    }
}

/// A get of an object that was added to tells of the object as it is when the bytes of
/// before are found.
#[derive(Debug, Default)]
struct InfoOfLater(Mutex<HashSet<Version>>);

impl InfoOfLater {
    /// A get takes as long as an addition, so that the two meet.
    const WINDOW: Duration = Duration::from_millis(10);
}

#[async_trait]
impl ContainerFault for InfoOfLater {
    async fn append(
        &self,
        to: &Target,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let appended = to.container.append(name, data, at).await?;
        lock(&self.0).insert(appended.version.clone());
        tokio::time::sleep(Self::WINDOW).await;
        Ok(appended)
    }

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
        let is_grown = lock(&self.0).contains(&reading.info.version);
        if !is_grown {
            return Ok(Some(reading));
        }
        tokio::time::sleep(Self::WINDOW).await;
        let Some(info) = to.driver.head(name).await? else {
            return Ok(Some(reading));
        };
        let has_grown_on = lock(&self.0).contains(&info.version);
        Ok(Some(if has_grown_on {
            Reading { info, ..reading }
        } else {
            reading
        }))
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-append-much-stays",
        "of an addition that is given up after 100,000 bytes these stay",
        &["BLOB-STREAM-2"],
        container!(MuchStays),
    ),
    Mutant::new(
        "blob-append-read-on",
        "a get that has begun delivers what is added meanwhile",
        &["BLOB-GET-11"],
        container!(ReadsOn::expiring(false)),
    ),
    Mutant::new(
        "blob-append-read-on-expired",
        "a get that has begun delivers what is added meanwhile, and expires then",
        &["BLOB-GET-11"],
        container!(ReadsOn::expiring(true)),
    ),
    Mutant::new(
        "blob-append-in-steps",
        "readers see a large addition half made",
        &["BLOB-DATA-4"],
        driver!(InSteps::default()),
    ),
    Mutant::new(
        "blob-append-dropped-half",
        "a large addition that is dropped can stay half made",
        &["TYP-CALL-1"],
        driver!(InSteps::default()),
    ),
    Mutant::new(
        "blob-append-info-of-later",
        "a get beside an addition tells the size from after it with the bytes of before",
        &["BLOB-DATA-3"],
        container!(InfoOfLater::default()),
    ),
];
