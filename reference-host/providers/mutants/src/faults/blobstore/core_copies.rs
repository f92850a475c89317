//! Copies and moves: what is kept of a moved object, and of a source that changes.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use cloud_contract::blobstore::{Driver, Info, Range, Site};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::container;
use super::states::write;
use super::whole::collect;
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};
use crate::provider::lock;

/// A move of an object onto itself returns a version that the object does not have.
#[derive(Debug)]
struct SelfMoveCounts;

#[async_trait]
impl ContainerFault for SelfMoveCounts {
    async fn r#move(&self, to: &Target, name: &str, site: &Site, into: &str) -> Result<Version> {
        let moved = to.container.r#move(name, site, into).await?;
        let found = to.driver.head(name).await?;
        let is_same = name == into && found.is_some_and(|info| info.version == moved);
        Ok(match is_same {
            true => [moved.as_str(), "x"].concat().into(),
            false => moved,
        })
    }
}

/// `head` still knows an object that was moved to another container.
#[derive(Debug, Default)]
struct HeadKnowsMoved {
    seen: Mutex<HashMap<String, Info>>,
    moved: Mutex<HashMap<String, Info>>,
}

#[async_trait]
impl ContainerFault for HeadKnowsMoved {
    async fn writing(&self, _: &Target, call: Call, name: &str) {
        lock(&self.moved).remove(name);
        if call != Call::Move {
            lock(&self.seen).remove(name);
        }
    }

    async fn r#move(&self, to: &Target, name: &str, site: &Site, into: &str) -> Result<Version> {
        let version = to.container.r#move(name, site, into).await?;
        let seen = lock(&self.seen).remove(name);
        let here = to.driver.head(into).await?;
        let is_elsewhere = here.is_none_or(|info| info.version != version);
        if let Some(info) = seen.filter(|_| is_elsewhere) {
            lock(&self.moved).insert(name.to_owned(), info);
        }
        Ok(version)
    }

    async fn head(&self, to: &Target, name: &str) -> Result<Option<Info>> {
        let Some(info) = to.container.head(name).await? else {
            return Ok(lock(&self.moved).get(name).cloned());
        };
        lock(&self.seen).insert(name.to_owned(), info.clone());
        Ok(Some(info))
    }
}

const MEBIBYTE: u64 = 1 << 20;
/// What a piece of a copy takes.
const PIECE: Duration = Duration::from_millis(30);

/// A large object is copied piece by piece, each from the state that it then has.
#[derive(Debug)]
struct PieceByPiece(Call);

/// All bytes that an object had, each piece at its time.
async fn pieces(driver: &dyn Driver, name: &str, size: u64) -> Result<Bytes> {
    let mut bytes = BytesMut::new();
    for offset in (0..size).step_by(MEBIBYTE as usize) {
        tokio::time::sleep(PIECE).await;
        let range = Range {
            offset,
            length: Some(MEBIBYTE),
        };
        let is_left = (driver.head(name).await?).is_some_and(|info| info.size > offset);
        if let Some(content) = match is_left {
            true => driver.get(name, range, None).await?,
            false => None,
        } {
            bytes.extend_from_slice(&collect(content.data).await?);
        }
    }
    Ok(bytes.freeze())
}

impl PieceByPiece {
    async fn copy_of(&self, to: &Target, name: &str, site: &Site, into: &str) -> Result<Version> {
        let driver = &*to.driver;
        let info = driver.head(name).await?.ok_or(ErrorKind::NotFound)?;
        let bytes = pieces(driver, name, info.size).await?;
        let apart = [name, ".pieces"].concat();
        write(driver, &apart, bytes, info.content_type, info.metadata).await?;
        to.container.r#move(&apart, site, into).await
    }

    async fn is_large(&self, to: &Target, call: Call, name: &str) -> Result<bool> {
        let found = to.driver.head(name).await?;
        Ok(call == self.0 && found.is_some_and(|info| info.size > MEBIBYTE))
    }
}

#[async_trait]
impl ContainerFault for PieceByPiece {
    async fn copy(&self, to: &Target, name: &str, site: &Site, into: &str) -> Result<Version> {
        if self.is_large(to, Call::Copy, name).await? {
            return self.copy_of(to, name, site, into).await;
        }
        to.container.copy(name, site, into).await
    }

    async fn r#move(&self, to: &Target, name: &str, site: &Site, into: &str) -> Result<Version> {
        if !self.is_large(to, Call::Move, name).await? {
            return to.container.r#move(name, site, into).await;
        }
        let version = self.copy_of(to, name, site, into).await?;
        to.driver.delete(name, None).await?;
        Ok(version)
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-move-self-counts",
        "a move of an object onto itself returns a version that it does not have",
        &["BLOB-MOVE-1"],
        container!(SelfMoveCounts),
    ),
    Mutant::new(
        "blob-head-knows-moved",
        "`head` tells of an object that it told of before it was moved to another container",
        &["BLOB-MOVE-1"],
        container!(HeadKnowsMoved::default()),
    ),
    Mutant::new(
        "blob-copy-piece-by-piece",
        "a copy of more than a mebibyte is read piece by piece, from one state and the next",
        &["BLOB-COPY-1", "BLOB-DATA-3"],
        container!(PieceByPiece(Call::Copy)),
    ),
    Mutant::new(
        "blob-move-piece-by-piece",
        "a move of more than a mebibyte reads it piece by piece, from one state and the next",
        &["BLOB-MOVE-1", "BLOB-DATA-3"],
        container!(PieceByPiece(Call::Move)),
    ),
];
