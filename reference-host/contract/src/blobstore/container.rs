//! What a guest sees of one open container: one method for each function of
//! `cloud:blobstore`. A host binds to this trait and adds no rule of its own.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;

use super::body::Body;
use super::driver::{
    Access, Appended, Expected, Info, Item, Link, Metadata, Part, PastState, Range, ReceivedPart,
};
use super::site::Site;
use crate::keyvalue::Version;
use crate::{Error, Result};

/// A page as a guest gets it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listing<T = Item> {
    /// The items.
    pub items: Vec<T>,
    /// A sealed cursor.
    pub cursor: Option<String>,
}

/// Names, a page at a time; a page may be empty. An error is the last item.
pub type NameStream = BoxStream<'static, Result<Vec<String>>>;

/// `container.delete-many-error`.
#[derive(Debug, Clone, PartialEq)]
pub enum DeleteManyError {
    /// Nothing was done.
    Refused {
        /// The reason.
        error: Error,
        /// The offending places, ascending; empty for the number of names.
        indices: Vec<u32>,
    },
    /// These places failed, the others were deleted.
    Partial(Vec<(u32, Error)>),
}

/// `container.put-options`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewObject {
    /// What kind of bytes it has; none for the usual one.
    pub content_type: Option<String>,
    /// Its metadata.
    pub metadata: Metadata,
    /// How many bytes come, where the guest knows it.
    pub size: Option<u64>,
    /// The state in which the object has to be.
    pub expected: Expected,
}

/// `container.content`: an object that a guest reads.
pub struct Reading {
    /// About the whole object, whatever part of it is read.
    pub info: Info,
    /// The bytes that were asked for. An error is the last item.
    pub data: Body,
    /// How many bytes there are without an error.
    pub length: u64,
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reading")
            .field("info", &self.info)
            .field("length", &self.length)
            .finish_non_exhaustive()
    }
}

/// One open container, as `cloud:blobstore` describes it. [`super::Portable`] is the
/// implementation; errors are those of the WIT functions of the same names.
#[async_trait]
#[allow(
    missing_docs,
    reason = "each method is documented by the WIT function of its name"
)]
pub trait Container: Send + Sync + fmt::Debug {
    /// What a copy to this container has to know of it.
    fn site(&self) -> &Site;

    async fn put(&self, name: &str, body: Body, object: NewObject) -> Result<Version>;
    async fn get(
        &self,
        name: &str,
        range: Range,
        expected: Option<&Version>,
    ) -> Result<Option<Reading>>;
    async fn head(&self, name: &str) -> Result<Option<Info>>;
    async fn delete(&self, name: &str) -> Result<()>;
    async fn delete_many(&self, names: Vec<String>) -> Result<(), DeleteManyError>;
    async fn copy(&self, name: &str, to: &Site, new_name: &str) -> Result<Version>;
    async fn r#move(&self, name: &str, to: &Site, new_name: &str) -> Result<Version>;
    async fn list(
        &self,
        prefix: &str,
        delimiter: Option<&str>,
        cursor: Option<&str>,
        page_size: Option<u32>,
    ) -> Result<Listing>;
    /// The stream behind `names`; it reads a page only when it is polled for one.
    fn names(self: Arc<Self>, prefix: String) -> NameStream;

    async fn delete_if(&self, name: &str, expected: &Version) -> Result<()>;
    async fn copy_if(
        &self,
        name: &str,
        source: Option<&Version>,
        to: &Site,
        new_name: &str,
        expected: &Expected,
    ) -> Result<Version>;
    async fn rename(&self, name: &str, new_name: &str, expected: &Expected) -> Result<Version>;
    async fn append(&self, name: &str, body: Body, at: Option<u64>) -> Result<Appended>;

    async fn begin(
        &self,
        name: &str,
        content_type: Option<String>,
        metadata: Metadata,
    ) -> Result<String>;
    async fn put_part(
        &self,
        name: &str,
        upload: &str,
        number: u32,
        size: u64,
        body: Body,
    ) -> Result<Part>;
    async fn parts(&self, name: &str, upload: &str) -> Result<Vec<ReceivedPart>>;
    async fn complete(
        &self,
        name: &str,
        upload: &str,
        parts: Vec<Part>,
        expected: &Expected,
    ) -> Result<Version>;
    async fn abort(&self, name: &str, upload: &str) -> Result<()>;

    async fn sign(&self, name: &str, access: Access, lifetime: Duration) -> Result<Link>;

    async fn versions(
        &self,
        name: &str,
        cursor: Option<&str>,
        page_size: Option<u32>,
    ) -> Result<Listing<PastState>>;
    async fn get_version(
        &self,
        name: &str,
        version: &Version,
        range: Range,
    ) -> Result<Option<Reading>>;
    async fn delete_version(&self, name: &str, version: &Version) -> Result<()>;
}
