//! Faults of what is told of parts: their tags, and which of them there are.

use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hasher as _};
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::blobstore::{Body, Driver, Expected, Part, ReceivedPart};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::driver;
use super::states::failed;
use super::upload_parts::{body, lock, pieces, sent};
use crate::Mutant;
use crate::blobstore::driver::DriverFault;

/// An upload and the number of a part.
type Key = (String, u32);

fn key(upload: &str, number: u32) -> Key {
    (upload.to_owned(), number)
}

/// The tag of a part is made of its bytes.
#[derive(Debug)]
struct Tags {
    of: fn(&[u8]) -> String,
    given: Mutex<HashMap<Key, String>>,
}

impl Tags {
    fn of(of: fn(&[u8]) -> String) -> Self {
        Self {
            of,
            given: Mutex::default(),
        }
    }

    fn given(&self, upload: &str, number: u32) -> Option<String> {
        lock(&self.given).get(&key(upload, number)).cloned()
    }
}

/// The size and a digest of the first KiB.
fn beginning(bytes: &[u8]) -> String {
    let mut digest = DefaultHasher::new();
    digest.write(bytes.get(..1_024).unwrap_or(bytes));
    format!("{}-{:016x}", bytes.len(), digest.finish())
}

/// The CRC-32 of all bytes.
fn crc32(bytes: &[u8]) -> String {
    let sum = bytes.iter().fold(u32::MAX, |sum, byte| {
        let bit = |sum: u32, _| (sum >> 1) ^ (0xedb8_8320 & (sum & 1).wrapping_neg());
        (0..8).fold(sum ^ u32::from(*byte), bit)
    });
    format!("crc-{:08x}", !sum)
}

#[async_trait]
impl DriverFault for Tags {
    async fn put_part(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        to.parts(name, upload).await?;
        let pieces = pieces(data).await?;
        let all: Vec<u8> = pieces.concat();
        let tag = (self.of)(&all);
        to.put_part(name, upload, number, size, body(pieces))
            .await?;
        lock(&self.given).insert(key(upload, number), tag.clone());
        Ok(Part { number, tag })
    }

    async fn parts(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let mut parts = to.parts(name, upload).await?;
        for ReceivedPart { part, .. } in &mut parts {
            if let Some(tag) = self.given(upload, part.number) {
                part.tag = tag;
            }
        }
        Ok(parts)
    }

    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let sent = sent(to, name, upload).await;
        let real = parts.iter().map(|part| {
            let is_it = self.given(upload, part.number).as_ref() == Some(&part.tag);
            let mut sent = sent.iter().map(|sent| &sent.part);
            let sent = sent.find(|sent| is_it && sent.number == part.number);
            sent.unwrap_or(part).clone()
        });
        let real: Vec<Part> = real.collect();
        to.complete(name, upload, &real, expected).await
    }
}

/// A part without bytes is not listed.
#[derive(Debug)]
struct EmptyUnlisted;

#[async_trait]
impl DriverFault for EmptyUnlisted {
    async fn parts(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let mut parts = to.parts(name, upload).await?;
        parts.retain(|sent| sent.size > 0);
        Ok(parts)
    }
}

/// A `complete` that finds the object in another state has removed the parts that it does
/// not name.
#[derive(Debug, Default)]
struct DropsUnnamed(Mutex<HashSet<Key>>);

#[async_trait]
impl DriverFault for DropsUnnamed {
    async fn put_part(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        let part = to.put_part(name, upload, number, size, data).await?;
        lock(&self.0).remove(&key(upload, number));
        Ok(part)
    }

    async fn parts(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let mut parts = to.parts(name, upload).await?;
        let gone = lock(&self.0);
        parts.retain(|sent| !gone.contains(&key(upload, sent.part.number)));
        Ok(parts)
    }

    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let is_gone = |part: &Part| lock(&self.0).contains(&key(upload, part.number));
        if parts.iter().any(is_gone) {
            return Err(ErrorKind::NotFound.into());
        }
        let made = to.complete(name, upload, parts, expected).await;
        if failed(&made, &ErrorKind::PreconditionFailed) {
            let sent = sent(to, name, upload).await;
            let unnamed = sent.iter().filter(|sent| !parts.contains(&sent.part));
            lock(&self.0).extend(unnamed.map(|sent| key(upload, sent.part.number)));
        }
        made
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-part-tag-of-beginning",
        "the tag of a part is made of its size and its first KiB",
        &["BLOB-PART-2"],
        driver!(Tags::of(beginning)),
    ),
    Mutant::new(
        "blob-part-tag-crc",
        "the tag of a part is its CRC-32",
        &["BLOB-PART-2"],
        driver!(Tags::of(crc32)),
    ),
    Mutant::new(
        "blob-parts-without-empty",
        "a part without bytes is not listed",
        &["BLOB-PARTS-1"],
        driver!(EmptyUnlisted),
    ),
    Mutant::new(
        "blob-complete-drops-unnamed",
        "a `complete` that finds the object in another state removes the parts that it does not name",
        &["BLOB-COMPLETE-7"],
        driver!(DropsUnnamed::default()),
    ),
];
