//! Faults of `delete-version` that take bytes from what still needs them.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::blobstore::{
    Appended, Body, Content, CopyRequest, Driver, Info, Range, RenameRequest,
};
use cloud_contract::keyvalue::Version;
use futures::stream;

use super::driver;
use super::whole::{collect, other};
use crate::Mutant;
use crate::blobstore::driver::DriverFault;
use crate::provider::lock;

/// What is there is told of, and its bytes do not come.
fn without_bytes(found: Content) -> Content {
    Content {
        info: found.info,
        data: Box::pin(stream::iter([Err(other("the bytes are gone"))])),
    }
}

async fn bytes_of(found: Option<Content>) -> Result<Option<Bytes>> {
    match found {
        Some(found) => Ok(Some(collect(found.data).await?)),
        None => Ok(None),
    }
}

/// Equal bytes are kept once, and go with the first state that is removed of those that
/// have them.
#[derive(Debug, Default)]
struct KeptOnce(Mutex<HashSet<Bytes>>);

impl KeptOnce {
    /// `found`, with its bytes if `all` of them are still kept.
    fn kept(&self, found: Option<Content>, all: Option<Bytes>) -> Option<Content> {
        let is_gone = all.is_some_and(|all| lock(&self.0).contains(&all));
        match found {
            Some(found) if is_gone => Some(without_bytes(found)),
            found => found,
        }
    }
}

#[async_trait]
impl DriverFault for KeptOnce {
    async fn get(
        &self,
        to: &dyn Driver,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let found = to.get(name, range, expected).await?;
        let all = bytes_of(to.get(name, Range::default(), None).await?).await?;
        Ok(self.kept(found, all))
    }

    async fn get_version(
        &self,
        to: &dyn Driver,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Content>> {
        let found = to.get_version(name, version, range).await?;
        let all = to.get_version(name, version, Range::default()).await?;
        let all = bytes_of(all).await?;
        Ok(self.kept(found, all))
    }

    async fn delete_version(&self, to: &dyn Driver, name: &str, version: &Version) -> Result<()> {
        let removed = to.get_version(name, version, Range::default()).await?;
        let removed = bytes_of(removed).await?;
        to.delete_version(name, version).await?;
        // No bytes are kept nowhere.
        if let Some(bytes) = removed.filter(|bytes| !bytes.is_empty()) {
            lock(&self.0).insert(bytes);
        }
        Ok(())
    }
}

/// What made a state that refers to the bytes of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum By {
    Append,
    Copy,
    Rename,
}

/// A state refers to the one that it was made of, whose bytes go when it is removed.
#[derive(Debug)]
struct Refers {
    by: By,
    /// By the version of what was made, that of what it was made of.
    sources: Mutex<HashMap<Version, Version>>,
    removed: Mutex<HashSet<Version>>,
}

impl Refers {
    fn by(by: By) -> Self {
        Self {
            by,
            sources: Mutex::default(),
            removed: Mutex::default(),
        }
    }

    fn made(&self, by: By, made: &Version, source: Option<Info>) {
        if let Some(source) = source
            && by == self.by
        {
            lock(&self.sources).insert(made.clone(), source.version);
        }
    }

    fn is_gone(&self, version: &Version) -> bool {
        let (sources, removed) = (lock(&self.sources), lock(&self.removed));
        let mut at = sources.get(version);
        while let Some(source) = at {
            if removed.contains(source) {
                return true;
            }
            at = sources.get(source);
        }
        false
    }

    fn kept(&self, found: Option<Content>) -> Option<Content> {
        match found {
            Some(found) if self.is_gone(&found.info.version) => Some(without_bytes(found)),
            found => found,
        }
    }
}

#[async_trait]
impl DriverFault for Refers {
    async fn get(
        &self,
        to: &dyn Driver,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Content>> {
        let found = to.get(name, range, expected).await?;
        Ok(self.kept(found))
    }

    async fn get_version(
        &self,
        to: &dyn Driver,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Content>> {
        let found = to.get_version(name, version, range).await?;
        Ok(self.kept(found))
    }

    async fn delete_version(&self, to: &dyn Driver, name: &str, version: &Version) -> Result<()> {
        to.delete_version(name, version).await?;
        lock(&self.removed).insert(version.clone());
        Ok(())
    }

    async fn append(
        &self,
        to: &dyn Driver,
        name: &str,
        data: Body,
        at: Option<u64>,
    ) -> Result<Appended> {
        let before = to.head(name).await?;
        let appended = to.append(name, data, at).await?;
        self.made(By::Append, &appended.version, before);
        Ok(appended)
    }

    async fn copy(&self, to: &dyn Driver, request: CopyRequest<'_>) -> Result<Option<Version>> {
        let source = to.head(request.name).await?;
        let made = to.copy(request).await?;
        if let Some(made) = &made {
            self.made(By::Copy, made, source);
        }
        Ok(made)
    }

    async fn rename(&self, to: &dyn Driver, request: RenameRequest<'_>) -> Result<Version> {
        let source = to.head(request.name).await?;
        let made = to.rename(request).await?;
        self.made(By::Rename, &made, source);
        Ok(made)
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-deleteversion-equal-bytes",
        "delete-version removes the bytes of everything that has the same",
        &["BLOB-DELETEVERSION-4"],
        driver!(KeptOnce::default()),
    ),
    Mutant::new(
        "blob-deleteversion-of-copied",
        "delete-version removes the bytes of what the state was copied or moved to",
        &["BLOB-DELETEVERSION-4"],
        driver!(Refers::by(By::Copy)),
    ),
    Mutant::new(
        "blob-deleteversion-of-renamed",
        "delete-version removes the bytes of what the state was renamed to",
        &["BLOB-DELETEVERSION-4"],
        driver!(Refers::by(By::Rename)),
    ),
    Mutant::new(
        "blob-deleteversion-of-grown",
        "delete-version removes the bytes of what the state grew to",
        &["BLOB-DELETEVERSION-4"],
        driver!(Refers::by(By::Append)),
    ),
];
