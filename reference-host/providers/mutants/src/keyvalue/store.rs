//! Faults above the portable layer: a store that is wrong in one thing.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{
    BatchError, BatchResult, Driver, Entry, Expected, KeyStream, Page, Store, SwapError, Version,
};
use cloud_contract::{Error, Result};
use futures::StreamExt as _;

/// A function of `cloud:keyvalue`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Call {
    Get,
    Set,
    Delete,
    Exists,
    List,
    Keys,
    Current,
    Swap,
    DeleteIf,
    Increment,
    GetMany,
    SetMany,
    DeleteMany,
    SetExpiring,
    Remaining,
}

/// What stands behind a faulty store.
#[derive(Debug)]
pub(crate) struct Target {
    /// The correct store.
    pub(crate) store: Arc<dyn Store>,
    /// The same without any feature withheld.
    pub(crate) full: Arc<dyn Store>,
    /// The driver of both.
    pub(crate) driver: Arc<dyn Driver>,
    /// Which guest instance opened the handle.
    pub(crate) session: u64,
    /// Which handle of the instance it is.
    pub(crate) handle: u64,
}

pub(crate) type SwapResult<T> = std::result::Result<T, SwapError>;

/// One fault of a store. The first five methods apply to every function; the
/// others stand in front of the correct one, and their defaults go through.
#[async_trait]
pub(crate) trait StoreFault: Send + Sync + fmt::Debug {
    /// The store that answers `call`.
    fn behind<'a>(&self, to: &'a Target, call: Call) -> &'a Arc<dyn Store> {
        let _ = call;
        &to.store
    }

    /// The key that `call` goes on with, or a refusal of it.
    fn key<'a>(&self, call: Call, key: &'a str) -> Result<Cow<'a, str>> {
        let _ = call;
        Ok(Cow::Borrowed(key))
    }

    /// The value that `call` goes on with, or a refusal of it.
    fn value(&self, call: Call, value: Bytes) -> Result<Bytes> {
        let _ = call;
        Ok(value)
    }

    /// The error that `call` ends with.
    fn error(&self, call: Call, error: Error) -> Error {
        let _ = call;
        error
    }

    /// Comes before each item that is written, valid or not.
    async fn writing(&self, to: &Target, call: Call, key: &str) {
        let _ = (to, call, key);
    }

    /// A handle was dropped.
    fn dropped(&self, to: &Target) {
        let _ = to;
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        self.behind(to, Call::Get).get(key).await
    }

    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        self.behind(to, Call::Set).set(key, value).await
    }

    async fn delete(&self, to: &Target, key: &str) -> Result<()> {
        self.behind(to, Call::Delete).delete(key).await
    }

    async fn exists(&self, to: &Target, key: &str) -> Result<bool> {
        self.behind(to, Call::Exists).exists(key).await
    }

    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        self.behind(to, Call::List).list(prefix, cursor, size).await
    }

    fn keys(&self, to: &Arc<Target>, prefix: String) -> KeyStream {
        Arc::clone(self.behind(to, Call::Keys)).keys(prefix)
    }

    async fn current(&self, to: &Target, key: &str) -> Result<Option<Entry>> {
        self.behind(to, Call::Current).current(key).await
    }

    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        let store = self.behind(to, Call::Swap);
        store.swap(key, value, expected).await
    }

    async fn delete_if(&self, to: &Target, key: &str, expected: Version) -> SwapResult<()> {
        let store = self.behind(to, Call::DeleteIf);
        store.delete_if(key, expected).await
    }

    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        self.behind(to, Call::Increment).increment(key, delta).await
    }

    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        self.behind(to, Call::GetMany).get_many(keys).await
    }

    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        self.behind(to, Call::SetMany).set_many(entries).await
    }

    async fn delete_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<()> {
        self.behind(to, Call::DeleteMany).delete_many(keys).await
    }

    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<()> {
        let store = self.behind(to, Call::SetExpiring);
        store.set_expiring(key, value, ttl).await
    }

    async fn remaining(&self, to: &Target, key: &str) -> Result<Option<Option<Duration>>> {
        self.behind(to, Call::Remaining).remaining(key).await
    }
}

/// A store with a fault in front.
#[derive(Debug)]
pub(crate) struct FaultyStore {
    to: Arc<Target>,
    fault: Arc<dyn StoreFault>,
}

impl Drop for FaultyStore {
    fn drop(&mut self) {
        self.fault.dropped(&self.to);
    }
}

/// One bad item of a batch refuses the batch, as in the portable layer.
fn refused<T>(index: usize, result: Result<T>) -> BatchResult<T> {
    result.map_err(|error| BatchError::Refused {
        error,
        indices: vec![u32::try_from(index).unwrap_or(u32::MAX)],
    })
}

impl FaultyStore {
    pub(crate) fn new(to: Target, fault: Arc<dyn StoreFault>) -> Self {
        Self {
            to: Arc::new(to),
            fault,
        }
    }

    fn end<T>(&self, call: Call, result: Result<T>) -> Result<T> {
        result.map_err(|error| self.fault.error(call, error))
    }

    fn end_swap<T>(&self, call: Call, result: SwapResult<T>) -> SwapResult<T> {
        result.map_err(|error| match error {
            SwapError::Failed(error) => SwapError::Failed(self.fault.error(call, error)),
            stale @ SwapError::Stale(_) => stale,
        })
    }

    fn end_batch<T>(&self, call: Call, result: BatchResult<T>) -> BatchResult<T> {
        result.map_err(|error| match error {
            BatchError::Refused { error, indices } => BatchError::Refused {
                error: self.fault.error(call, error),
                indices,
            },
            partial @ BatchError::Partial(_) => partial,
        })
    }

    fn batch_keys(&self, call: Call, keys: Vec<String>) -> BatchResult<Vec<String>> {
        keys.iter()
            .enumerate()
            .map(|(index, key)| refused(index, self.fault.key(call, key).map(Cow::into_owned)))
            .collect()
    }
}

#[async_trait]
impl Store for FaultyStore {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let key = self.fault.key(Call::Get, key)?;
        self.end(Call::Get, self.fault.get(&self.to, &key).await)
    }

    async fn set(&self, key: &str, value: Bytes) -> Result<()> {
        let key = self.fault.key(Call::Set, key)?;
        let value = self.fault.value(Call::Set, value)?;
        self.fault.writing(&self.to, Call::Set, &key).await;
        self.end(Call::Set, self.fault.set(&self.to, &key, value).await)
    }

    async fn delete(&self, key: &str) -> Result<()> {
        let key = self.fault.key(Call::Delete, key)?;
        self.fault.writing(&self.to, Call::Delete, &key).await;
        self.end(Call::Delete, self.fault.delete(&self.to, &key).await)
    }

    async fn exists(&self, key: &str) -> Result<bool> {
        let key = self.fault.key(Call::Exists, key)?;
        self.end(Call::Exists, self.fault.exists(&self.to, &key).await)
    }

    async fn list(&self, prefix: &str, cursor: Option<&str>, size: Option<u32>) -> Result<Page> {
        let page = self.fault.list(&self.to, prefix, cursor, size).await;
        self.end(Call::List, page)
    }

    fn keys(self: Arc<Self>, prefix: String) -> KeyStream {
        let keys = self.fault.keys(&self.to, prefix);
        Box::pin(keys.map(move |page| self.end(Call::Keys, page)))
    }

    async fn current(&self, key: &str) -> Result<Option<Entry>> {
        let key = self.fault.key(Call::Current, key)?;
        self.end(Call::Current, self.fault.current(&self.to, &key).await)
    }

    async fn swap(&self, key: &str, value: Bytes, expected: Expected) -> SwapResult<Version> {
        let key = self.fault.key(Call::Swap, key).map_err(SwapError::Failed)?;
        let value = self
            .fault
            .value(Call::Swap, value)
            .map_err(SwapError::Failed)?;
        self.fault.writing(&self.to, Call::Swap, &key).await;
        let result = self.fault.swap(&self.to, &key, value, expected).await;
        self.end_swap(Call::Swap, result)
    }

    async fn delete_if(&self, key: &str, expected: Version) -> SwapResult<()> {
        let key = self
            .fault
            .key(Call::DeleteIf, key)
            .map_err(SwapError::Failed)?;
        self.fault.writing(&self.to, Call::DeleteIf, &key).await;
        let result = self.fault.delete_if(&self.to, &key, expected).await;
        self.end_swap(Call::DeleteIf, result)
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        let key = self.fault.key(Call::Increment, key)?;
        self.fault.writing(&self.to, Call::Increment, &key).await;
        let sum = self.fault.increment(&self.to, &key, delta).await;
        self.end(Call::Increment, sum)
    }

    async fn get_many(&self, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let keys = self.batch_keys(Call::GetMany, keys)?;
        self.end_batch(Call::GetMany, self.fault.get_many(&self.to, keys).await)
    }

    async fn set_many(&self, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let mut changed = Vec::with_capacity(entries.len());
        for (index, (key, value)) in entries.into_iter().enumerate() {
            let key = refused(index, self.fault.key(Call::SetMany, &key))?.into_owned();
            let value = refused(index, self.fault.value(Call::SetMany, value))?;
            self.fault.writing(&self.to, Call::SetMany, &key).await;
            changed.push((key, value));
        }
        self.end_batch(Call::SetMany, self.fault.set_many(&self.to, changed).await)
    }

    async fn delete_many(&self, keys: Vec<String>) -> BatchResult<()> {
        let keys = self.batch_keys(Call::DeleteMany, keys)?;
        for key in &keys {
            self.fault.writing(&self.to, Call::DeleteMany, key).await;
        }
        let result = self.fault.delete_many(&self.to, keys).await;
        self.end_batch(Call::DeleteMany, result)
    }

    async fn set_expiring(&self, key: &str, value: Bytes, ttl: Duration) -> Result<()> {
        let key = self.fault.key(Call::SetExpiring, key)?;
        let value = self.fault.value(Call::SetExpiring, value)?;
        self.fault.writing(&self.to, Call::SetExpiring, &key).await;
        let result = self.fault.set_expiring(&self.to, &key, value, ttl).await;
        self.end(Call::SetExpiring, result)
    }

    async fn remaining(&self, key: &str) -> Result<Option<Option<Duration>>> {
        let key = self.fault.key(Call::Remaining, key)?;
        self.end(Call::Remaining, self.fault.remaining(&self.to, &key).await)
    }
}
