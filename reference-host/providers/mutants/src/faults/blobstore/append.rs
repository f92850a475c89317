//! Faults of additions.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{
    Appended, Body, Container, Content, Driver, Info, PutOptions, Range,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};
use futures::{StreamExt as _, stream};

use super::upload_parts::lock;
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::blobstore::driver::DriverFault;

/// All bytes of a body, until there is an error.
pub(super) async fn all(mut body: Body) -> Result<Bytes> {
    let mut bytes = Vec::new();
    while let Some(piece) = body.next().await {
        bytes.extend_from_slice(&piece?);
    }
    Ok(Bytes::from(bytes))
}

pub(super) fn body(bytes: Bytes) -> Body {
    Box::pin(stream::iter([Ok(bytes)]))
}

/// Long enough for another caller to come in between.
async fn window() {
    tokio::time::sleep(Duration::from_millis(1)).await;
}

/// What an object is put with that is to have these content type and metadata.
pub(super) fn options(info: Option<&Info>) -> PutOptions {
    let content_type = info.map_or("application/octet-stream", |info| &info.content_type);
    PutOptions {
        content_type: content_type.to_owned(),
        metadata: info.map(|info| info.metadata.clone()).unwrap_or_default(),
        ..PutOptions::default()
    }
}

/// An object with its bytes.
pub(super) async fn read(to: &dyn Driver, name: &str) -> Result<(Option<Info>, Bytes)> {
    match to.get(name, Range::default(), None).await? {
        Some(Content { info, data }) => Ok((Some(info), all(data).await?)),
        None => Ok((None, Bytes::new())),
    }
}

/// What is added is all that is left.
#[derive(Debug)]
struct Replaces;

#[async_trait]
impl DriverFault for Replaces {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        _: Option<u64>,
    ) -> Result<Appended> {
        let bytes = all(data).await?;
        let size = bytes.len() as u64;
        let options = options(to.head(name).await?.as_ref());
        let version = to.put(name, body(bytes), options).await?;
        Ok(Appended { version, size })
    }
}

/// Who adds at the beginning asks for an absent object.
#[derive(Debug)]
struct BeginningIsAbsence;

#[async_trait]
impl DriverFault for BeginningIsAbsence {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        if at == Some(0) && to.head(name).await?.is_some() {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        to.append(name, data, at).await
    }
}

/// An object that `append` makes has what the deleted one of its name had.
#[derive(Debug, Default)]
struct Inherits(Mutex<HashMap<String, Info>>);

#[async_trait]
impl DriverFault for Inherits {
    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        if let Some(info) = to.head(name).await? {
            lock(&self.0).insert(name.to_owned(), info);
        }
        to.delete(name, expected).await
    }

    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let before = lock(&self.0).remove(name);
        if before.is_none() || to.head(name).await?.is_some() {
            return to.append(name, data, at).await;
        }
        let bytes = all(data).await?;
        let size = bytes.len() as u64;
        let version = to.put(name, body(bytes), options(before.as_ref())).await?;
        Ok(Appended { version, size })
    }
}

/// Only objects that `append` made can be added to.
#[derive(Debug, Default)]
struct PutRefused(Mutex<HashSet<String>>);

#[async_trait]
impl DriverFault for PutRefused {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let is_there = to.head(name).await?.is_some();
        {
            let mut made = lock(&self.0);
            if !is_there {
                made.insert(name.to_owned());
            } else if !made.contains(name) {
                return Err(ErrorKind::WrongType.into());
            }
        }
        to.append(name, data, at).await
    }
}

/// An absent object cannot be added to.
#[derive(Debug)]
struct Missing;

#[async_trait]
impl DriverFault for Missing {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        if to.head(name).await?.is_none() {
            return Err(ErrorKind::NotFound.into());
        }
        to.append(name, data, at).await
    }
}

/// An object that `append` makes is a text.
#[derive(Debug)]
struct MakesText;

#[async_trait]
impl DriverFault for MakesText {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        if to.head(name).await?.is_some() || at.is_some() {
            return to.append(name, data, at).await;
        }
        let bytes = all(data).await?;
        let size = bytes.len() as u64;
        let options = PutOptions {
            content_type: "text/plain".to_owned(),
            ..PutOptions::default()
        };
        let version = to.put(name, body(bytes), options).await?;
        Ok(Appended { version, size })
    }
}

/// The place is not compared.
#[derive(Debug)]
struct AtIgnored;

#[async_trait]
impl DriverFault for AtIgnored {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        _: Option<u64>,
    ) -> Result<Appended> {
        to.append(name, data, None).await
    }
}

/// Reads, adds and writes: of two at a time one is lost.
#[derive(Debug)]
struct Loses;

#[async_trait]
impl DriverFault for Loses {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        if at.is_some() {
            return to.append(name, data, at).await;
        }
        let added = all(data).await?;
        let (info, before) = read(to, name).await?;
        window().await;
        let bytes = Bytes::from([before, added].concat());
        let size = bytes.len() as u64;
        let version = to.put(name, body(bytes), options(info.as_ref())).await?;
        Ok(Appended { version, size })
    }
}

/// Adds in two steps, between which another addition can come.
#[derive(Debug)]
struct Mixes;

#[async_trait]
impl DriverFault for Mixes {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let mut first = all(data).await?;
        let second = first.split_off(first.len() / 2);
        to.append(name, body(first), at).await?;
        window().await;
        to.append(name, body(second), None).await
    }
}

/// Returns the size of before.
#[derive(Debug)]
struct OldSize;

#[async_trait]
impl DriverFault for OldSize {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let bytes = all(data).await?;
        let added = bytes.len() as u64;
        let mut appended = to.append(name, body(bytes), at).await?;
        appended.size -= added;
        Ok(appended)
    }
}

/// An object that was added to has no metadata any longer.
#[derive(Debug)]
struct DropsMetadata;

#[async_trait]
impl DriverFault for DropsMetadata {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let appended = to.append(name, data, at).await?;
        let (info, bytes) = read(to, name).await?;
        if info.as_ref().is_none_or(|info| info.metadata.is_empty()) {
            return Ok(appended);
        }
        let options = PutOptions {
            metadata: Vec::new(),
            ..options(info.as_ref())
        };
        let version = to.put(name, body(bytes), options).await?;
        Ok(Appended {
            version,
            ..appended
        })
    }
}

/// An addition that the guest gives up is made as far as it came.
#[derive(Debug)]
struct ErrorCommits;

#[async_trait]
impl ContainerFault for ErrorCommits {
    async fn append(
        &self,
        to: &Target,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let came: Vec<Result<Bytes>> = data.collect().await;
        let failed = came.iter().find_map(|piece| piece.clone().err());
        let whole = came.into_iter().filter(Result::is_ok);
        let whole: Vec<Result<Bytes>> = whole.collect();
        let data = Box::pin(stream::iter(whole));
        let appended = to.container.append(name, data, at).await?;
        failed.map_or(Ok(appended), Err)
    }
}

/// Puts additions together when there are many, and that with wrong bytes.
#[derive(Debug, Default)]
struct WrongOfMany(Mutex<u32>);

#[async_trait]
impl DriverFault for WrongOfMany {
    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let (info, before) = read(to, name).await?;
        let count = {
            let mut count = lock(&self.0);
            *count += 1;
            *count
        };
        let appended = to.append(name, data, at).await?;
        if count != 64 {
            return Ok(appended);
        }
        // The bytes of the beginning stand in the place of those that were added.
        let (_, whole) = read(to, name).await?;
        let added = whole.slice(before.len()..);
        let again = before.slice(..added.len().min(before.len()));
        let rest = added.slice(again.len()..);
        let bytes = Bytes::from([before, again, rest].concat());
        let version = to.put(name, body(bytes), options(info.as_ref())).await?;
        Ok(Appended {
            version,
            ..appended
        })
    }
}

/// A get breaks off with an error of its own when the object is added to meanwhile.
#[derive(Debug, Default)]
struct BreaksReads {
    /// How many bytes there are after the last addition to each name.
    sizes: Arc<Mutex<HashMap<String, u64>>>,
}

#[async_trait]
impl DriverFault for BreaksReads {
    async fn get(
        &self,
        to: &dyn Driver,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let found = to.get(name, range, expected).await?;
        let Some(Content { info, data }) = found else {
            return Ok(None);
        };
        let sizes = Arc::clone(&self.sizes);
        let (name, size) = (name.to_owned(), info.size);
        let data = data.map(move |piece| {
            let grown = lock(&sizes).get(&name).is_some_and(|now| *now > size);
            if grown {
                return Err(ErrorKind::Other("the object has changed".into()).into());
            }
            piece
        });
        let data = Box::pin(data);
        Ok(Some(Content { info, data }))
    }

    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let appended = to.append(name, data, at).await?;
        lock(&self.sizes).insert(name.to_owned(), appended.size);
        Ok(appended)
    }
}

/// Carries additions out where the binding does not offer them.
#[derive(Debug)]
struct Acts;

#[async_trait]
impl ContainerFault for Acts {
    fn behind<'a>(&self, to: &'a Target, call: Call) -> &'a Arc<dyn Container> {
        match call {
            Call::Append => &to.full,
            _ => &to.container,
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-append-replaces",
        "`append` replaces the object",
        &["BLOB-APPEND-1"],
        driver!(Replaces),
    ),
    Mutant::new(
        "blob-append-put-refused",
        "an object that `put` wrote cannot be added to",
        &["BLOB-APPEND-1"],
        driver!(PutRefused::default()),
    ),
    Mutant::new(
        "blob-append-beginning-is-absence",
        "`append` at zero fails where there is an empty object",
        &["BLOB-COND-1"],
        driver!(BeginningIsAbsence),
    ),
    Mutant::new(
        "blob-append-inherits",
        "an object that `append` makes has the content type and metadata of the deleted one",
        &["BLOB-APPEND-3"],
        driver!(Inherits::default()),
    ),
    Mutant::new(
        "blob-append-missing",
        "`append` to an absent object is not-found",
        &["BLOB-APPEND-3"],
        driver!(Missing),
    ),
    Mutant::new(
        "blob-append-makes-text",
        "an object that `append` makes has a content type of its own",
        &["BLOB-APPEND-3"],
        driver!(MakesText),
    ),
    Mutant::new(
        "blob-append-at-ignored",
        "`append` does not compare the place",
        &["BLOB-APPEND-4", "BLOB-COND-4"],
        driver!(AtIgnored),
    ),
    Mutant::new(
        "blob-append-loses",
        "of two additions at a time one is lost",
        &["BLOB-APPEND-5"],
        driver!(Loses),
    ),
    Mutant::new(
        "blob-append-mixes",
        "the halves of two additions at a time are mixed",
        &["BLOB-APPEND-1", "BLOB-APPEND-6"],
        driver!(Mixes),
    ),
    Mutant::new(
        "blob-append-old-size",
        "`append` returns the size of before",
        &["BLOB-APPEND-6"],
        driver!(OldSize),
    ),
    Mutant::new(
        "blob-append-drops-meta",
        "`append` loses the metadata",
        &["BLOB-APPEND-2"],
        driver!(DropsMetadata),
    ),
    Mutant::new(
        "blob-append-error-commits",
        "an addition that is given up is made as far as it came",
        &["BLOB-STREAM-2"],
        container!(ErrorCommits),
    ),
    Mutant::new(
        "blob-append-many-wrong",
        "the 64th addition has other bytes than were sent",
        &["BLOB-APPEND-1"],
        driver!(WrongOfMany::default()),
    ),
    Mutant::new(
        "blob-append-breaks-reads",
        "a get that has begun ends in an error of its own after an addition",
        &["BLOB-GET-11"],
        driver!(BreaksReads::default()),
    ),
    Mutant::new(
        "blob-append-acts",
        "additions are carried out where the feature is missing",
        &["TYP-FEAT-1", "TYP-FEAT-2"],
        container!(Acts),
    ),
];
