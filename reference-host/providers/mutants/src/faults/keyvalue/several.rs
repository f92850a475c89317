//! What goes wrong for a key as soon as a second session wrote it, in whatever
//! order they come: no race has to be met.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::keyvalue::{BatchResult, Page};

use super::store;
use super::tools::text;
use crate::Mutant;
use crate::keyvalue::store::{Call, StoreFault, Target};
use crate::provider::lock;

/// The sessions that wrote each key.
#[derive(Debug, Default)]
struct Writers(Mutex<HashMap<String, BTreeSet<u64>>>);

impl Writers {
    fn note(&self, to: &Target, key: &str) {
        let mut writers = lock(&self.0);
        writers
            .entry(key.to_owned())
            .or_default()
            .insert(to.session);
    }

    fn count(&self, key: &str) -> usize {
        lock(&self.0).get(key).map_or(0, BTreeSet::len)
    }

    fn are_several(&self, key: &str) -> bool {
        self.count(key) > 1
    }
}

/// A second session writes and deletes the first half of a value only.
#[derive(Debug, Default)]
struct HalfWay(Writers);

/// The first half of `new`, and what lies behind it in `old`.
fn half(new: &Bytes, old: Option<Bytes>) -> Bytes {
    let half = new.len() / 2;
    let old = old.unwrap_or_default();
    [&new[..half], old.get(half..).unwrap_or_default()]
        .concat()
        .into()
}

impl HalfWay {
    async fn written(&self, to: &Target, key: &str, value: Bytes) -> Result<Bytes> {
        if !self.0.are_several(key) {
            return Ok(value);
        }
        Ok(half(&value, to.driver.get(key).await?))
    }

    /// Leaves half of the value, if there is one; otherwise the key is to go.
    async fn leaves(&self, to: &Target, key: &str) -> Result<bool> {
        if !self.0.are_several(key) {
            return Ok(false);
        }
        if let Some(old) = to.driver.get(key).await? {
            to.store.set(key, half(&old, None)).await?;
        }
        Ok(true)
    }
}

#[async_trait]
impl StoreFault for HalfWay {
    async fn writing(&self, to: &Target, _: Call, key: &str) {
        self.0.note(to, key);
    }

    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        let value = self.written(to, key, value).await?;
        to.store.set(key, value).await
    }

    async fn delete(&self, to: &Target, key: &str) -> Result<()> {
        if self.leaves(to, key).await? {
            return Ok(());
        }
        to.store.delete(key).await
    }

    async fn set_many(&self, to: &Target, mut entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        for (key, value) in &mut entries {
            if let Ok(written) = self.written(to, key, value.clone()).await {
                *value = written;
            }
        }
        to.store.set_many(entries).await
    }

    async fn delete_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<()> {
        let mut whole = Vec::new();
        for key in keys {
            if !self.leaves(to, &key).await.unwrap_or(false) {
                whole.push(key);
            }
        }
        to.store.delete_many(whole).await
    }
}

/// Each session once finds a key absent that several wrote.
#[derive(Debug, Default)]
struct AbsentOnce {
    writers: Writers,
    looked: Mutex<HashSet<(u64, String)>>,
}

impl AbsentOnce {
    fn misses(&self, to: &Target, key: &str) -> bool {
        let look = (to.session, key.to_owned());
        self.writers.are_several(key) && lock(&self.looked).insert(look)
    }
}

#[async_trait]
impl StoreFault for AbsentOnce {
    async fn writing(&self, to: &Target, _: Call, key: &str) {
        self.writers.note(to, key);
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        let value = to.store.get(key).await?;
        Ok(value.filter(|_| !self.misses(to, key)))
    }

    async fn exists(&self, to: &Target, key: &str) -> Result<bool> {
        Ok(to.store.exists(key).await? && !self.misses(to, key))
    }
}

/// A key is listed once for each session that wrote it.
#[derive(Debug, Default)]
struct ListedForEach(Writers);

#[async_trait]
impl StoreFault for ListedForEach {
    async fn writing(&self, to: &Target, _: Call, key: &str) {
        self.0.note(to, key);
    }

    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        let mut page = to.store.list(prefix, cursor, size).await?;
        let for_each = |key: String| {
            let times = self.0.count(&key).max(1);
            std::iter::repeat_n(key, times)
        };
        page.keys = page.keys.into_iter().flat_map(for_each).collect();
        Ok(page)
    }
}

/// Each session that adds to a counter adds to its own sum.
#[derive(Debug, Default)]
struct OwnSum {
    writers: Writers,
    sums: Mutex<HashMap<(u64, String), i64>>,
}

#[async_trait]
impl StoreFault for OwnSum {
    async fn writing(&self, to: &Target, _: Call, key: &str) {
        self.writers.note(to, key);
    }

    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        let own = (to.session, key.to_owned());
        let before = lock(&self.sums).get(&own).copied().unwrap_or(0);
        let sum = match before.checked_add(delta) {
            Some(sum) if self.writers.are_several(key) => {
                to.store.set(key, text(sum.to_string())).await?;
                sum
            }
            _ => to.store.increment(key, delta).await?,
        };
        lock(&self.sums).insert(own, sum);
        Ok(sum)
    }
}

/// A write gets the lifetime of the write of another session before it.
#[derive(Debug, Default)]
struct LifetimeBefore(Mutex<HashMap<String, (u64, Option<Duration>)>>);

impl LifetimeBefore {
    async fn write(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        own: Option<Duration>,
    ) -> Result<()> {
        let before = lock(&self.0).insert(key.to_owned(), (to.session, own));
        let ttl = match before {
            Some((session, ttl)) if session != to.session => ttl,
            _ => own,
        };
        match ttl {
            Some(ttl) => to.store.set_expiring(key, value, ttl).await,
            None => to.store.set(key, value).await,
        }
    }
}

#[async_trait]
impl StoreFault for LifetimeBefore {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        self.write(to, key, value, None).await
    }

    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<()> {
        self.write(to, key, value, Some(ttl)).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-second-session-half-way",
        "of a key that a second session writes or deletes, the second half stays",
        &["KV-VALUE-4", "KV-SET-4"],
        store!(HalfWay::default()),
    ),
    Mutant::new(
        "kv-second-session-absent-once",
        "each session once finds a key absent that several wrote",
        &["KV-GET-1", "KV-EXISTS-1"],
        store!(AbsentOnce::default()),
    ),
    Mutant::new(
        "kv-second-session-listed-twice",
        "a key is listed once for each session that wrote it",
        &["KV-SET-1", "KV-LIST-1"],
        store!(ListedForEach::default()),
    ),
    Mutant::new(
        "kv-incr-own-sum",
        "of several sessions that add to a counter each adds to its own sum",
        &["KV-INCR-1", "KV-INCR-8", "KV-INCR-9"],
        store!(OwnSum::default()),
    ),
    Mutant::new(
        "kv-ttl-of-another",
        "a write gets the lifetime of the write of another session before it",
        &["KV-SETEXP-1", "KV-EXPIRY-4", "KV-REMAINING-3"],
        store!(LifetimeBefore::default()),
    ),
];
