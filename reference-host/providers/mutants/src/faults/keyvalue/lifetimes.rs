//! Keys that have ended and are still there for one function.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::keyvalue::{BatchResult, Entry, Expected, KeyStream, Page, SwapError, Version};
use futures::StreamExt as _;

use super::store;
use crate::Mutant;
use crate::keyvalue::store::{Call, StoreFault, SwapResult, Target};
use crate::provider::lock;

type Ends = Arc<Mutex<HashMap<String, Instant>>>;

/// Keys that stay in the service for good; each function but one looks at its
/// own list of ends.
#[derive(Debug)]
struct Blind {
    call: Call,
    ends: Ends,
}

fn ended(ends: &Ends, key: &str) -> bool {
    lock(ends)
        .get(key)
        .is_some_and(|end| *end <= Instant::now())
}

impl Blind {
    fn in_call(call: Call) -> Self {
        Self {
            call,
            ends: Ends::default(),
        }
    }

    fn ended(&self, call: Call, key: &str) -> bool {
        call != self.call && ended(&self.ends, key)
    }

    /// Makes a key permanent that has not ended, or removes one that has.
    async fn settle(&self, to: &Target, call: Call, key: &str) -> Result<()> {
        if self.ended(call, key) {
            to.store.delete(key).await?;
            lock(&self.ends).remove(key);
        }
        Ok(())
    }

    fn forget(&self, key: &str) {
        lock(&self.ends).remove(key);
    }
}

#[async_trait]
impl StoreFault for Blind {
    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<()> {
        to.store.set_expiring(key, value.clone(), ttl).await?;
        to.store.set(key, value).await?;
        if let Some(end) = Instant::now().checked_add(ttl) {
            lock(&self.ends).insert(key.to_owned(), end);
        }
        Ok(())
    }

    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        to.store.set(key, value).await?;
        self.forget(key);
        Ok(())
    }

    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let keys: Vec<String> = entries.iter().map(|(key, _)| key.clone()).collect();
        to.store.set_many(entries).await?;
        keys.iter().for_each(|key| self.forget(key));
        Ok(())
    }

    async fn delete(&self, to: &Target, key: &str) -> Result<()> {
        to.store.delete(key).await?;
        self.forget(key);
        Ok(())
    }

    async fn delete_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<()> {
        to.store.delete_many(keys.clone()).await?;
        keys.iter().for_each(|key| self.forget(key));
        Ok(())
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        let value = to.store.get(key).await?;
        Ok(value.filter(|_| !self.ended(Call::Get, key)))
    }

    async fn exists(&self, to: &Target, key: &str) -> Result<bool> {
        Ok(to.store.exists(key).await? && !self.ended(Call::Exists, key))
    }

    async fn current(&self, to: &Target, key: &str) -> Result<Option<Entry>> {
        let entry = to.store.current(key).await?;
        Ok(entry.filter(|_| !self.ended(Call::Current, key)))
    }

    async fn remaining(&self, to: &Target, key: &str) -> Result<Option<Option<Duration>>> {
        let present = to.store.remaining(key).await?;
        let end = lock(&self.ends).get(key).copied();
        let (Some(_), Some(end)) = (present, end) else {
            return Ok(present);
        };
        let rest = end.saturating_duration_since(Instant::now());
        match rest.is_zero() {
            true if self.call == Call::Remaining => Ok(Some(Some(Duration::from_nanos(1)))),
            true => Ok(None),
            false => Ok(Some(Some(rest))),
        }
    }

    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let values = to.store.get_many(keys.clone()).await?;
        let read = |(key, value): (String, Option<Bytes>)| {
            value.filter(|_| !self.ended(Call::GetMany, &key))
        };
        Ok(keys.into_iter().zip(values).map(read).collect())
    }

    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        let mut page = to.store.list(prefix, cursor, size).await?;
        // A page on which every key has ended is no reason to come back.
        loop {
            page.keys.retain(|key| !self.ended(Call::List, key));
            match &page.cursor {
                Some(next) if page.keys.is_empty() => {
                    page = to.store.list(prefix, Some(next), size).await?;
                }
                _ => return Ok(page),
            }
        }
    }

    fn keys(&self, to: &Arc<Target>, prefix: String) -> KeyStream {
        let keys = Arc::clone(&to.store).keys(prefix);
        if self.call == Call::Keys {
            return keys;
        }
        let ends = Arc::clone(&self.ends);
        Box::pin(keys.map(move |page| {
            page.map(|mut keys| {
                keys.retain(|key| !ended(&ends, key));
                keys
            })
        }))
    }

    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        self.settle(to, Call::Swap, key)
            .await
            .map_err(SwapError::Failed)?;
        let version = to.store.swap(key, value, expected).await?;
        self.forget(key);
        Ok(version)
    }

    async fn delete_if(&self, to: &Target, key: &str, expected: Version) -> SwapResult<()> {
        self.settle(to, Call::DeleteIf, key)
            .await
            .map_err(SwapError::Failed)?;
        to.store.delete_if(key, expected).await?;
        self.forget(key);
        Ok(())
    }

    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        self.settle(to, Call::Increment, key).await?;
        to.store.increment(key, delta).await
    }
}

macro_rules! blind {
    ($name:literal, $function:literal, $call:ident) => {
        Mutant::new(
            $name,
            concat!("a key that has ended is still there for `", $function, "`"),
            &["KV-EXPIRY-3", "KV-EXPIRY-2"],
            store!(Blind::in_call(Call::$call)),
        )
    };
}

/// `remaining` goes on with the old time to live of what `set-many` made permanent.
#[derive(Debug, Default)]
struct NotInBatch {
    ends: Ends,
    overwritten: Mutex<HashMap<String, Instant>>,
}

#[async_trait]
impl StoreFault for NotInBatch {
    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<()> {
        to.store.set_expiring(key, value, ttl).await?;
        lock(&self.overwritten).remove(key);
        if let Some(end) = Instant::now().checked_add(ttl) {
            lock(&self.ends).insert(key.to_owned(), end);
        }
        Ok(())
    }

    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        to.store.set(key, value).await?;
        lock(&self.ends).remove(key);
        lock(&self.overwritten).remove(key);
        Ok(())
    }

    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let keys: Vec<String> = entries.iter().map(|(key, _)| key.clone()).collect();
        to.store.set_many(entries).await?;
        let ended = keys.into_iter();
        let ended = ended.filter_map(|key| lock(&self.ends).remove_entry(&key));
        let ended: Vec<_> = ended.collect();
        lock(&self.overwritten).extend(ended);
        Ok(())
    }

    async fn remaining(&self, to: &Target, key: &str) -> Result<Option<Option<Duration>>> {
        let rest = to.store.remaining(key).await?;
        let old = lock(&self.overwritten).get(key).copied();
        let old = old.and_then(|end| end.checked_duration_since(Instant::now()));
        Ok(rest.map(|rest| rest.or(old)))
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    blind!("kv-ended-get", "get", Get),
    blind!("kv-ended-exists", "exists", Exists),
    blind!("kv-ended-list", "list", List),
    blind!("kv-ended-keys", "keys", Keys),
    blind!("kv-ended-current", "current", Current),
    blind!("kv-ended-swap", "swap", Swap),
    blind!("kv-ended-delete-if", "delete-if", DeleteIf),
    blind!("kv-ended-increment", "increment", Increment),
    blind!("kv-ended-get-many", "get-many", GetMany),
    blind!("kv-ended-remaining", "remaining", Remaining),
    Mutant::new(
        "kv-remaining-not-in-batch",
        "`remaining` goes on with the lifetime that `set-many` ended",
        &["KV-REMAINING-2", "KV-EXPIRY-4"],
        store!(NotInBatch::default()),
    ),
];
