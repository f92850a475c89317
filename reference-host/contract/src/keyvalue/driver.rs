//! What a provider implements for one key-value store.

use std::fmt;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use compact_str::CompactString;

use crate::{Error, Result, feature};

/// An opaque mark of one state of one key. A driver issues them, the guest gives
/// them back; see `cloud:types/versions`.
pub type Version = CompactString;

/// A present key: its value, its version and how long it will stay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The bytes stored under the key.
    pub value: Bytes,
    /// The version of this state of the key.
    pub version: Version,
    /// The rest of its time to live; none for a permanent key.
    pub remaining: Option<Duration>,
}

/// The state that a key must be in for a write to happen.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Expected {
    /// Any: the write is unconditional.
    #[default]
    Any,
    /// The key is absent.
    Absent,
    /// The key is present with this version. It may be any text: one that the
    /// driver never issued simply does not match.
    Version(Version),
}

/// How to write.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SetOptions {
    /// Only if the key is in this state (feature `kv.cas`).
    pub expected: Expected,
    /// End the key after this time (feature `kv.expiry`); none makes it permanent,
    /// whatever it was.
    pub ttl: Option<Duration>,
}

/// The end of a conditional write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Conditional<T> {
    /// It happened.
    Done(T),
    /// The key was in another state, given here, and nothing changed.
    Stale(Option<Entry>),
}

/// Which keys to list.
#[derive(Debug, Clone, Copy)]
pub struct ListRequest<'a> {
    /// Only keys that start with these bytes; empty for all.
    pub prefix: &'a str,
    /// Where to go on: what [`KeyPage::next`] said, byte for byte. The portable
    /// layer has checked that it belongs to this store and prefix.
    pub after: Option<&'a [u8]>,
    /// The most keys to return, between 1 and `kv.page.max-keys`.
    pub limit: usize,
}

/// Some keys.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyPage {
    /// At most as many as the request's limit, each once.
    pub keys: Vec<String>,
    /// Where the list goes on; none if it ends here. The bytes are the driver's.
    pub next: Option<Vec<u8>>,
}

/// One key-value store of a service.
///
/// Arguments are valid when they arrive: keys and values within the declared
/// limits, features declared, batches free of repeated keys in `set_many`. A
/// driver is called from many tasks at once. A caller may drop a call that is in
/// flight; the item must then be either as it was or as the call would leave it.
/// Error text never holds a secret, an endpoint, a path or a guest's value; put
/// causes into [`Error::with_source`].
#[async_trait]
pub trait Driver: Send + Sync + fmt::Debug {
    /// The value of a key, none if absent or expired.
    async fn get(&self, key: &str) -> Result<Option<Bytes>>;

    /// Whether a key is present. Implement it where the service can tell without
    /// sending the value.
    async fn exists(&self, key: &str) -> Result<bool> {
        Ok(self.get(key).await?.is_some())
    }

    /// Writes a key. Returns its new version where the write is conditional; an
    /// unconditional write may return none in its place and is never stale.
    async fn set(
        &self,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>>;

    /// Removes a key: always, or only with the expected version. Never called
    /// with [`Expected::Absent`].
    async fn delete(&self, key: &str, expected: Expected) -> Result<Conditional<()>>;

    /// Lists keys under the rules of `cloud:types/pages`.
    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage>;

    /// The entry of a key (features `kv.cas` and `kv.expiry`).
    async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        let _ = key;
        Err(Error::unsupported(feature::KV_CAS))
    }

    /// Adds to a counter and returns the sum (feature `kv.counters`).
    ///
    /// # Errors
    /// `wrong-type` and `out-of-range`, leaving the key as it was.
    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        let _ = (key, delta);
        Err(Error::unsupported(feature::KV_COUNTERS))
    }

    /// Reads keys, one result for each in their order (feature `kv.batch`). The
    /// default asks for them one by one.
    async fn get_many(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        let mut results = Vec::with_capacity(keys.len());
        for key in keys {
            results.push(self.get(key).await);
        }
        results
    }

    /// Writes entries, one result for each in their order (feature `kv.batch`).
    async fn set_many(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        let mut results = Vec::with_capacity(entries.len());
        for (key, value) in entries {
            results.push(
                self.set(key, value.clone(), SetOptions::default())
                    .await
                    .map(drop),
            );
        }
        results
    }

    /// Removes keys, one result for each in their order (feature `kv.batch`).
    async fn delete_many(&self, keys: &[String]) -> Vec<Result<()>> {
        let mut results = Vec::with_capacity(keys.len());
        for key in keys {
            results.push(self.delete(key, Expected::Any).await.map(drop));
        }
        results
    }
}
