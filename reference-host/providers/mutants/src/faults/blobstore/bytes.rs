//! Bytes that are not stored as they were written.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::blobstore::{Body, Driver, PutOptions};
use cloud_contract::keyvalue::Version;
use futures::{StreamExt as _, stream};

use super::driver;
use super::whole::{body, collect};
use crate::Mutant;
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// Other bytes are stored than were written.
#[derive(Debug)]
struct Stored(fn(Bytes) -> Bytes);

#[async_trait]
impl DriverFault for Stored {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        new: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let bytes = (self.0)(collect(new).await?);
        to.put(name, body(bytes), options).await
    }
}

/// Every line ends in LF.
fn as_text(bytes: Bytes) -> Bytes {
    let mut text = Vec::with_capacity(bytes.len());
    let mut rest = bytes.iter().peekable();
    while let Some(byte) = rest.next() {
        if *byte == b'\r' {
            rest.next_if(|next| **next == b'\n');
            text.push(b'\n');
        } else {
            text.push(*byte);
        }
    }
    text.into()
}

/// What does not fill the last chunk of several is lost.
fn whole_chunks(mut bytes: Bytes) -> Bytes {
    const CHUNK: usize = 64 << 10;
    if bytes.len() > CHUNK {
        bytes.truncate(bytes.len() / CHUNK * CHUNK);
    }
    bytes
}

/// Parts that are full leave no room for the last byte.
fn part_edge(mut bytes: Bytes) -> Bytes {
    const PART: usize = 5 << 20;
    if !bytes.is_empty() && bytes.len().is_multiple_of(PART) {
        bytes.truncate(bytes.len() - 1);
    }
    bytes
}

/// What looks like gzip loses the header, as if it were one of the transfer.
fn without_gzip(bytes: Bytes) -> Bytes {
    const HEADER: usize = 10;
    if bytes.starts_with(&[0x1f, 0x8b]) && bytes.len() > HEADER {
        bytes.slice(HEADER..)
    } else {
        bytes
    }
}

fn without_last_zeros(mut bytes: Bytes) -> Bytes {
    let end = bytes.iter().rposition(|byte| *byte != 0);
    bytes.truncate(end.map_or(0, |end| end + 1));
    bytes
}

/// Of every two pieces the second is stored first.
#[derive(Debug)]
struct SwapsPieces;

#[async_trait]
impl DriverFault for SwapsPieces {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        new: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let mut pieces: Vec<Result<Bytes>> = new.collect().await;
        if pieces.iter().all(Result::is_ok) {
            for pair in pieces.chunks_exact_mut(2) {
                pair.swap(0, 1);
            }
        }
        to.put(name, Box::pin(stream::iter(pieces)), options).await
    }
}

/// An object of zero bytes is absent.
#[derive(Debug)]
struct EmptyIsAbsent;

#[async_trait]
impl DriverFault for EmptyIsAbsent {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        new: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let bytes = collect(new).await?;
        let is_empty = bytes.is_empty();
        let version = to.put(name, body(bytes), options).await?;
        if is_empty {
            to.delete(name, None).await?;
        }
        Ok(version)
    }
}

/// Objects with equal bytes are one, which every put of one of them changes.
#[derive(Debug, Default)]
struct StoredOnce(Mutex<HashMap<String, Bytes>>);

#[async_trait]
impl DriverFault for StoredOnce {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        new: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let bytes = collect(new).await?;
        let mut names = vec![name.to_owned()];
        {
            let mut stored = lock(&self.0);
            if let Some(before) = stored.get(name).filter(|before| !before.is_empty()) {
                let twins = stored
                    .iter()
                    .filter(|(twin, bytes)| *twin != name && *bytes == before);
                names.extend(twins.map(|(twin, _)| twin.clone()));
            }
            for name in &names {
                stored.insert(name.clone(), bytes.clone());
            }
        }
        for twin in names.iter().skip(1) {
            to.put(twin, body(bytes.clone()), options.clone()).await?;
        }
        to.put(name, body(bytes), options).await
    }

    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        lock(&self.0).remove(name);
        to.delete(name, expected).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-data-text-mode",
        "every line end becomes LF",
        &["BLOB-DATA-1"],
        driver!(Stored(as_text)),
    ),
    Mutant::new(
        "blob-data-utf8",
        "bytes that are no UTF-8 become replacement characters",
        &["BLOB-DATA-1"],
        driver!(Stored(|bytes| Bytes::from(
            String::from_utf8_lossy(&bytes).into_owned()
        ))),
    ),
    Mutant::new(
        "blob-data-loses-last-chunk",
        "what is behind the last full 64 KiB of a larger object is lost",
        &["BLOB-DATA-1", "BLOB-PUT-1"],
        driver!(Stored(whole_chunks)),
    ),
    Mutant::new(
        "blob-data-part-edge",
        "an object of exactly n times 5 MiB loses a byte",
        &["BLOB-DATA-1", "BLOB-PUT-5"],
        driver!(Stored(part_edge)),
    ),
    Mutant::new(
        "blob-data-gunzips",
        "bytes that look like gzip lose its header",
        &["BLOB-DATA-1"],
        driver!(Stored(without_gzip)),
    ),
    Mutant::new(
        "blob-data-trims-zeros",
        "zeros at the end are lost",
        &["BLOB-DATA-1"],
        driver!(Stored(without_last_zeros)),
    ),
    Mutant::new(
        "blob-data-swaps-chunks",
        "of every two pieces of a put the second is stored first",
        &["BLOB-DATA-1"],
        driver!(SwapsPieces),
    ),
    Mutant::new(
        "blob-data-empty-absent",
        "an object of zero bytes is absent",
        &["BLOB-DATA-2"],
        driver!(EmptyIsAbsent),
    ),
    Mutant::new(
        "blob-data-stored-once",
        "objects with equal bytes change together",
        &["BLOB-DATA-1", "BLOB-PUT-3"],
        driver!(StoredOnce::default()),
    ),
];
