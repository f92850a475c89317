//! Faults of uploads that have ended: what is done once more, or comes too late.

use std::collections::HashMap;
use std::sync::Mutex;

use async_trait::async_trait;
use cloud_contract::blobstore::{Body, Driver, Expected, Metadata, Part, ReceivedPart};
use cloud_contract::keyvalue::Version;
use cloud_contract::{ErrorKind, Result};

use super::driver;
use super::states::{failed, write};
use super::upload_parts::{Notes, lock};
use super::whole::Whole;
use crate::Mutant;
use crate::blobstore::driver::DriverFault;

/// What a second `complete` of an upload does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Second {
    /// With the same parts, it brings back what the first one wrote.
    WritesAgain,
    /// With any parts, it returns the version of the first one.
    AnyParts,
}

/// A second `complete` is answered out of what is remembered of the first one.
#[derive(Debug)]
struct Remembers {
    second: Second,
    /// The parts of each completed upload, and what came of them.
    completed: Mutex<HashMap<String, (Vec<Part>, Whole)>>,
}

impl Remembers {
    fn and(second: Second) -> Self {
        Self {
            second,
            completed: Mutex::default(),
        }
    }
}

#[async_trait]
impl DriverFault for Remembers {
    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let earlier = lock(&self.completed).get(upload).cloned();
        if let Some((named, made)) = earlier {
            let version = made.info.version.clone();
            let is_there = to.head(name).await?;
            let is_there = is_there.is_some_and(|info| info.version == version);
            match self.second {
                Second::AnyParts => return Ok(version),
                Second::WritesAgain if named != parts => return Err(ErrorKind::NotFound.into()),
                Second::WritesAgain if is_there => return Ok(version),
                Second::WritesAgain => {
                    let info = made.info;
                    let (kind, metadata) = (info.content_type, info.metadata);
                    write(to, name, made.bytes, kind, metadata).await?;
                    return Ok(version);
                }
            }
        }
        let version = to.complete(name, upload, parts, expected).await?;
        let made = Whole::of(to, name).await?;
        if let Some(made) = made.filter(|made| made.info.version == version) {
            lock(&self.completed).insert(upload.to_owned(), (parts.to_vec(), made));
        }
        Ok(version)
    }
}

/// A part whose upload has ended since it began is thrown away, and was sent all the same.
#[derive(Debug)]
struct LateIsOk;

#[async_trait]
impl DriverFault for LateIsOk {
    async fn put_part(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        body: Body,
    ) -> Result<Part> {
        to.parts(name, upload).await?;
        let sent = to.put_part(name, upload, number, size, body).await;
        if failed(&sent, &ErrorKind::NotFound) {
            let tag = "late".to_owned();
            return Ok(Part { number, tag });
        }
        sent
    }
}

/// An id is given again when its upload has ended.
#[derive(Debug, Default)]
struct IdsAgain {
    /// The driver's id of each one that was given.
    given: Notes,
    free: Mutex<Vec<String>>,
}

impl IdsAgain {
    fn real(&self, upload: &str) -> String {
        let given = lock(&self.given);
        given.get(upload).cloned().unwrap_or_else(|| upload.into())
    }
}

#[async_trait]
impl DriverFault for IdsAgain {
    async fn begin(
        &self,
        to: &dyn Driver,
        name: &str,
        content_type: String,
        metadata: Metadata,
    ) -> Result<String> {
        let real = to.begin(name, content_type, metadata).await?;
        let again = lock(&self.free).pop();
        let id = again.unwrap_or_else(|| real.clone());
        lock(&self.given).insert(id.clone(), real);
        Ok(id)
    }

    async fn put_part(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        body: Body,
    ) -> Result<Part> {
        let real = self.real(upload);
        to.put_part(name, &real, number, size, body).await
    }

    async fn parts(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<Vec<ReceivedPart>> {
        to.parts(name, &self.real(upload)).await
    }

    async fn complete(
        &self,
        to: &dyn Driver,
        name: &str,
        upload: &str,
        parts: &[Part],
        expected: &Expected,
    ) -> Result<Version> {
        let real = self.real(upload);
        let version = to.complete(name, &real, parts, expected).await?;
        lock(&self.free).push(upload.to_owned());
        Ok(version)
    }

    async fn abort(&self, to: &dyn Driver, name: &str, upload: &str) -> Result<()> {
        let real = self.real(upload);
        let was_there = to.parts(name, &real).await.is_ok();
        to.abort(name, &real).await?;
        if was_there {
            lock(&self.free).push(upload.to_owned());
        }
        Ok(())
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-complete-again-writes",
        "a second `complete` brings back what was overwritten or deleted since",
        &["BLOB-COMPLETE-8"],
        driver!(Remembers::and(Second::WritesAgain)),
    ),
    Mutant::new(
        "blob-complete-again-any-parts",
        "a second `complete` returns the version of the first, whatever parts it names",
        &["BLOB-UPLOAD-5"],
        driver!(Remembers::and(Second::AnyParts)),
    ),
    Mutant::new(
        "blob-part-late-ok",
        "a part whose upload ends while it is in flight returns ok",
        &["BLOB-UPLOAD-5"],
        driver!(LateIsOk),
    ),
    Mutant::new(
        "blob-begin-id-again",
        "the id of an upload that has ended is given to the next one",
        &["BLOB-BEGIN-1"],
        driver!(IdsAgain::default()),
    ),
];
