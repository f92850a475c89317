//! Batches over keys that end, or that another interface wrote.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::keyvalue::{BatchResult, Expected, Version};

use super::store;
use crate::Mutant;
use crate::keyvalue::store::{StoreFault, SwapResult, Target};
use crate::provider::lock;

/// Times to live that keys had, ended or not.
type Lives = Mutex<HashMap<String, Duration>>;

async fn set_and_note(
    lives: &Lives,
    to: &Target,
    key: &str,
    value: Bytes,
    ttl: Duration,
) -> Result<()> {
    to.store.set_expiring(key, value, ttl).await?;
    lock(lives).insert(key.to_owned(), ttl);
    Ok(())
}

/// `set-many` over a key that has ended.
#[derive(Debug)]
enum OverEnded {
    /// Leaves it ended.
    Stays(Lives),
    /// Gives it the time to live that it had.
    Inherits(Lives),
}

#[async_trait]
impl StoreFault for OverEnded {
    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<()> {
        let (Self::Stays(lives) | Self::Inherits(lives)) = self;
        set_and_note(lives, to, key, value, ttl).await
    }

    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let (Self::Stays(lives) | Self::Inherits(lives)) = self;
        let mut ended = Vec::new();
        for (key, value) in &entries {
            let ttl = lock(lives).get(key).copied();
            if let Some(ttl) = ttl
                && let Ok(false) = to.store.exists(key).await
            {
                ended.push((key.clone(), value.clone(), ttl));
            }
        }
        to.store.set_many(entries).await?;
        for (key, value, ttl) in ended {
            // The keys are valid, and memory does not fail.
            drop(match self {
                Self::Stays(_) => to.store.delete(&key).await,
                Self::Inherits(_) => to.store.set_expiring(&key, value, ttl).await,
            });
        }
        Ok(())
    }
}

/// `get-many` starts the time to live of a key anew.
#[derive(Debug, Default)]
struct Slides(Lives);

#[async_trait]
impl StoreFault for Slides {
    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<()> {
        set_and_note(&self.0, to, key, value, ttl).await
    }

    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let values = to.store.get_many(keys.clone()).await?;
        for (key, value) in keys.iter().zip(&values) {
            let ttl = lock(&self.0).get(key).copied();
            if let (Some(value), Some(ttl)) = (value, ttl)
                && let Ok(Some(Some(_))) = to.store.remaining(key).await
            {
                // The key is valid, and memory does not fail.
                drop(to.store.set_expiring(key, value.clone(), ttl).await);
            }
        }
        Ok(values)
    }
}

/// `get-many` does not see a key as `swap` created it.
#[derive(Debug, Default)]
struct HidesCreated(Mutex<HashMap<String, Version>>);

#[async_trait]
impl StoreFault for HidesCreated {
    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        let creates = matches!(expected, Expected::Absent);
        let version = to.store.swap(key, value, expected).await?;
        if creates {
            lock(&self.0).insert(key.to_owned(), version.clone());
        }
        Ok(version)
    }

    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let mut values = to.store.get_many(keys.clone()).await?;
        for (key, place) in keys.iter().zip(&mut values) {
            let created = lock(&self.0).get(key).cloned();
            if let Some(created) = created
                && let Ok(Some(entry)) = to.full.current(key).await
                && entry.version == created
            {
                *place = None;
            }
        }
        Ok(values)
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-set-many-ended-stays",
        "`set-many` over a key that has ended leaves it ended",
        &["KV-SETMANY-1", "KV-BATCH-8"],
        store!(OverEnded::Stays(Mutex::default())),
    ),
    Mutant::new(
        "kv-set-many-ended-inherits",
        "`set-many` over a key that has ended gives it its old time to live",
        &["KV-EXPIRY-4", "KV-EXPIRY-6"],
        store!(OverEnded::Inherits(Mutex::default())),
    ),
    Mutant::new(
        "kv-get-many-slides",
        "`get-many` starts the time to live of a key anew",
        &["KV-EXPIRY-2"],
        store!(Slides::default()),
    ),
    Mutant::new(
        "kv-get-many-hides-created",
        "`get-many` does not see a key that `swap` created",
        &["KV-SESSION-3", "KV-SESSION-1"],
        store!(HidesCreated::default()),
    ),
];
