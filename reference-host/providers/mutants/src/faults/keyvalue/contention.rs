//! What goes wrong for a key that several instances change, in whatever order
//! they come: no race has to be met.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::keyvalue::{BatchResult, Entry, Expected, SwapError, Version};

use super::store;
use super::swap::overwrite;
use crate::Mutant;
use crate::keyvalue::store::{Call, StoreFault, SwapResult, Target};
use crate::provider::lock;

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

/// What each key was before its latest write, and whose that was.
#[derive(Debug, Default)]
struct Replaced(Mutex<HashMap<String, (u64, Option<Entry>)>>);

impl Replaced {
    async fn note(&self, to: &Target, key: &str) {
        let entry = to.driver.entry(key).await.unwrap_or_default();
        lock(&self.0).insert(key.to_owned(), (to.session, entry));
    }

    /// What another session replaced; none if the latest write is an own one.
    fn by_another(&self, to: &Target, key: &str) -> Option<Option<Entry>> {
        let replaced = lock(&self.0).get(key).cloned();
        replaced
            .filter(|(by, _)| *by != to.session)
            .map(|(_, entry)| entry)
    }

    fn had(&self, to: &Target, key: &str, version: &Version) -> bool {
        let entry = self.by_another(to, key).flatten();
        entry.is_some_and(|entry| entry.version == *version)
    }
}

/// `get-many` returns what another session replaced.
#[derive(Debug, Default)]
struct ManyBehind(Replaced);

#[async_trait]
impl StoreFault for ManyBehind {
    async fn writing(&self, to: &Target, _: Call, key: &str) {
        self.0.note(to, key).await;
    }

    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let values = to.store.get_many(keys.clone()).await?;
        let read = |(key, value): (String, Option<Bytes>)| {
            let replaced = self.0.by_another(to, &key);
            replaced.map_or(value, |entry| entry.map(|entry| entry.value))
        };
        Ok(keys.into_iter().zip(values).map(read).collect())
    }
}

/// `current` returns what another session replaced, and that version is accepted.
#[derive(Debug, Default)]
struct Unaware(Replaced);

#[async_trait]
impl StoreFault for Unaware {
    async fn writing(&self, to: &Target, call: Call, key: &str) {
        // These two compare with what was noted before.
        if !matches!(call, Call::Swap | Call::DeleteIf) {
            self.0.note(to, key).await;
        }
    }

    async fn current(&self, to: &Target, key: &str) -> Result<Option<Entry>> {
        let entry = to.store.current(key).await?;
        Ok(self.0.by_another(to, key).unwrap_or(entry))
    }

    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        if let Expected::Version(version) = &expected
            && self.0.had(to, key, version)
        {
            self.0.note(to, key).await;
            return overwrite(to, key, value).await;
        }
        to.store.swap(key, value, expected).await
    }

    async fn delete_if(&self, to: &Target, key: &str, expected: Version) -> SwapResult<()> {
        if self.0.had(to, key, &expected) {
            self.0.note(to, key).await;
            return to.store.delete(key).await.map_err(SwapError::Failed);
        }
        to.store.delete_if(key, expected).await
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
    Mutant::new(
        "kv-get-many-behind",
        "`get-many` returns what another session replaced",
        &["KV-SESSION-2", "KV-SESSION-3"],
        store!(ManyBehind::default()),
    ),
    Mutant::new(
        "kv-cas-unaware",
        "`swap` and `delete-if` accept the version that another session replaced",
        &["KV-CAS-1", "KV-CAS-3"],
        store!(Unaware::default()),
    ),
];
