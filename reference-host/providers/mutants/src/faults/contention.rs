//! What goes wrong for a key that several instances change, in whatever order
//! they come: no race has to be met.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::keyvalue::{Expected, SwapError, Version};

use super::store;
use super::swap::overwrite;
use crate::Mutant;
use crate::provider::lock;
use crate::store::{StoreFault, SwapResult, Target};

/// A session and a key.
type Writer = (u64, String);

/// Once another session wrote a key, each `set` of it lands with the next one.
#[derive(Debug, Default)]
struct OneBehind {
    last: Mutex<HashMap<String, u64>>,
    kept: Mutex<HashMap<Writer, Bytes>>,
}

impl OneBehind {
    /// What is written now in place of `value`: nothing at first.
    fn instead(&self, to: &Target, key: &str, value: Bytes) -> Option<Bytes> {
        let writer = (to.session, key.to_owned());
        let mut kept = lock(&self.kept);
        let last = lock(&self.last).insert(key.to_owned(), to.session);
        if last.is_none_or(|last| last == to.session) && !kept.contains_key(&writer) {
            return Some(value);
        }
        kept.insert(writer, value)
    }
}

#[async_trait]
impl StoreFault for OneBehind {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        match self.instead(to, key, value) {
            Some(value) => to.store.set(key, value).await,
            None => Ok(()),
        }
    }
}

/// A version with which a change succeeded is good for further ones.
#[derive(Debug, Default)]
struct UsedAgain(Mutex<HashSet<(String, Version)>>);

impl UsedAgain {
    fn knows(&self, key: &str, version: &Version) -> bool {
        lock(&self.0).contains(&(key.to_owned(), version.clone()))
    }

    fn remember(&self, key: &str, version: Version) {
        lock(&self.0).insert((key.to_owned(), version));
    }
}

#[async_trait]
impl StoreFault for UsedAgain {
    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        let Expected::Version(version) = expected.clone() else {
            return to.store.swap(key, value, expected).await;
        };
        match to.store.swap(key, value.clone(), expected).await {
            Err(SwapError::Stale(_)) if self.knows(key, &version) => {
                overwrite(to, key, value).await
            }
            swapped => {
                if swapped.is_ok() {
                    self.remember(key, version);
                }
                swapped
            }
        }
    }

    async fn delete_if(&self, to: &Target, key: &str, expected: Version) -> SwapResult<()> {
        match to.store.delete_if(key, expected.clone()).await {
            Err(SwapError::Stale(_)) if self.knows(key, &expected) => {
                to.store.delete(key).await.map_err(SwapError::Failed)
            }
            deleted => {
                if deleted.is_ok() {
                    self.remember(key, expected);
                }
                deleted
            }
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-set-one-behind",
        "what a second session sets is written when it sets the key again",
        &["KV-SET-4", "KV-VISIBLE-1"],
        store!(OneBehind::default()),
    ),
    Mutant::new(
        "kv-cas-version-used-again",
        "a version that a change consumed is accepted by further changes",
        &["KV-CAS-2", "KV-CAS-4", "KV-SWAP-3"],
        store!(UsedAgain::default()),
    ),
];
