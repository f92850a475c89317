//! Writes that overlap, and what is decided while a stream is still open.

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::blobstore::{
    Appended, Body, CopyRequest, Driver, Expected, NewObject, PutOptions,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};
use futures::{StreamExt as _, stream};

use super::states::{collected, failed, is_in};
use super::{container, driver};
use crate::Mutant;
use crate::blobstore::container::{ContainerFault, Target};
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// Of writes of one object the one that began last stays: what began before it and ends
/// behind it is lost.
#[derive(Debug)]
struct LastBegunStays {
    begun: AtomicU64,
    /// The number of the write that each name shows.
    shown: Mutex<HashMap<String, u64>>,
    /// Whether deletions are what counts, or puts and copies.
    of_deletions: bool,
}

impl LastBegunStays {
    fn of(of_deletions: bool) -> Self {
        Self {
            begun: AtomicU64::new(0),
            shown: Mutex::default(),
            of_deletions,
        }
    }

    fn number(&self) -> u64 {
        self.begun.fetch_add(1, Ordering::SeqCst)
    }

    fn show(&self, name: &str, number: u64) {
        lock(&self.shown).insert(name.to_owned(), number);
    }

    fn is_behind(&self, name: &str, number: u64) -> bool {
        lock(&self.shown)
            .get(name)
            .is_some_and(|shown| *shown > number)
    }
}

#[async_trait]
impl DriverFault for LastBegunStays {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let number = self.number();
        let pieces: Vec<Result<Bytes>> = body.collect().await;
        let is_whole = pieces.iter().all(Result::is_ok);
        if is_whole && options.expected == Expected::Any && self.is_behind(name, number) {
            let present = to.head(name).await?;
            return Ok(present.map_or_else(|| "0".into(), |info| info.version));
        }
        let version = to
            .put(name, Box::pin(stream::iter(pieces)), options)
            .await?;
        if !self.of_deletions {
            self.show(name, number);
        }
        Ok(version)
    }

    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let number = self.number();
        let made = to.copy(request).await?;
        if !self.of_deletions {
            self.show(request.new_name, number);
        }
        Ok(made)
    }

    async fn delete(&self, to: &dyn Driver, name: &str, expected: Option<&Version>) -> Result<()> {
        let number = self.number();
        to.delete(name, expected).await?;
        if self.of_deletions {
            self.show(name, number);
        }
        Ok(())
    }
}

/// A conditional put whose size is known compares when its last byte has come, before it
/// was said to be whole.
#[derive(Debug)]
struct ComparesAtLastByte;

#[async_trait]
impl DriverFault for ComparesAtLastByte {
    async fn put(
        &self,
        to: &dyn Driver,
        name: &str,
        mut body: Body,
        options: PutOptions,
    ) -> Result<Version> {
        let Some(size) = options.size.filter(|_| options.expected != Expected::Any) else {
            return to.put(name, body, options).await;
        };
        let (mut pieces, mut read) = (Vec::new(), 0);
        while read < size {
            let Some(piece) = body.next().await else {
                break;
            };
            read += piece.as_ref().map_or(size, |piece| piece.len() as u64);
            pieces.push(piece);
        }
        if !is_in(to, name, &options.expected).await? {
            return Err(ErrorKind::PreconditionFailed.into());
        }
        let options = PutOptions {
            expected: Expected::Any,
            ..options
        };
        let body = stream::iter(pieces).chain(body);
        to.put(name, Box::pin(body), options).await
    }
}

/// A put that is given up before it has its size is told of the size.
#[derive(Debug)]
struct SizeBeforeEnd;

#[async_trait]
impl ContainerFault for SizeBeforeEnd {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let Some(size) = object.size else {
            return to.container.put(name, body, object).await;
        };
        let (read, body) = collected(body).await;
        let ended = to.container.put(name, body, object).await;
        if failed(&ended, &ErrorKind::Cancelled) && (read as u64) < size {
            return Err(Error::invalid(
                "size: the stream has another number of bytes",
            ));
        }
        ended
    }
}

/// One append at a time: the next begins when the last one's stream has ended.
#[derive(Debug, Default)]
struct AppendsInTurn(tokio::sync::Mutex<()>);

#[async_trait]
impl ContainerFault for AppendsInTurn {
    async fn append(
        &self,
        to: &Target,
        name: &str,
        body: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let turn = self.0.lock().await;
        let ended = to.container.append(name, body, at).await;
        drop(turn);
        ended
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-put-last-begun-stays",
        "a put is lost that began before another write and ended behind it",
        &["BLOB-PUT-1", "BLOB-SESSION-1"],
        driver!(LastBegunStays::of(false)),
    ),
    Mutant::new(
        "blob-put-lost-by-delete",
        "a put is lost that began before a deletion and ended behind it",
        &["BLOB-PUT-1", "BLOB-SESSION-1"],
        driver!(LastBegunStays::of(true)),
    ),
    Mutant::new(
        "blob-cond-at-last-byte",
        "a conditional put of a known size compares before it was said to be whole",
        &["BLOB-COND-3"],
        driver!(ComparesAtLastByte),
    ),
    Mutant::new(
        "blob-stream-size-before-end",
        "a put that is given up before it has its size is an invalid argument",
        &["BLOB-STREAM-2"],
        container!(SizeBeforeEnd),
    ),
    Mutant::new(
        "blob-appends-in-turn",
        "appends are served one after the other",
        &["BLOB-STREAM-5"],
        container!(AppendsInTurn::default()),
    ),
];
