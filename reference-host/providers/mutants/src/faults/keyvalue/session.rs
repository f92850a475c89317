//! Reads that come too early: by the session that wrote, or by another one.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
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

/// What a key was before its latest write, and how often it was read since.
#[derive(Debug, Clone)]
struct Before {
    entry: Option<Entry>,
    reads: u32,
}

/// One function returns the state before the latest write, once.
#[derive(Debug)]
struct Stale {
    /// Which function.
    on: Call,
    /// After which writes; all if empty.
    after: &'static [Call],
    /// At which read after the write: 1 is the first.
    turn: u32,
    before: Mutex<HashMap<String, Before>>,
}

impl Stale {
    fn new(on: Call, after: &'static [Call], turn: u32) -> Self {
        Self {
            on,
            after,
            turn,
            before: Mutex::default(),
        }
    }

    /// The state to return in place of the right one, if it is the turn.
    fn turn(&self, call: Call, key: &str) -> Option<Option<Entry>> {
        if call != self.on {
            return None;
        }
        let mut before = lock(&self.before);
        let found = before.get_mut(key)?;
        found.reads += 1;
        if found.reads < self.turn {
            return None;
        }
        before.remove(key).map(|before| before.entry)
    }

    /// Takes keys out of a list that were absent before their latest write.
    fn hide(&self, keys: &mut Vec<String>) {
        keys.retain(|key| {
            let turn = self.turn(self.on, key);
            !matches!(turn, Some(None))
        });
    }
}

#[async_trait]
impl StoreFault for Stale {
    async fn writing(&self, to: &Target, call: Call, key: &str) {
        if self.after.is_empty() || self.after.contains(&call) {
            let entry = to.driver.entry(key).await.unwrap_or_default();
            lock(&self.before).insert(key.to_owned(), Before { entry, reads: 0 });
        }
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        let value = to.store.get(key).await?;
        let stale = self.turn(Call::Get, key);
        Ok(stale.map_or(value, |entry| entry.map(|entry| entry.value)))
    }

    async fn exists(&self, to: &Target, key: &str) -> Result<bool> {
        let present = to.store.exists(key).await?;
        let stale = self.turn(Call::Exists, key);
        Ok(stale.map_or(present, |entry| entry.is_some()))
    }

    async fn current(&self, to: &Target, key: &str) -> Result<Option<Entry>> {
        let entry = to.store.current(key).await?;
        Ok(self.turn(Call::Current, key).unwrap_or(entry))
    }

    async fn remaining(&self, to: &Target, key: &str) -> Result<Option<Option<Duration>>> {
        let remaining = to.store.remaining(key).await?;
        let stale = self.turn(Call::Remaining, key);
        Ok(stale.map_or(remaining, |entry| entry.map(|entry| entry.remaining)))
    }

    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        let swapped = to.store.swap(key, value, expected).await;
        match swapped {
            Err(SwapError::Stale(entry)) => {
                let stale = self.turn(Call::Swap, key);
                Err(SwapError::Stale(stale.unwrap_or(entry)))
            }
            swapped => swapped,
        }
    }

    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let values = to.store.get_many(keys.clone()).await?;
        let read = |(key, value): (String, Option<Bytes>)| {
            let stale = self.turn(Call::GetMany, &key);
            stale.map_or(value, |entry| entry.map(|entry| entry.value))
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
        if self.on == Call::List {
            self.hide(&mut page.keys);
        }
        Ok(page)
    }

    fn keys(&self, to: &Arc<Target>, prefix: String) -> KeyStream {
        let keys = Arc::clone(&to.store).keys(prefix);
        if self.on != Call::Keys {
            return keys;
        }
        // The stream outlives this borrow: decide now what it will not deliver.
        let fresh: Vec<String> = lock(&self.before)
            .drain()
            .filter(|(_, before)| before.entry.is_none())
            .map(|(key, _)| key)
            .collect();
        Box::pin(keys.map(move |page| {
            page.map(|mut keys| {
                keys.retain(|key| !fresh.contains(key));
                keys
            })
        }))
    }
}

/// Every so many reads of a key return the value before its latest write.
#[derive(Debug)]
struct Sometimes {
    every: u64,
    reads: AtomicU64,
    before: Mutex<HashMap<String, Option<Bytes>>>,
}

#[async_trait]
impl StoreFault for Sometimes {
    async fn writing(&self, to: &Target, _: Call, key: &str) {
        let value = to.driver.get(key).await.unwrap_or_default();
        lock(&self.before).insert(key.to_owned(), value);
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        let value = to.store.get(key).await?;
        let read = self.reads.fetch_add(1, Ordering::Relaxed) + 1;
        if !read.is_multiple_of(self.every) {
            return Ok(value);
        }
        Ok(lock(&self.before).get(key).cloned().unwrap_or(value))
    }
}

/// What a key was before its latest write, by which session and when.
#[derive(Debug)]
struct Hidden {
    by: u64,
    at: Instant,
    value: Option<Bytes>,
}

/// Other sessions see a write so much later than it returned.
#[derive(Debug)]
struct Late {
    by: Duration,
    /// After which writes; all if empty.
    after: &'static [Call],
    writes: Mutex<HashMap<String, Hidden>>,
}

impl Late {
    fn after(after: &'static [Call]) -> Self {
        Self {
            by: Duration::from_millis(500),
            after,
            writes: Mutex::default(),
        }
    }
}

#[async_trait]
impl StoreFault for Late {
    async fn writing(&self, to: &Target, call: Call, key: &str) {
        if self.after.is_empty() || self.after.contains(&call) {
            let hidden = Hidden {
                by: to.session,
                at: Instant::now(),
                value: to.driver.get(key).await.unwrap_or_default(),
            };
            lock(&self.writes).insert(key.to_owned(), hidden);
        }
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        let value = to.store.get(key).await?;
        let writes = lock(&self.writes);
        let hidden = writes
            .get(key)
            .filter(|write| write.by != to.session && write.at.elapsed() < self.by);
        Ok(hidden.map_or(value, |write| write.value.clone()))
    }

    async fn exists(&self, to: &Target, key: &str) -> Result<bool> {
        to.store.exists(key).await?;
        Ok(self.get(to, key).await?.is_some())
    }

    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        let mut page = to.store.list(prefix, cursor, size).await?;
        let writes = lock(&self.writes);
        page.keys.retain(|key| {
            let hidden = |write: &Hidden| {
                write.by != to.session && write.at.elapsed() < self.by && write.value.is_none()
            };
            !writes.get(key).is_some_and(hidden)
        });
        Ok(page)
    }
}

/// Each handle keeps what it read until it writes itself.
#[derive(Debug, Default)]
struct HandleCache {
    read: Mutex<HashMap<(u64, u64, String), Option<Bytes>>>,
}

#[async_trait]
impl StoreFault for HandleCache {
    async fn writing(&self, to: &Target, _: Call, key: &str) {
        lock(&self.read).remove(&(to.session, to.handle, key.to_owned()));
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        let value = to.store.get(key).await?;
        // What expires is not worth a cache.
        if to
            .store
            .remaining(key)
            .await
            .is_ok_and(|left| left.flatten().is_some())
        {
            return Ok(value);
        }
        let place = (to.session, to.handle, key.to_owned());
        Ok(lock(&self.read).entry(place).or_insert(value).clone())
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-get-stale",
        "the first `get` after a write returns what was before it",
        &["KV-SESSION-1", "KV-GET-1"],
        store!(Stale::new(Call::Get, &[], 1)),
    ),
    Mutant::new(
        "kv-get-stale-after-delete",
        "the first `get` after a `delete` still returns the value",
        &["KV-SESSION-1", "KV-GET-3", "KV-DELETE-1"],
        store!(Stale::new(Call::Get, &[Call::Delete], 1)),
    ),
    Mutant::new(
        "kv-get-stale-after-swap",
        "the first `get` after a `swap` returns what was before it",
        &["KV-SESSION-1", "KV-SWAP-2", "KV-SWAP-1"],
        store!(Stale::new(Call::Get, &[Call::Swap], 1)),
    ),
    Mutant::new(
        "kv-get-stale-after-increment",
        "the first `get` after an `increment` returns what was before it",
        &["KV-SESSION-1", "KV-INCR-3", "KV-INCR-1"],
        store!(Stale::new(Call::Get, &[Call::Increment], 1)),
    ),
    Mutant::new(
        "kv-get-stale-after-batch",
        "the first `get` after a batch returns what was before it",
        &["KV-SESSION-1", "KV-SETMANY-1", "KV-DELETEMANY-1"],
        store!(Stale::new(Call::Get, &[Call::SetMany, Call::DeleteMany], 1)),
    ),
    Mutant::new(
        "kv-get-goes-back",
        "the second `get` after a write returns what was before it",
        &["KV-SESSION-2", "KV-SESSION-1", "KV-GET-1"],
        store!(Stale::new(Call::Get, &[], 2)),
    ),
    Mutant::new(
        "kv-get-sometimes-stale",
        "every 50th `get` returns what was before the latest write",
        &["KV-SESSION-1", "KV-SESSION-2"],
        store!(Sometimes {
            every: 50,
            reads: AtomicU64::new(0),
            before: Mutex::default(),
        }),
    ),
    Mutant::new(
        "kv-exists-stale",
        "the first `exists` after a write answers for what was before it",
        &["KV-SESSION-3", "KV-EXISTS-1"],
        store!(Stale::new(Call::Exists, &[], 1)),
    ),
    Mutant::new(
        "kv-current-stale",
        "the first `current` after a write returns what was before it",
        &["KV-SESSION-3", "KV-CURRENT-1", "KV-CURRENT-2"],
        store!(Stale::new(Call::Current, &[], 1)),
    ),
    Mutant::new(
        "kv-swap-stale-older",
        "a stale `swap` returns what was before the latest `set`",
        &["KV-CAS-6", "KV-SWAP-3", "KV-SESSION-3"],
        store!(Stale::new(Call::Swap, &[Call::Set], 1)),
    ),
    Mutant::new(
        "kv-get-many-stale",
        "the first `get-many` after a write returns what was before it",
        &["KV-SESSION-3", "KV-GETMANY-2"],
        store!(Stale::new(Call::GetMany, &[], 1)),
    ),
    Mutant::new(
        "kv-remaining-stale",
        "the first `remaining` after a write answers for what was before it",
        &[
            "KV-SESSION-3",
            "KV-REMAINING-1",
            "KV-REMAINING-2",
            "KV-REMAINING-3",
        ],
        store!(Stale::new(Call::Remaining, &[], 1)),
    ),
    Mutant::new(
        "kv-list-stale",
        "the first `list` after a key was created lacks it",
        &["KV-SESSION-3", "KV-LIST-1"],
        store!(Stale::new(Call::List, &[], 1)),
    ),
    Mutant::new(
        "kv-keys-stale",
        "the first stream after a key was created lacks it",
        &["KV-SESSION-3", "KV-KEYS-1"],
        store!(Stale::new(Call::Keys, &[], 1)),
    ),
    Mutant::new(
        "kv-handle-caches",
        "a handle keeps what it read, whatever other handles write",
        &["KV-HANDLE-1", "KV-SESSION-1", "KV-VISIBLE-1"],
        store!(HandleCache::default()),
    ),
    Mutant::new(
        "kv-visible-late",
        "other sessions see a write half a second later",
        &["KV-VISIBLE-1"],
        store!(Late::after(&[])),
    ),
    Mutant::new(
        "kv-visible-late-deletes",
        "other sessions see a deletion half a second later",
        &["KV-VISIBLE-1"],
        store!(Late::after(&[
            Call::Delete,
            Call::DeleteIf,
            Call::DeleteMany
        ])),
    ),
];
