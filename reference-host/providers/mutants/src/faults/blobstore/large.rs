//! Faults that only objects of several megabytes show.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::blobstore::{
    Body, Driver, Expected, Info, NewObject, PutOptions, Range, Reading,
};
use cloud_contract::keyvalue::Version;
use futures::{StreamExt as _, stream};

use super::states::{collected, is_in};
use super::whole::{Whole, body, collect};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;

/// What a provider fetches at a time.
const FETCH: u64 = 4 << 20;
/// What services take in one request.
const PART: usize = 5 << 20;

/// What is behind the first fetch is asked for by the name alone.
#[derive(Debug)]
struct FetchesByName;

/// A piece of an object as it is now; the one that is there if it did not change.
pub(super) async fn of_now(
    driver: &dyn Driver,
    name: &str,
    version: &Version,
    offset: u64,
    piece: Bytes,
) -> Result<Bytes> {
    let length = piece.len() as u64;
    let is_other = |now: Info| now.version != *version && now.size >= offset + length;
    if !driver.head(name).await?.is_some_and(is_other) {
        return Ok(piece);
    }
    let range = Range {
        offset,
        length: Some(length),
    };
    match driver.get(name, range, None).await? {
        Some(content) => collect(content.data).await,
        None => Ok(piece),
    }
}

#[async_trait]
impl ContainerFault for FetchesByName {
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
        let state = (reading.data, 0);
        let data = stream::unfold(state, move |(mut data, read): (Body, u64)| {
            let (driver, name, version) = (Arc::clone(&driver), name.clone(), version.clone());
            async move {
                let piece = match data.next().await? {
                    Ok(piece) => piece,
                    failed => return Some((failed, (data, read))),
                };
                let behind = read + piece.len() as u64;
                let piece = if read < FETCH {
                    Ok(piece)
                } else {
                    of_now(&*driver, &name, &version, range.offset + read, piece).await
                };
                Some((piece, (data, behind)))
            }
        });
        Ok(Some(Reading {
            data: Box::pin(data),
            ..reading
        }))
    }
}

/// A large put without a size compares the version that it expects when it begins.
#[derive(Debug)]
struct ComparedFirst;

#[async_trait]
impl DriverFault for ComparedFirst {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let expects_version = matches!(options.expected, Expected::Version(_));
        if !expects_version || options.size.is_some() {
            return to.put(name, body, options).await;
        }
        let was_met = is_in(to, name, &options.expected).await?;
        let (read, body) = collected(body).await;
        let expected = if was_met && read > PART {
            Expected::Any
        } else {
            options.expected
        };
        let options = PutOptions {
            expected,
            ..options
        };
        to.put(name, body, options).await
    }
}

/// The size of a large put is not compared.
#[derive(Debug)]
struct SizeIgnored;

#[async_trait]
impl ContainerFault for SizeIgnored {
    async fn put(
        &self,
        to: &Target,
        name: &str,
        mut body: Body,
        mut object: NewObject,
    ) -> Result<Version> {
        if object.size.is_some() {
            let (read, same) = collected(body).await;
            body = same;
            object.size = object.size.filter(|_| read as u64 <= FETCH);
        }
        to.container.put(name, body, object).await
    }
}

/// A large put without a size of what the object is already writes nothing.
#[derive(Debug)]
struct SameIsKept;

#[async_trait]
impl DriverFault for SameIsKept {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        new: Body,
        options: PutOptions,
    ) -> Result<Version> {
        if options.size.is_some() {
            return to.put(name, new, options).await;
        }
        let bytes = collect(new).await?;
        if bytes.len() > PART
            && is_in(to, name, &options.expected).await?
            && let Some(Whole { info, bytes: old }) = Whole::of(to, name).await?
            && old == bytes
            && info.content_type == options.content_type
            && info.metadata == options.metadata
        {
            return Ok(info.version);
        }
        to.put(name, body(bytes), options).await
    }
}

/// A range that ends on a border of blocks lacks its last byte.
#[derive(Debug)]
struct StopsAtBorder;

#[async_trait]
impl ContainerFault for StopsAtBorder {
    async fn get(
        &self,
        to: &Target,
        name: &str,
        mut range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>> {
        const BLOCK: u64 = 128 << 10;
        if let Some(length) = range.length.filter(|length| *length > 1) {
            let end = range.offset.checked_add(length);
            if end.is_some_and(|end| end.is_multiple_of(BLOCK)) {
                range.length = Some(length - 1);
            }
        }
        to.container.get(name, range, expected).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-get-fetches-by-name",
        "a get goes on with the new bytes behind its first 4 MiB after an overwrite",
        &["BLOB-GET-11", "BLOB-DATA-3"],
        container!(FetchesByName),
    ),
    Mutant::new(
        "blob-cond-large-compared-first",
        "a put of more than 5 MiB without a size compares the version when it begins",
        &["BLOB-COND-3"],
        driver!(ComparedFirst),
    ),
    Mutant::new(
        "blob-put-large-size-ignored",
        "`size` is not compared above 4 MiB",
        &["BLOB-PUT-6"],
        container!(SizeIgnored),
    ),
    Mutant::new(
        "blob-version-large-kept",
        "a put of more than 5 MiB without a size leaves the version if the bytes are the same",
        &["TYP-VER-1"],
        driver!(SameIsKept),
    ),
    Mutant::new(
        "blob-range-border-short",
        "a range that ends on a multiple of 128 KiB lacks its last byte",
        &["BLOB-GET-5"],
        container!(StopsAtBorder),
    ),
];
