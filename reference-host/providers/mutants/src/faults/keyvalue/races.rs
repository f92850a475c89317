//! `swap` and `delete-if` against other callers, other times, and versions that
//! nobody issued.

use std::collections::HashSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{Expected, SwapError, Version};
use cloud_contract::{Error, Result};

use super::store;
use super::swap::overwrite;
use super::tools::Window;
use crate::Mutant;
use crate::keyvalue::store::{StoreFault, SwapResult, Target};
use crate::provider::lock;

/// The comparison and the change are two steps.
#[derive(Debug)]
struct TwoSteps {
    swap_absent: bool,
    swap_version: bool,
    delete_if: bool,
    window: Window,
}

impl TwoSteps {
    fn of(swap_absent: bool, swap_version: bool, delete_if: bool) -> Self {
        Self {
            swap_absent,
            swap_version,
            delete_if,
            window: Window::default(),
        }
    }

    fn between_locks(self) -> Self {
        Self {
            window: Window::between_locks(),
            ..self
        }
    }
}

#[async_trait]
impl StoreFault for TwoSteps {
    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        let entry = to.store.current(key).await.map_err(SwapError::Failed)?;
        let met = match (&expected, &entry) {
            (Expected::Absent, None) => self.swap_absent,
            (Expected::Version(version), Some(entry)) => {
                self.swap_version && entry.version == *version
            }
            _ => false,
        };
        if !met {
            return to.store.swap(key, value, expected).await;
        }
        self.window.open().await;
        overwrite(to, key, value).await
    }

    async fn delete_if(&self, to: &Target, key: &str, expected: Version) -> SwapResult<()> {
        let entry = to.store.current(key).await.map_err(SwapError::Failed)?;
        if !self.delete_if || entry.is_none_or(|entry| entry.version != expected) {
            return to.store.delete_if(key, expected).await;
        }
        self.window.open().await;
        to.store.delete(key).await.map_err(SwapError::Failed)
    }
}

/// Swaps that meet each other all fail.
#[derive(Debug, Default)]
struct Livelock {
    running: AtomicU32,
    window: Window,
}

#[async_trait]
impl StoreFault for Livelock {
    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        let before = self.running.fetch_add(1, Ordering::SeqCst);
        self.window.open().await;
        let behind = self.running.fetch_sub(1, Ordering::SeqCst);
        if before > 0 || behind > 1 {
            let entry = to.store.current(key).await.map_err(SwapError::Failed)?;
            return Err(SwapError::Stale(entry));
        }
        to.store.swap(key, value, expected).await
    }
}

/// A state that only some swaps find.
#[derive(Debug)]
enum Barred {
    /// A key that was deleted cannot be created again.
    Deleted(Mutex<HashSet<String>>),
    /// A key can be swapped by its version once.
    Swapped(Mutex<HashSet<String>>),
}

#[async_trait]
impl StoreFault for Barred {
    async fn delete(&self, to: &Target, key: &str) -> Result<()> {
        if let Self::Deleted(keys) = self {
            lock(keys).insert(key.to_owned());
        }
        to.store.delete(key).await
    }

    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        let barred = match (self, &expected) {
            (Self::Deleted(keys), Expected::Absent) => lock(keys).contains(key),
            (Self::Swapped(keys), Expected::Version(_)) => lock(keys).contains(key),
            _ => false,
        };
        if barred {
            let entry = to.store.current(key).await.map_err(SwapError::Failed)?;
            return Err(SwapError::Stale(entry));
        }
        let by_version = matches!(expected, Expected::Version(_));
        let swapped = to.store.swap(key, value, expected).await;
        if let (Self::Swapped(keys), Ok(_), true) = (self, &swapped, by_version) {
            lock(keys).insert(key.to_owned());
        }
        swapped
    }
}

/// Some versions that were never issued are errors of their own.
#[derive(Debug)]
struct PickyVersion(fn(&Version) -> Option<Error>);

impl PickyVersion {
    fn refusal(&self, version: &Version) -> Option<SwapError> {
        (self.0)(version).map(SwapError::Failed)
    }
}

fn malformed(version: &Version) -> Option<Error> {
    let known = !version.is_empty() && version.bytes().all(|byte| byte.is_ascii_hexdigit());
    (!known).then(|| Error::invalid("version: is malformed"))
}

fn too_long(version: &Version) -> Option<Error> {
    (version.len() > 256).then(|| Error::too_large(256))
}

#[async_trait]
impl StoreFault for PickyVersion {
    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        let swapped = to.store.swap(key, value, expected.clone()).await;
        match (&swapped, &expected) {
            (Err(SwapError::Stale(_)), Expected::Version(version)) => match self.refusal(version) {
                Some(error) => Err(error),
                None => swapped,
            },
            _ => swapped,
        }
    }

    async fn delete_if(&self, to: &Target, key: &str, expected: Version) -> SwapResult<()> {
        let deleted = to.store.delete_if(key, expected.clone()).await;
        match (&deleted, self.refusal(&expected)) {
            (Err(SwapError::Stale(_)), Some(error)) => Err(error),
            _ => deleted,
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-swap-malformed-version",
        "a version that was never issued is an error of its own",
        &["TYP-VER-4"],
        store!(PickyVersion(malformed)),
    ),
    Mutant::new(
        "kv-swap-long-version",
        "a version of more than 256 bytes is `too-large`",
        &["TYP-VER-4"],
        store!(PickyVersion(too_long)),
    ),
    Mutant::new(
        "kv-swap-empty-version-invalid",
        "the empty version is `invalid-argument`",
        &["TYP-VER-4"],
        store!(PickyVersion(|version| {
            version
                .is_empty()
                .then(|| Error::invalid("version: must not be empty"))
        })),
    ),
    Mutant::new(
        "kv-swap-not-after-delete",
        "`swap` never creates a key that was deleted",
        &["KV-SWAP-1"],
        store!(Barred::Deleted(Mutex::default())),
    ),
    Mutant::new(
        "kv-swap-only-once",
        "`swap` by version works once for each key",
        &["KV-SWAP-2"],
        store!(Barred::Swapped(Mutex::default())),
    ),
    Mutant::new(
        "kv-swap-absent-race",
        "of several that create a key at a time, several win",
        &["KV-CAS-2", "KV-CAS-1"],
        store!(TwoSteps::of(true, false, false)),
    ),
    Mutant::new(
        "kv-swap-version-race",
        "of several that swap one version at a time, several win",
        &["KV-CAS-1", "KV-CAS-2"],
        store!(TwoSteps::of(false, true, false)),
    ),
    Mutant::new(
        "kv-delete-if-race",
        "`delete-if` removes what was written after its comparison",
        &["KV-CAS-1", "KV-CAS-2"],
        store!(TwoSteps::of(false, false, true)),
    ),
    Mutant::new(
        "kv-swap-race-between-locks",
        "of several that create or swap a key on two threads, several win",
        &["KV-CAS-1", "KV-CAS-2"],
        store!(TwoSteps::of(true, true, false).between_locks()),
    ),
    Mutant::new(
        "kv-swap-livelock",
        "swaps that meet each other all fail",
        &["KV-CAS-5"],
        store!(Livelock::default()),
    ),
];
