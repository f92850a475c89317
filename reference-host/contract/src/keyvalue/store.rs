//! What a guest sees of one open store: one method for each function of
//! `cloud:keyvalue`. A host binds to this trait and adds no rule of its own.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;

use super::driver::{Entry, Expected, Version};
use crate::{Error, Result};

/// A page as a guest gets it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// The keys.
    pub keys: Vec<String>,
    /// A sealed cursor.
    pub cursor: Option<String>,
}

/// Keys, a page at a time; a page may be empty. An error is the last item.
pub type KeyStream = BoxStream<'static, Result<Vec<String>>>;

/// `cas.swap-error`.
#[derive(Debug, Clone, PartialEq)]
pub enum SwapError {
    /// The key is in another state.
    Stale(Option<Entry>),
    /// The call failed for another reason.
    Failed(Error),
}

impl From<Error> for SwapError {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// `batch.batch-error`.
#[derive(Debug, Clone, PartialEq)]
pub enum BatchError {
    /// Nothing was done.
    Refused {
        /// The reason.
        error: Error,
        /// The offending places, ascending; empty for the batch as a whole.
        indices: Vec<u32>,
    },
    /// These places failed, the others were carried out.
    Partial(Vec<(u32, Error)>),
}

/// Of the batch as a whole, before anything was done.
impl From<Error> for BatchError {
    fn from(error: Error) -> Self {
        Self::Refused {
            error,
            indices: Vec::new(),
        }
    }
}

/// The result of a batch.
pub type BatchResult<T> = std::result::Result<T, BatchError>;

/// One open store, as `cloud:keyvalue` describes it. [`super::Portable`] is the
/// implementation; errors are those of the WIT functions of the same names.
#[async_trait]
#[allow(
    missing_docs,
    reason = "each method is documented by the WIT function of its name"
)]
pub trait Store: Send + Sync + fmt::Debug {
    async fn get(&self, key: &str) -> Result<Option<Bytes>>;
    async fn set(&self, key: &str, value: Bytes) -> Result<()>;
    async fn delete(&self, key: &str) -> Result<()>;
    async fn exists(&self, key: &str) -> Result<bool>;
    async fn list(
        &self,
        prefix: &str,
        cursor: Option<&str>,
        page_size: Option<u32>,
    ) -> Result<Page>;
    /// The stream behind `keys`; it reads a page only when it is polled for one.
    fn keys(self: Arc<Self>, prefix: String) -> KeyStream;

    async fn current(&self, key: &str) -> Result<Option<Entry>>;
    /// `expected` is never [`Expected::Any`].
    async fn swap(
        &self,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> std::result::Result<Version, SwapError>;
    async fn delete_if(&self, key: &str, expected: Version) -> std::result::Result<(), SwapError>;

    async fn increment(&self, key: &str, delta: i64) -> Result<i64>;

    async fn get_many(&self, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>>;
    async fn set_many(&self, entries: Vec<(String, Bytes)>) -> BatchResult<()>;
    async fn delete_many(&self, keys: Vec<String>) -> BatchResult<()>;

    async fn set_expiring(&self, key: &str, value: Bytes, ttl: Duration) -> Result<()>;
    /// None for an absent key, `Some(None)` for a permanent one.
    async fn remaining(&self, key: &str) -> Result<Option<Option<Duration>>>;
}
