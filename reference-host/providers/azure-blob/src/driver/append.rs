//! Adding to the end of an object: its blocks and new ones, made the object again if
//! nobody has written it meanwhile.
//!
//! An object that was written in one request has no blocks: its bytes are sent again.
//! Many small blocks become one, so that there is always room for others. The service's
//! own blobs for appending are not used: a `put` could not replace them, nor could they be
//! appended to after one.

use std::sync::Arc;

use bucket_scopes::Pieces;
use bytes::Bytes;
use cloud_contract::blobstore::{Appended, Body, Expected};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};
use reqwest::Method;

use super::put::{NEW, commit, stage};
use super::{BLOCK_BYTES, Container, OBJECT_BYTES, object};
use crate::block::{self, Id, Kind, Mark};
use crate::error::{NO_SUCH_BLOCK, stale, throttled, unexpected_reply};
use crate::link::{Ask, Service, pause};
use crate::{metadata, xml};

/// How often somebody else may be faster.
const ATTEMPTS: u32 = 60;
/// So many blocks that fit into one become one.
const GROUP: usize = 64;
/// From so many blocks on, any two do.
const MANY: usize = 30_000;
const MOST: usize = 50_000;
/// Where blocks are that are the object's already.
const OLD: &str = "Committed";
const LIST: &str = "CommittedBlocks";

impl Container {
    pub(super) async fn append_bytes(
        &self,
        name: &str,
        body: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let key = self.keys.key(name);
        let mut blocks = Pieces::new(body, BLOCK_BYTES);
        let (first, is_last) = blocks.next().await?;
        let service = Arc::clone(&self.service);
        if is_last {
            let added = async move { again_and_again(&service, &key, &first, at).await };
            return self.registration.run(added).await;
        }
        let begun = async move { Growing::begin(service, key, at).await };
        let mut growing = self.registration.run(begun).await?;
        let (mut block, mut is_last) = (first, false);
        loop {
            let added = async move {
                growing.add(block).await?;
                Ok(growing)
            };
            growing = self.registration.run(added).await?;
            if is_last {
                break;
            }
            (block, is_last) = blocks.next().await?;
        }
        let ended = async move {
            match growing.end().await? {
                Some(appended) => Ok(appended),
                // What was sent went with the other write, and the guest has no more of it.
                None => Err(growing.overtaken(at).await?),
            }
        };
        self.registration.run(ended).await
    }
}

/// Adds bytes that are in hand, anew whenever somebody else came between.
async fn again_and_again(
    service: &Arc<Service>,
    key: &str,
    bytes: &Bytes,
    at: Option<u64>,
) -> Result<Appended> {
    for number in 1..=ATTEMPTS {
        let mut growing = Growing::begin(Arc::clone(service), key.to_owned(), at).await?;
        growing.add(bytes.clone()).await?;
        if let Some(appended) = growing.end().await? {
            return Ok(appended);
        }
        pause(number.min(4)).await;
    }
    Err(throttled())
}

/// An object that is to be longer.
struct Growing {
    service: Arc<Service>,
    key: String,
    /// What it is now.
    expected: Expected,
    fields: Vec<(String, String)>,
    size: u64,
    /// Its blocks, where they are, and the number of their bytes.
    blocks: Vec<(&'static str, String, u64)>,
    write: Mark,
    placed: u32,
}

impl Growing {
    /// Finds out what there is.
    async fn begin(service: Arc<Service>, key: String, at: Option<u64>) -> Result<Self> {
        let found = object::find(&service, &key).await?;
        let size = found.as_ref().map_or(0, |info| info.size);
        if at.is_some_and(|at| at != size) {
            return Err(stale());
        }
        let (expected, fields) = match found {
            Some(info) => (
                Expected::Version(info.version),
                metadata::written(&info.content_type, &info.metadata),
            ),
            None => (
                Expected::Absent,
                metadata::written(metadata::GENERAL_TYPE, &Vec::new()),
            ),
        };
        let mut growing = Self {
            service,
            key,
            expected,
            fields,
            size,
            blocks: Vec::new(),
            write: block::fresh(),
            placed: 0,
        };
        if let Expected::Version(version) = growing.expected.clone() {
            growing.take_up(&version).await?;
        }
        Ok(growing)
    }

    /// Takes over the blocks that the object has.
    async fn take_up(&mut self, version: &Version) -> Result<()> {
        let ask = Ask::blob(Method::GET, &self.key)
            .with("comp", "blocklist")
            .with("blocklisttype", "committed");
        let found = match self.service.read_whole(&ask).await {
            Ok(body) => xml::blocks(&body, LIST)?,
            // Deleted meanwhile: the last request will say so.
            Err(failure) if failure.is_absent() => return Ok(()),
            Err(failure) => return Err(failure.into()),
        };
        let length = Id::of(self.write, 0, Kind::Last).text().len();
        let is_whole = found.iter().map(|block| block.size).sum::<u64>() == self.size
            && found.iter().all(|block| block.id.len() == length);
        if !is_whole {
            return self.send_again(version, 0, self.size).await;
        }
        let blocks = found.into_iter().map(|block| (OLD, block.id, block.size));
        self.blocks = blocks.collect();
        let group = if self.blocks.len() < MANY { GROUP } else { 2 };
        let kept = self.blocks.len().saturating_sub(group);
        let few: u64 = self.blocks.iter().skip(kept).map(|(.., size)| size).sum();
        if self.blocks.len() >= group && few <= BLOCK_BYTES as u64 {
            self.blocks.truncate(kept);
            self.send_again(version, self.size - few, few).await?;
        }
        Ok(())
    }

    /// Sends bytes again that the object has, as new blocks. Where it is another object by
    /// now the last request will say so.
    async fn send_again(&mut self, version: &Version, from: u64, length: u64) -> Result<()> {
        let (mut at, end) = (from, from.saturating_add(length));
        while at < end {
            let last = end.min(at.saturating_add(BLOCK_BYTES as u64));
            let ask = Ask::blob(Method::GET, &self.key)
                .field("x-ms-range", format!("bytes={at}-{}", last - 1))
                .field("if-match", object::etag(version)?);
            let bytes = match self.service.read_whole(&ask).await {
                Ok(bytes) => bytes,
                Err(failure) if failure.is_absent() || failure.is_stale() => return Ok(()),
                Err(failure) => return Err(failure.into()),
            };
            if bytes.len() as u64 != last - at {
                return Err(unexpected_reply());
            }
            self.place(bytes).await?;
            at = last;
        }
        Ok(())
    }

    /// Adds bytes to the end.
    async fn add(&mut self, bytes: Bytes) -> Result<()> {
        let size = self.size.saturating_add(bytes.len() as u64);
        if size > OBJECT_BYTES || self.blocks.len() >= MOST {
            return Err(Error::too_large(OBJECT_BYTES));
        }
        self.size = size;
        if bytes.is_empty() {
            return Ok(());
        }
        self.place(bytes).await
    }

    async fn place(&mut self, bytes: Bytes) -> Result<()> {
        let id = Id::of(self.write, self.placed, Kind::Last);
        self.placed = self.placed.checked_add(1).ok_or(ErrorKind::OutOfRange)?;
        let size = bytes.len() as u64;
        stage(&self.service, &self.key, &id, bytes).await?;
        self.blocks.push((NEW, id.text(), size));
        Ok(())
    }

    /// Makes it the object; none if somebody else wrote it meanwhile.
    async fn end(&self) -> Result<Option<Appended>> {
        let blocks = self.blocks.iter();
        let blocks: Vec<(&str, String)> = blocks.map(|(at, id, _)| (*at, id.clone())).collect();
        let made = commit(
            &self.service,
            &self.key,
            &blocks,
            self.fields.clone(),
            &self.expected,
        );
        match made.await {
            Ok(version) => Ok(Some(Appended {
                version,
                size: self.size,
            })),
            Err(failure)
                if failure.is_stale() || failure.is_absent() || failure.code == NO_SUCH_BLOCK =>
            {
                Ok(None)
            }
            Err(failure) => Err(failure.into()),
        }
    }

    /// What to tell of one that was overtaken.
    async fn overtaken(&self, at: Option<u64>) -> Result<Error> {
        let found = object::find(&self.service, &self.key).await?;
        let size = found.map_or(0, |info| info.size);
        Ok(match at {
            Some(at) if at != size => stale(),
            _ => throttled(),
        })
    }
}
