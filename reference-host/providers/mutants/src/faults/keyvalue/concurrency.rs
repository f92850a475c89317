//! What goes wrong only with several calls at a time, or with a call that is
//! dropped.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{BatchError, BatchResult, Expected, Page, SwapError, Version};
use cloud_contract::{Error, Result};
use futures::FutureExt as _;

use super::store;
use super::tools::{Window, other};
use crate::Mutant;
use crate::keyvalue::store::{Call, StoreFault, SwapResult, Target};
use crate::provider::lock;

/// A value is written, or read, in two halves.
#[derive(Debug)]
struct Torn {
    reads: bool,
    writes: bool,
    window: Window,
}

/// The first half of one value and the second of another.
fn halves(first: &Bytes, second: &Bytes) -> Bytes {
    let half = first.len().min(second.len()) / 2;
    [&first[..half], &second[half..]].concat().into()
}

#[async_trait]
impl StoreFault for Torn {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        if self.writes
            && let Some(old) = to.driver.get(key).await?
            && old.len() == value.len()
        {
            to.store.set(key, halves(&value, &old)).await?;
            self.window.open().await;
        }
        to.store.set(key, value).await
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        let first = to.store.get(key).await?;
        if !self.reads {
            return Ok(first);
        }
        self.window.open().await;
        let second = to.store.get(key).await?;
        Ok(match (first, second) {
            (Some(first), Some(second)) if first.len() == second.len() => {
                Some(halves(&first, &second))
            }
            (first, _) => first,
        })
    }
}

/// `set-many` writes its values in two halves.
#[derive(Debug, Default)]
struct TornBatch(Window);

#[async_trait]
impl StoreFault for TornBatch {
    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let mut torn = entries.clone();
        for (key, value) in &mut torn {
            if let Ok(Some(old)) = to.driver.get(key).await {
                *value = halves(value, &old);
            }
        }
        to.store.set_many(torn).await?;
        self.0.open().await;
        to.store.set_many(entries).await
    }
}

/// Each of two writers writes its two halves in two steps, so that the end may
/// be a half of each.
#[derive(Debug, Default)]
struct Mixed {
    calls: AtomicU64,
}

#[async_trait]
impl StoreFault for Mixed {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        let old = to.driver.get(key).await?;
        let Some(old) = old.filter(|old| old.len() == value.len()) else {
            return to.store.set(key, value).await;
        };
        to.store.set(key, halves(&value, &old)).await?;
        // The earlier of two takes longer, and is the last to write its end.
        let earlier = self.calls.fetch_add(1, Ordering::Relaxed).is_multiple_of(2);
        tokio::time::sleep(Duration::from_millis(if earlier { 4 } else { 1 })).await;
        let now = to.driver.get(key).await?.unwrap_or_else(|| value.clone());
        to.store.set(key, halves(&now, &value)).await
    }
}

/// `set` removes the key before it writes it.
#[derive(Debug, Default)]
struct DeletesFirst(Window);

#[async_trait]
impl StoreFault for DeletesFirst {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        if !key.is_empty() && value.len() <= super::arguments::VALUE_BYTES {
            to.store.delete(key).await?;
            self.0.open().await;
        }
        to.store.set(key, value).await
    }
}

/// A call that is dropped in flight leaves the store locked: a call of which
/// function.
#[derive(Debug)]
struct Stuck {
    of: Call,
    locked: Arc<AtomicBool>,
    window: Window,
}

/// Locks the store unless the call came to its end.
struct InFlight(Arc<AtomicBool>, bool);

impl Drop for InFlight {
    fn drop(&mut self) {
        if !self.1 {
            self.0.store(true, Ordering::Relaxed);
        }
    }
}

impl Stuck {
    fn by(of: Call) -> Self {
        Self {
            of,
            locked: Arc::default(),
            window: Window::default(),
        }
    }

    /// Refuses the call of a locked store; otherwise it is in flight for a while,
    /// if it is one of those that lock.
    async fn pass(&self, call: Call) -> Result<()> {
        if self.locked.load(Ordering::Relaxed) {
            return Err(other("the store is locked by a call that never ended"));
        }
        if call == self.of {
            let mut held = InFlight(Arc::clone(&self.locked), false);
            self.window.open().await;
            held.1 = true;
        }
        Ok(())
    }
}

#[async_trait]
impl StoreFault for Stuck {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        self.pass(Call::Set).await?;
        to.store.set(key, value).await
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        self.pass(Call::Get).await?;
        to.store.get(key).await
    }

    async fn delete(&self, to: &Target, key: &str) -> Result<()> {
        self.pass(Call::Delete).await?;
        to.store.delete(key).await
    }

    async fn exists(&self, to: &Target, key: &str) -> Result<bool> {
        self.pass(Call::Exists).await?;
        to.store.exists(key).await
    }

    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        self.pass(Call::List).await?;
        to.store.list(prefix, cursor, size).await
    }

    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        self.pass(Call::Swap).await.map_err(SwapError::Failed)?;
        to.store.swap(key, value, expected).await
    }

    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        self.pass(Call::Increment).await?;
        to.store.increment(key, delta).await
    }

    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        self.pass(Call::GetMany).await.map_err(whole)?;
        to.store.get_many(keys).await
    }

    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        self.pass(Call::SetMany).await.map_err(whole)?;
        to.store.set_many(entries).await
    }

    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<()> {
        self.pass(Call::SetExpiring).await?;
        to.store.set_expiring(key, value, ttl).await
    }
}

fn whole(error: Error) -> BatchError {
    BatchError::Refused {
        error,
        indices: Vec::new(),
    }
}

/// An increment that is dropped in flight is made again.
#[derive(Debug, Default)]
struct Retried(Window);

/// Adds once more unless the call came to its end.
struct Again<'a> {
    to: &'a Target,
    key: &'a str,
    delta: i64,
    ended: bool,
}

impl Drop for Again<'_> {
    fn drop(&mut self) {
        if !self.ended {
            // Memory answers at once; if it did not, the fault would only be absent.
            drop(
                self.to
                    .driver
                    .increment(self.key, self.delta)
                    .now_or_never(),
            );
        }
    }
}

#[async_trait]
impl StoreFault for Retried {
    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        let sum = to.store.increment(key, delta).await?;
        let mut call = Again {
            to,
            key,
            delta,
            ended: false,
        };
        self.0.open().await;
        call.ended = true;
        Ok(sum)
    }
}

/// Each `set` reads all keys and writes all keys: what others wrote in between is
/// lost.
#[derive(Debug, Default)]
struct WholeStore {
    /// The writes that ended, with what was there before.
    ended: Mutex<Vec<(String, Option<Bytes>)>>,
    window: Window,
}

#[async_trait]
impl StoreFault for WholeStore {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        let start = lock(&self.ended).len();
        let before = to.driver.get(key).await?;
        self.window.open().await;
        to.store.set(key, value).await?;
        let between = lock(&self.ended)[start..].to_vec();
        for (other, old) in between.into_iter().filter(|(other, _)| other != key) {
            match old {
                Some(old) => to.store.set(&other, old).await?,
                None => to.store.delete(&other).await?,
            }
        }
        lock(&self.ended).push((key.to_owned(), before));
        Ok(())
    }
}

/// A store that can do so many calls at a time.
#[derive(Debug)]
struct Crowded {
    most: usize,
    /// Whether a call too many fails; otherwise it is not carried out.
    fails: bool,
    running: AtomicUsize,
}

struct Running<'a>(&'a AtomicUsize);

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}

impl Crowded {
    /// Waits among the others; false for one too many.
    async fn enter(&self) -> bool {
        let before = self.running.fetch_add(1, Ordering::SeqCst);
        let _running = Running(&self.running);
        tokio::time::sleep(Duration::from_millis(1)).await;
        before < self.most
    }
}

#[async_trait]
impl StoreFault for Crowded {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        match self.enter().await {
            true => to.store.set(key, value).await,
            false if self.fails => Err(other("too many calls are in flight")),
            false => Ok(()),
        }
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        match self.enter().await {
            true => to.store.get(key).await,
            false if self.fails => Err(other("too many calls are in flight")),
            false => Ok(None),
        }
    }
}

/// Of several `get` in flight, all get the answer of the latest.
#[derive(Debug, Default)]
struct Crossed {
    latest: Mutex<String>,
    window: Window,
}

#[async_trait]
impl StoreFault for Crossed {
    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        // What is refused is refused as ever.
        to.store.get(key).await?;
        key.clone_into(&mut lock(&self.latest));
        self.window.open().await;
        let latest = lock(&self.latest).clone();
        to.store.get(&latest).await
    }
}

macro_rules! stuck {
    ($name:literal, $function:literal, $call:ident) => {
        Mutant::new(
            $name,
            concat!(
                "`",
                $function,
                "` that is dropped in flight locks the store"
            ),
            &["TYP-CALL-1"],
            store!(Stuck::by(Call::$call)),
        )
    };
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-set-torn",
        "a value is written in two halves",
        &["KV-VALUE-4", "TYP-CALL-1", "TYP-CALL-3"],
        store!(Torn {
            reads: false,
            writes: true,
            window: Window::default(),
        }),
    ),
    Mutant::new(
        "kv-set-torn-between-locks",
        "a value is written in two halves, with two locks",
        &["KV-VALUE-4"],
        store!(Torn {
            reads: false,
            writes: true,
            window: Window::between_locks().often(),
        }),
    ),
    Mutant::new(
        "kv-get-torn",
        "a value is read in two halves",
        &["KV-VALUE-4"],
        store!(Torn {
            reads: true,
            writes: false,
            window: Window::default(),
        }),
    ),
    Mutant::new(
        "kv-set-many-torn",
        "`set-many` writes its values in two halves",
        &["KV-VALUE-4"],
        store!(TornBatch::default()),
    ),
    Mutant::new(
        "kv-set-mixed",
        "two that write a key at a time leave a half of each",
        &["KV-SET-4", "KV-VALUE-4"],
        store!(Mixed::default()),
    ),
    Mutant::new(
        "kv-set-deletes-first",
        "`set` removes the key before it writes it",
        &["TYP-CALL-1", "TYP-CALL-3", "KV-VALUE-4"],
        store!(DeletesFirst::default()),
    ),
    Mutant::new(
        "kv-dropped-call-locks",
        "a `set` that is dropped in flight locks the store",
        &["TYP-CALL-1"],
        store!(Stuck::by(Call::Set)),
    ),
    stuck!("kv-dropped-get-locks", "get", Get),
    stuck!("kv-dropped-delete-locks", "delete", Delete),
    stuck!("kv-dropped-exists-locks", "exists", Exists),
    stuck!("kv-dropped-list-locks", "list", List),
    stuck!("kv-dropped-swap-locks", "swap", Swap),
    stuck!("kv-dropped-increment-locks", "increment", Increment),
    stuck!("kv-dropped-get-many-locks", "get-many", GetMany),
    stuck!("kv-dropped-set-many-locks", "set-many", SetMany),
    stuck!("kv-dropped-set-expiring-locks", "set-expiring", SetExpiring),
    Mutant::new(
        "kv-dropped-increment-twice",
        "an `increment` that is dropped in flight counts twice",
        &["TYP-CALL-1"],
        store!(Retried::default()),
    ),
    Mutant::new(
        "kv-set-whole-store",
        "`set` undoes what was written to other keys since it began",
        &["KV-SET-3", "KV-SET-1"],
        store!(WholeStore::default()),
    ),
    Mutant::new(
        "kv-crowd-fails",
        "the 64th call in flight fails",
        &["TYP-CALL-2"],
        store!(Crowded {
            most: 63,
            fails: true,
            running: AtomicUsize::new(0),
        }),
    ),
    Mutant::new(
        "kv-crowd-forgets",
        "the 64th call in flight is not carried out",
        &["TYP-CALL-2"],
        store!(Crowded {
            most: 63,
            fails: false,
            running: AtomicUsize::new(0),
        }),
    ),
    Mutant::new(
        "kv-calls-crossed",
        "of several `get` in flight, all return the value of the latest",
        &["TYP-CALL-2", "KV-GET-1"],
        store!(Crossed::default()),
    ),
];
