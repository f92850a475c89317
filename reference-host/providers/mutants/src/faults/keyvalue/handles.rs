//! Handles: how many, and what dropping one does.

use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Weak};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{Driver, Expected, ListRequest, Store};
use cloud_contract::{ErrorKind, Result};
use futures::FutureExt as _;

use super::tools::other;
use super::{platform, store};
use crate::Mutant;
use crate::keyvalue::store::{StoreFault, Target};
use crate::platform::{Door, PlatformFault};
use crate::provider::lock;

/// An instance may open so many handles in its life.
#[derive(Debug)]
struct Total {
    most: usize,
    opened: AtomicUsize,
}

#[async_trait]
impl PlatformFault for Total {
    async fn open_store(&self, to: &Door, name: &str) -> Result<Arc<dyn Store>> {
        let store = to.open_store(name).await?;
        if self.opened.fetch_add(1, Ordering::Relaxed) >= self.most {
            return Err(other("too many handles were opened"));
        }
        Ok(store)
    }
}

/// An instance may hold so many handles at a time.
#[derive(Debug)]
struct AtATime {
    most: usize,
    kind: ErrorKind,
    held: Mutex<Vec<Weak<dyn Store>>>,
}

#[async_trait]
impl PlatformFault for AtATime {
    async fn open_store(&self, to: &Door, name: &str) -> Result<Arc<dyn Store>> {
        let store = to.open_store(name).await?;
        let mut held = lock(&self.held);
        held.retain(|handle| handle.strong_count() > 0);
        if held.len() >= self.most {
            return Err(self.kind.clone().into());
        }
        held.push(Arc::downgrade(&store));
        Ok(store)
    }
}

/// Dropping a handle removes every key.
#[derive(Debug)]
struct DropClears;

async fn clear(driver: &dyn Driver) -> Result<()> {
    let all = ListRequest {
        prefix: "",
        after: None,
        limit: usize::MAX,
    };
    for key in driver.list(all).await?.keys {
        driver.delete(&key, Expected::Any).await?;
    }
    Ok(())
}

impl StoreFault for DropClears {
    fn dropped(&self, to: &Target) {
        // Memory answers at once; if it did not, the fault would only be absent.
        drop(clear(&*to.driver).now_or_never());
    }
}

/// Dropping a handle closes the other handles of its instance.
#[derive(Debug, Default)]
struct DropCloses {
    /// One more than the latest handle that existed when one was dropped, with
    /// the instance in the upper half.
    closed: AtomicU64,
    newest: AtomicU64,
}

impl DropCloses {
    fn check(&self, to: &Target) -> Result<()> {
        let place = place(to);
        self.newest.fetch_max(place, Ordering::Relaxed);
        if place <= self.closed.load(Ordering::Relaxed) {
            return Err(ErrorKind::Expired.into());
        }
        Ok(())
    }
}

fn place(to: &Target) -> u64 {
    (to.session << 32) + to.handle + 1
}

#[async_trait]
impl StoreFault for DropCloses {
    fn dropped(&self, to: &Target) {
        let newest = self.newest.load(Ordering::Relaxed).max(place(to));
        self.closed.fetch_max(newest, Ordering::Relaxed);
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        self.check(to)?;
        to.store.get(key).await
    }

    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        self.check(to)?;
        to.store.set(key, value).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-handle-total",
        "an instance opens 256 handles in its life, and no more",
        &["KV-HANDLE-4"],
        platform!(Total {
            most: 256,
            opened: AtomicUsize::new(0),
        }),
    ),
    Mutant::new(
        "kv-handle-at-a-time",
        "an instance holds 63 handles at a time, and no more",
        &["KV-HANDLE-5"],
        platform!(AtATime {
            most: 63,
            kind: ErrorKind::Throttled { retry_after: None },
            held: Mutex::default(),
        }),
    ),
    Mutant::new(
        "kv-handle-refusal-other",
        "the 65th handle at a time is refused with a text",
        &["KV-HANDLE-5"],
        platform!(AtATime {
            most: 64,
            kind: ErrorKind::Other("too many handles are open".into()),
            held: Mutex::default(),
        }),
    ),
    Mutant::new(
        "kv-handle-drop-clears",
        "dropping a handle removes every key",
        &["KV-HANDLE-2"],
        store!(DropClears),
    ),
    Mutant::new(
        "kv-handle-drop-closes",
        "dropping a handle closes the others",
        &["KV-HANDLE-2"],
        store!(DropCloses::default()),
    ),
];
