//! What goes wrong only with several calls at a time, or with a call that is
//! dropped.

use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;

use super::store;
use super::tools::{Window, other};
use crate::Mutant;
use crate::provider::lock;
use crate::store::{StoreFault, Target};

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

/// A `set` that is dropped in flight leaves the store locked.
#[derive(Debug, Default)]
struct Stuck {
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
    fn check(&self) -> Result<()> {
        if self.locked.load(Ordering::Relaxed) {
            return Err(other("the store is locked by a call that never ended"));
        }
        Ok(())
    }
}

#[async_trait]
impl StoreFault for Stuck {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        self.check()?;
        let mut call = InFlight(Arc::clone(&self.locked), false);
        self.window.open().await;
        let result = to.store.set(key, value).await;
        call.1 = true;
        result
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        self.check()?;
        to.store.get(key).await
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
        store!(Stuck::default()),
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
