//! Errors that tell too much, that come in the wrong order or case, and refusals that have
//! an effect.

use std::borrow::Cow;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use cloud_contract::blobstore::{Body, DeleteManyError, Listing, NewObject, Site};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Error, ErrorKind, Result};

use super::container;
use super::tools::other;
use crate::Mutant;
use crate::blobstore::container::{Call, ContainerFault, Target};

/// Text goes into the text of an error.
pub(super) fn told(error: Error, more: &str) -> Error {
    match error.kind() {
        ErrorKind::InvalidArgument(text) => {
            ErrorKind::InvalidArgument(format!("{text}: {more}").into()).into()
        }
        _ => error,
    }
}

/// The text of an error holds the name of the object.
#[derive(Debug)]
struct NamesObject;

#[async_trait]
impl ContainerFault for NamesObject {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let written = to.container.put(name, body, object).await;
        written.map_err(|error| told(error, name))
    }
}

/// The text of an error holds the cursor that was passed.
#[derive(Debug)]
struct NamesCursor;

#[async_trait]
impl ContainerFault for NamesCursor {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing> {
        let listed = to.container.list(prefix, delimiter, cursor, size).await;
        listed.map_err(|error| told(error, cursor.unwrap_or_default()))
    }
}

/// Some functions fail for another reason than the right one.
#[derive(Debug)]
struct Reason(fn(&ErrorKind) -> Option<ErrorKind>);

impl ContainerFault for Reason {
    fn error(&self, _: Call, error: Error) -> Error {
        (self.0)(error.kind()).map_or(error, Error::from)
    }
}

fn with_address(kind: &ErrorKind) -> Option<ErrorKind> {
    match kind {
        ErrorKind::InvalidArgument(text) => Some(ErrorKind::InvalidArgument(
            format!("{text} (http://127.0.0.1:9000)").into(),
        )),
        _ => None,
    }
}

fn failed_as_other(kind: &ErrorKind) -> Option<ErrorKind> {
    (*kind == ErrorKind::PreconditionFailed)
        .then(|| ErrorKind::Other("the service answered 412".into()))
}

fn not_found_as_other(kind: &ErrorKind) -> Option<ErrorKind> {
    (*kind == ErrorKind::NotFound).then(|| ErrorKind::Other("the service answered 404".into()))
}

fn range_as_other(kind: &ErrorKind) -> Option<ErrorKind> {
    (*kind == ErrorKind::OutOfRange).then(|| ErrorKind::Other("the service answered 416".into()))
}

/// Metadata is looked at before the name.
#[derive(Debug)]
struct MetadataFirst;

#[async_trait]
impl ContainerFault for MetadataFirst {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let is_bad = |key: &str| key.contains(|sign: char| sign.is_ascii_uppercase());
        if object.metadata.iter().any(|(key, _)| is_bad(key)) {
            return Err(Error::invalid("metadata: a key has a capital"));
        }
        to.container.put(name, body, object).await
    }
}

/// The delimiter is looked at before the prefix.
#[derive(Debug)]
struct DelimiterFirst;

#[async_trait]
impl ContainerFault for DelimiterFirst {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Listing> {
        if delimiter == Some("") {
            return Err(Error::invalid("delimiter: must not be empty"));
        }
        to.container.list(prefix, delimiter, cursor, size).await
    }
}

/// The new name is looked at before the old one.
#[derive(Debug)]
struct NewNameFirst;

fn new_name(new_name: &str) -> Result<()> {
    if new_name.is_empty() {
        return Err(Error::invalid("new-name: must not be empty"));
    }
    Ok(())
}

#[async_trait]
impl ContainerFault for NewNameFirst {
    async fn copy(&self, to: &Target, name: &str, site: &Site, into: &str) -> Result<Version> {
        new_name(into)?;
        to.container.copy(name, site, into).await
    }

    async fn r#move(&self, to: &Target, name: &str, site: &Site, into: &str) -> Result<Version> {
        new_name(into)?;
        to.container.r#move(name, site, into).await
    }
}

/// A write that is refused removes the object.
#[derive(Debug)]
struct RefusedPutClears;

#[async_trait]
impl ContainerFault for RefusedPutClears {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let written = to.container.put(name, body, object).await;
        if written.is_err() {
            to.driver.delete(name, None).await?;
        }
        written
    }
}

/// A put of a name or metadata that is refused writes what of it is acceptable.
#[derive(Debug)]
struct RefusedPutWrites;

#[async_trait]
impl ContainerFault for RefusedPutWrites {
    async fn put(&self, to: &Target, name: &str, body: Body, object: NewObject) -> Result<Version> {
        let written = to.container.put(name, body, object).await;
        if matches!(&written, Err(error) if matches!(
            error.kind(),
            ErrorKind::InvalidArgument(_) | ErrorKind::TooLarge { .. }
        )) {
            let name = if name.is_empty() { "(empty)" } else { name };
            let name = &name[..name.floor_char_boundary(255)];
            let nothing = Box::pin(futures::stream::empty());
            let plain = NewObject::default();
            to.container.put(name, nothing, plain).await.ok();
        }
        written
    }
}

/// A copy or move without a source removes the object in the place of the new one.
#[derive(Debug)]
struct RefusedCopyClears;

#[async_trait]
impl ContainerFault for RefusedCopyClears {
    async fn copy(&self, to: &Target, name: &str, site: &Site, into: &str) -> Result<Version> {
        let copied = to.container.copy(name, site, into).await;
        if copied.is_err() && !into.is_empty() {
            to.driver.delete(into, None).await?;
        }
        copied
    }
}

/// A deletion of many names, of which one is refused, deletes the others.
#[derive(Debug)]
struct RefusedDeletes;

#[async_trait]
impl ContainerFault for RefusedDeletes {
    async fn delete_many(&self, to: &Target, names: Vec<String>) -> Result<(), DeleteManyError> {
        let ended = to.container.delete_many(names.clone()).await;
        if matches!(ended, Err(DeleteManyError::Refused { .. })) {
            to.driver.delete_many(&names).await;
        }
        ended
    }
}

/// After so many refusals everything fails.
#[derive(Debug, Default)]
struct Exhausted(AtomicU32);

impl ContainerFault for Exhausted {
    fn name<'a>(&self, _: Call, name: &'a str) -> Result<Cow<'a, str>> {
        if self.0.load(Ordering::Relaxed) >= 200 && !name.is_empty() {
            return Err(other("too many calls failed"));
        }
        Ok(Cow::Borrowed(name))
    }

    fn error(&self, _: Call, error: Error) -> Error {
        self.0.fetch_add(1, Ordering::Relaxed);
        error
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "blob-error-names-object",
        "the text of an error holds the name of the object",
        &["TYP-ERR-2"],
        container!(NamesObject),
    ),
    Mutant::new(
        "blob-error-names-cursor",
        "the text of an error holds the cursor that was passed",
        &["TYP-ERR-2"],
        container!(NamesCursor),
    ),
    Mutant::new(
        "blob-error-names-address",
        "the text of an error holds the address of the service",
        &["TYP-ERR-2"],
        container!(Reason(with_address)),
    ),
    Mutant::new(
        "blob-error-condition-other",
        "a condition that does not hold is reported as `other`",
        &["TYP-ERR-1"],
        container!(Reason(failed_as_other)),
    ),
    Mutant::new(
        "blob-error-not-found-other",
        "a source that is absent is reported as `other`",
        &["TYP-ERR-1"],
        container!(Reason(not_found_as_other)),
    ),
    Mutant::new(
        "blob-error-range-other",
        "a range behind the end is reported as `other`",
        &["TYP-ERR-1"],
        container!(Reason(range_as_other)),
    ),
    Mutant::new(
        "blob-error-order",
        "metadata is looked at before the name",
        &["TYP-ERR-8"],
        container!(MetadataFirst),
    ),
    Mutant::new(
        "blob-error-delimiter-first",
        "the delimiter is looked at before the prefix",
        &["TYP-ERR-8"],
        container!(DelimiterFirst),
    ),
    Mutant::new(
        "blob-error-new-name-first",
        "the new name is looked at before the old one",
        &["TYP-ERR-8"],
        container!(NewNameFirst),
    ),
    Mutant::new(
        "blob-refused-put-clears",
        "a put that is refused removes the object",
        &["TYP-ERR-6"],
        container!(RefusedPutClears),
    ),
    Mutant::new(
        "blob-refused-put-writes",
        "a put that is refused leaves an object of no bytes",
        &["TYP-ERR-6"],
        container!(RefusedPutWrites),
    ),
    Mutant::new(
        "blob-refused-copy-clears",
        "a copy of an absent object removes the object in the place of the copy",
        &["TYP-ERR-6"],
        container!(RefusedCopyClears),
    ),
    Mutant::new(
        "blob-refused-delete-many-deletes",
        "a `delete-many` that is refused deletes what it can",
        &["TYP-ERR-6"],
        container!(RefusedDeletes),
    ),
    Mutant::new(
        "blob-refusals-exhaust",
        "after 200 errors everything fails",
        &["TYP-ERR-3"],
        container!(Exhausted::default()),
    ),
];
