//! Faults of `put` and `get` that any use of a container shows.

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::blobstore::{
    Body, Content, Driver, Expected, NewObject, PutOptions, Range, Reading,
};
use cloud_contract::keyvalue::Version;
use futures::{StreamExt as _, stream};

use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;

/// What is put loses its last byte.
#[derive(Debug)]
struct LosesLastByte;

#[async_trait]
impl DriverFault for LosesLastByte {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let mut pieces: Vec<Result<Bytes>> = body.collect().await;
        if let Some(Ok(last)) = pieces.last_mut() {
            last.truncate(last.len().saturating_sub(1));
        }
        to.put(name, Box::pin(stream::iter(pieces)), options).await
    }
}

/// The second object of a name keeps the bytes of the first behind its own.
#[derive(Debug)]
struct Merges;

#[async_trait]
impl DriverFault for Merges {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let earlier = to.get(name, Range::default(), None).await?;
        let new: Vec<Result<Bytes>> = body.collect().await;
        let length: usize = new.iter().flatten().map(Bytes::len).sum();
        let mut rest = Vec::new();
        if let Some(Content { mut data, .. }) = earlier {
            while let Some(piece) = data.next().await {
                rest.extend(piece?);
            }
        }
        let rest = Bytes::from(rest.split_off(length.min(rest.len())));
        let body = stream::iter(new).chain(stream::iter([Ok(rest)]));
        to.put(name, Box::pin(body), options).await
    }
}

/// `get` of an absent object tells of an empty one.
#[derive(Debug)]
struct AbsentIsEmpty;

#[async_trait]
impl ContainerFault for AbsentIsEmpty {
    async fn get(
        &self,
        to: &Target,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        let found = to.container.get(name, range, expected).await?;
        if found.is_some() {
            return Ok(found);
        }
        let empty = NewObject {
            expected: Expected::Absent,
            ..NewObject::default()
        };
        to.container
            .put(name, Box::pin(stream::empty()), empty)
            .await?;
        to.container.get(name, range, expected).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-data-loses-last-byte",
        "the last byte of an object is lost",
        &["BLOB-DATA-1"],
        driver!(LosesLastByte),
    ),
    Mutant::new(
        "blob-put-merges",
        "bytes of the object before stay behind those of a shorter one",
        &["BLOB-PUT-2"],
        driver!(Merges),
    ),
    Mutant::new(
        "blob-get-absent-empty",
        "an object that is absent reads as one of zero bytes",
        &["BLOB-GET-2"],
        container!(AbsentIsEmpty),
    ),
];
