//! The key-value driver: each call is one short critical section over a table.

use std::fmt;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{
    Conditional, Driver, Entry, Expected, KeyPage, ListRequest, SetOptions, Version, counter,
};
use cloud_contract::{Error, ErrorKind, Result};

use super::table::{Full, Slot, Table};
use crate::config::DEFAULT_STORE_BYTES;

/// One store. No lock is ever held across an await, so every call is complete at
/// its first poll.
pub struct KeyvalueStore {
    table: RwLock<Table>,
}

/// Shows no data.
impl fmt::Debug for KeyvalueStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeyvalueStore").finish_non_exhaustive()
    }
}

impl Default for KeyvalueStore {
    fn default() -> Self {
        Self::new()
    }
}

impl KeyvalueStore {
    /// An empty store with the default room.
    #[must_use]
    pub fn new() -> Self {
        Self::bounded(DEFAULT_STORE_BYTES)
    }

    /// An empty store that takes at most `bytes`: keys, values and what it needs
    /// to keep them. A write beyond that is `throttled`.
    #[must_use]
    pub fn bounded(bytes: usize) -> Self {
        Self {
            table: RwLock::new(Table::new(bytes)),
        }
    }

    pub(crate) fn clear(&self) {
        self.write().clear();
    }

    /// A poisoned lock is taken all the same: a table is consistent after each
    /// of its steps.
    fn read(&self) -> RwLockReadGuard<'_, Table> {
        self.table.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Table> {
        self.table.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The entry that stands in the way of a conditional write, or go ahead.
fn conflict(table: &Table, key: &str, expected: &Expected) -> Option<Conditional<()>> {
    if *expected == Expected::Any {
        return None;
    }
    // An entry that ends between the two looks is absent in both.
    let entry = table.get(key).and_then(Slot::entry);
    let met = match (expected, &entry) {
        (Expected::Absent, None) => true,
        (Expected::Version(version), Some(entry)) => entry.version == *version,
        _ => false,
    };
    (!met).then_some(Conditional::Stale(entry))
}

/// A quota, and nothing happened.
fn full(_: Full) -> Error {
    ErrorKind::Throttled { retry_after: None }.into()
}

fn end(ttl: Option<Duration>) -> Result<Option<Instant>> {
    ttl.map(|ttl| {
        Instant::now()
            .checked_add(ttl)
            .ok_or_else(|| ErrorKind::OutOfRange.into())
    })
    .transpose()
}

#[async_trait]
impl Driver for KeyvalueStore {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        Ok(self.read().get(key).map(|slot| slot.value.clone()))
    }

    async fn exists(&self, key: &str) -> Result<bool> {
        Ok(self.read().get(key).is_some())
    }

    async fn set(
        &self,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        let end = end(options.ttl)?;
        let mut table = self.write();
        if let Some(Conditional::Stale(entry)) = conflict(&table, key, &options.expected) {
            return Ok(Conditional::Stale(entry));
        }
        let (version, old) = table.put(key, value, end).map_err(full)?;
        drop(table);
        // A large old value is given back outside of the lock.
        drop(old);
        Ok(Conditional::Done(Some(version)))
    }

    async fn delete(&self, key: &str, expected: Expected) -> Result<Conditional<()>> {
        let mut table = self.write();
        if let Some(stale) = conflict(&table, key, &expected) {
            return Ok(stale);
        }
        let old = table.remove(key);
        drop(table);
        drop(old);
        Ok(Conditional::Done(()))
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        let after = request
            .after
            .map(std::str::from_utf8)
            .transpose()
            .map_err(|_| Error::invalid("cursor: not issued for this list"))?;
        let table = self.read();
        let mut rest = table.keys(request.prefix, after);
        let keys: Vec<String> = rest
            .by_ref()
            .take(request.limit)
            .map(str::to_owned)
            .collect();
        let goes_on = rest.next().is_some();
        let next = keys
            .last()
            .filter(|_| goes_on)
            .map(|last| last.as_bytes().to_vec());
        Ok(KeyPage { keys, next })
    }

    async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        Ok(self.read().get(key).and_then(Slot::entry))
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        let mut table = self.write();
        let held = table.get(key);
        let sum = counter::add(held.map(|slot| &*slot.value), delta)?;
        let end = held.and_then(|slot| slot.end);
        table
            .put(key, Bytes::from(sum.to_string()), end)
            .map_err(full)?;
        Ok(sum)
    }

    async fn get_many(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        let table = self.read();
        keys.iter()
            .map(|key| Ok(table.get(key).map(|slot| slot.value.clone())))
            .collect()
    }

    async fn set_many(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        let mut table = self.write();
        let old: Vec<_> = entries
            .iter()
            .map(|(key, value)| table.put(key, value.clone(), None))
            .collect();
        drop(table);
        old.into_iter()
            .map(|put| put.map(drop).map_err(full))
            .collect()
    }

    async fn delete_many(&self, keys: &[String]) -> Vec<Result<()>> {
        let mut table = self.write();
        let old: Vec<_> = keys.iter().map(|key| table.remove(key)).collect();
        drop(table);
        old.into_iter().map(|_| Ok(())).collect()
    }
}
