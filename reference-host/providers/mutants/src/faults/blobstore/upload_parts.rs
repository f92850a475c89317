//! Faults of the parts of uploads, and what all faults of uploads need.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{Body, Driver, Expected, Part, ReceivedPart};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result, limit};
use futures::{StreamExt as _, stream};
use tokio::sync::Semaphore;

use super::states::{failed, other};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;

/// All pieces of a body, unless there is an error.
pub(super) async fn pieces(body: Body) -> Result<Vec<Bytes>> {
    let pieces: Vec<Result<Bytes>> = body.collect().await;
    pieces.into_iter().collect()
}

pub(super) fn body(pieces: Vec<Bytes>) -> Body {
    Box::pin(stream::iter(pieces.into_iter().map(Ok)))
}

fn length(pieces: &[Bytes]) -> u64 {
    pieces.iter().map(|piece| piece.len() as u64).sum()
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The parts that an upload has, none if it is not there.
pub(super) async fn sent(to: &dyn Driver, name: &str, upload: &str) -> Vec<ReceivedPart> {
    to.parts(name, upload).await.unwrap_or_default()
}

/// What a fault remembers of each upload or name.
pub(super) type Notes = Mutex<HashMap<String, String>>;

/// A part that is sent again is thrown away.
#[derive(Debug)]
struct FirstWins;

#[async_trait]
impl DriverFault for FirstWins {
    async fn put_part(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        let mut earlier = sent(to, name, upload).await.into_iter();
        match earlier.find(|sent| sent.part.number == number) {
            Some(earlier) => pieces(data).await.map(|_| earlier.part),
            None => to.put_part(name, upload, number, size, data).await,
        }
    }
}

/// The tag of a part is its number.
#[derive(Debug)]
struct SameTag;

#[async_trait]
impl DriverFault for SameTag {
    async fn put_part(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        to.put_part(name, upload, number, size, data).await?;
        let tag = number.to_string();
        Ok(Part { number, tag })
    }

    async fn parts(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let mut parts = to.parts(name, upload).await?;
        for received in &mut parts {
            received.part.tag = received.part.number.to_string();
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
            let is_it = part.tag == part.number.to_string();
            let mut sent = sent.iter().map(|sent| &sent.part);
            let sent = sent.find(|sent| is_it && sent.number == part.number);
            sent.unwrap_or(part).clone()
        });
        let real: Vec<Part> = real.collect();
        to.complete(name, upload, &real, expected).await
    }
}

/// A part can only be sent behind the one before it.
#[derive(Debug)]
struct InOrder;

#[async_trait]
impl DriverFault for InOrder {
    async fn put_part(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        let sent = sent(to, name, upload).await;
        let last = sent.last().map_or(0, |sent| sent.part.number);
        if number > last + 1 {
            return Err(ErrorKind::OutOfRange.into());
        }
        to.put_part(name, upload, number, size, data).await
    }
}

/// How the arguments of `put-part` are changed before they are checked.
type Change = fn(number: u32, size: u64) -> (u32, u64);

/// `put-part` does not refuse what it should.
#[derive(Debug)]
struct Lenient(Change);

#[async_trait]
impl ContainerFault for Lenient {
    async fn put_part(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        let (number, size) = (self.0)(number, size);
        let container = &to.container;
        container.put_part(name, upload, number, size, data).await
    }
}

/// Zero is taken for the first number.
fn from_one(number: u32, size: u64) -> (u32, u64) {
    (number.max(1), size)
}

fn most() -> u64 {
    let limit = provider_memory::descriptor().limit(limit::BLOB_PART_MAX_BYTES);
    limit.unwrap_or(u64::MAX)
}

/// The largest size stands for all that are larger.
fn no_larger(number: u32, size: u64) -> (u32, u64) {
    (number, size.min(most()))
}

/// The largest size is one too large.
fn less(number: u32, size: u64) -> (u32, u64) {
    (number, size.saturating_add(u64::from(size == most())))
}

/// A part has as many bytes as came, whatever was said.
#[derive(Debug)]
struct SizeIgnored;

#[async_trait]
impl ContainerFault for SizeIgnored {
    async fn put_part(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        let container = &to.container;
        if size > most() {
            return container.put_part(name, upload, number, size, data).await;
        }
        let pieces = pieces(data).await?;
        let size = length(&pieces);
        let data = body(pieces);
        container.put_part(name, upload, number, size, data).await
    }
}

/// A part that the guest gives up is taken as far as it came.
#[derive(Debug)]
struct ErrorCommits;

#[async_trait]
impl ContainerFault for ErrorCommits {
    async fn put_part(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        let container = &to.container;
        let came: Vec<Result<Bytes>> = data.collect().await;
        let failed = came.iter().find_map(|piece| piece.clone().err());
        let pieces: Vec<Bytes> = came.into_iter().flatten().collect();
        let Some(failed) = failed else {
            let data = body(pieces);
            return container.put_part(name, upload, number, size, data).await;
        };
        let (size, data) = (length(&pieces), body(pieces));
        container.put_part(name, upload, number, size, data).await?;
        Err(failed)
    }
}

/// A part that the guest gives up ends with another error.
#[derive(Debug)]
struct ErrorTold;

#[async_trait]
impl ContainerFault for ErrorTold {
    async fn put_part(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        let container = &to.container;
        let sent = container.put_part(name, upload, number, size, data).await;
        if failed(&sent, &ErrorKind::Cancelled) {
            return Err(other("the stream broke off"));
        }
        sent
    }
}

/// Parts are sent one after the other.
#[derive(Debug)]
struct InTurn(Semaphore);

#[async_trait]
impl ContainerFault for InTurn {
    async fn put_part(
        &self,
        to: &Target,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        data: Body,
    ) -> Result<Part> {
        let turn = self.0.acquire().await.ok();
        let container = &to.container;
        let sent = container.put_part(name, upload, number, size, data).await;
        drop(turn);
        sent
    }
}

/// Parts are listed backwards.
#[derive(Debug)]
struct Unsorted;

#[async_trait]
impl DriverFault for Unsorted {
    async fn parts(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let mut parts = to.parts(name, upload).await?;
        parts.reverse();
        Ok(parts)
    }
}

/// Only the first page of a thousand parts is listed.
#[derive(Debug)]
struct OnePage;

#[async_trait]
impl DriverFault for OnePage {
    async fn parts(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let mut parts = to.parts(name, upload).await?;
        parts.truncate(1_000);
        Ok(parts)
    }
}

/// Parts are listed in the order of their numbers as texts.
#[derive(Debug)]
struct AsTexts;

#[async_trait]
impl DriverFault for AsTexts {
    async fn parts(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        let mut parts = to.parts(name, upload).await?;
        if parts.len() > 1_000 {
            parts.sort_by_key(|sent| sent.part.number.to_string());
        }
        Ok(parts)
    }
}

/// An upload has a thousand parts at most: with more it completes without them, or does
/// not find them.
#[derive(Debug)]
enum Thousand {
    Completes,
    Finds,
}

#[async_trait]
impl DriverFault for Thousand {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let parts = match (self, parts.get(..1_000)) {
            (Self::Completes, Some(first)) => {
                // What is named has to be there all the same.
                let sent = sent(to, name, upload).await;
                let mut parts = parts.iter();
                let is_sent = |part: &Part| sent.iter().any(|sent| sent.part == *part);
                if !parts.all(is_sent) {
                    return Err(ErrorKind::NotFound.into());
                }
                first
            }
            (Self::Finds, _) if parts.len() > 1_000 => return Err(ErrorKind::NotFound.into()),
            _ => parts,
        };
        to.complete(name, upload, parts, expected).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-part-first-wins",
        "a part that is sent again is thrown away",
        &["BLOB-PART-1"],
        driver!(FirstWins),
    ),
    Mutant::new(
        "blob-part-same-tag",
        "the tag of a part is its number",
        &["BLOB-PART-2"],
        driver!(SameTag),
    ),
    Mutant::new(
        "blob-part-in-order",
        "a part can only be sent behind the one before it",
        &["BLOB-PART-3"],
        driver!(InOrder),
    ),
    Mutant::new(
        "blob-part-zero",
        "the number zero is taken",
        &["BLOB-PART-4"],
        container!(Lenient(from_one)),
    ),
    Mutant::new(
        "blob-part-no-limit",
        "a part over the limit is read",
        &["BLOB-PART-5"],
        container!(Lenient(no_larger)),
    ),
    Mutant::new(
        "blob-part-limit-refused",
        "a part of as many bytes as the limit is too large",
        &["BLOB-PART-5"],
        container!(Lenient(less)),
    ),
    Mutant::new(
        "blob-part-size-ignored",
        "the size of a part is not compared with its bytes",
        &["BLOB-PART-6"],
        container!(SizeIgnored),
    ),
    Mutant::new(
        "blob-part-error-commits",
        "a part that is given up is taken as far as it came",
        &["BLOB-STREAM-2"],
        container!(ErrorCommits),
    ),
    Mutant::new(
        "blob-part-error-other",
        "a part that is given up returns other",
        &["BLOB-STREAM-2"],
        container!(ErrorTold),
    ),
    Mutant::new(
        "blob-parts-in-turn",
        "parts are sent one after the other",
        &["BLOB-STREAM-5"],
        container!(InTurn(Semaphore::new(1))),
    ),
    Mutant::new(
        "blob-parts-unsorted",
        "parts are listed backwards",
        &["BLOB-PARTS-1"],
        driver!(Unsorted),
    ),
    Mutant::new(
        "blob-parts-one-page",
        "of more than a thousand parts the first thousand are listed",
        &["BLOB-PARTS-1"],
        driver!(OnePage),
    ),
    Mutant::new(
        "blob-parts-as-texts",
        "more than a thousand parts are listed by their numbers as texts",
        &["BLOB-PARTS-1"],
        driver!(AsTexts),
    ),
    Mutant::new(
        "blob-complete-one-page",
        "an object of more than a thousand parts has the first thousand",
        &["BLOB-COMPLETE-1"],
        driver!(Thousand::Completes),
    ),
    Mutant::new(
        "blob-complete-finds-thousand",
        "parts behind the first thousand are not found",
        &["BLOB-COMPLETE-4"],
        driver!(Thousand::Finds),
    ),
];
