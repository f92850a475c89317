//! `current`, `swap` and `delete-if`.

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{Entry, Expected, SwapError, Version};
use cloud_contract::{ErrorKind, Result};

use super::store;
use super::tools::text;
use crate::Mutant;
use crate::keyvalue::store::{StoreFault, SwapResult, Target};

/// Writes whatever the state of the key is.
pub(super) async fn overwrite(to: &Target, key: &str, value: Bytes) -> SwapResult<Version> {
    to.store.set(key, value).await.map_err(SwapError::Failed)?;
    version(to, key).await
}

async fn version(to: &Target, key: &str) -> SwapResult<Version> {
    match to.store.current(key).await {
        Ok(Some(entry)) => Ok(entry.version),
        Ok(None) => Err(SwapError::Stale(None)),
        Err(error) => Err(SwapError::Failed(error)),
    }
}

/// A swap that should be stale writes all the same: what was expected and what
/// is there, to yes or no.
#[derive(Debug)]
struct Careless(fn(&Expected, Option<&Entry>) -> bool);

#[async_trait]
impl StoreFault for Careless {
    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        match to.store.swap(key, value.clone(), expected.clone()).await {
            Err(SwapError::Stale(entry)) if (self.0)(&expected, entry.as_ref()) => {
                overwrite(to, key, value).await
            }
            result => result,
        }
    }
}

/// `delete-if` that should be stale removes the key, or says so, all the same.
#[derive(Debug)]
struct CarelessDelete(fn(&Version, Option<&Entry>) -> bool);

#[async_trait]
impl StoreFault for CarelessDelete {
    async fn delete_if(&self, to: &Target, key: &str, expected: Version) -> SwapResult<()> {
        match to.store.delete_if(key, expected.clone()).await {
            Err(SwapError::Stale(entry)) if (self.0)(&expected, entry.as_ref()) => {
                to.store.delete(key).await.map_err(SwapError::Failed)
            }
            result => result,
        }
    }
}

/// `stale` carries another payload, or is another error.
#[derive(Debug)]
struct Stale {
    swap: fn(Option<Entry>) -> SwapError,
    delete_if: fn(Option<Entry>) -> SwapError,
}

#[async_trait]
impl StoreFault for Stale {
    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        let swapped = to.store.swap(key, value, expected).await;
        swapped.map_err(|error| match error {
            SwapError::Stale(entry) => (self.swap)(entry),
            failed @ SwapError::Failed(_) => failed,
        })
    }

    async fn delete_if(&self, to: &Target, key: &str, expected: Version) -> SwapResult<()> {
        let deleted = to.store.delete_if(key, expected).await;
        deleted.map_err(|error| match error {
            SwapError::Stale(entry) => (self.delete_if)(entry),
            failed @ SwapError::Failed(_) => failed,
        })
    }
}

fn none(_: Option<Entry>) -> SwapError {
    SwapError::Stale(None)
}

fn precondition(_: Option<Entry>) -> SwapError {
    SwapError::Failed(ErrorKind::PreconditionFailed.into())
}

fn not_found(entry: Option<Entry>) -> SwapError {
    match entry {
        None => SwapError::Failed(ErrorKind::NotFound.into()),
        entry => SwapError::Stale(entry),
    }
}

fn empty_entry(entry: Option<Entry>) -> SwapError {
    SwapError::Stale(entry.or_else(|| {
        Some(Entry {
            value: Bytes::new(),
            version: Version::const_new("0"),
            remaining: None,
        })
    }))
}

fn without_value(entry: Option<Entry>) -> SwapError {
    SwapError::Stale(entry.map(|entry| Entry {
        value: Bytes::new(),
        ..entry
    }))
}

fn other_version(entry: Option<Entry>) -> SwapError {
    SwapError::Stale(entry.map(|entry| Entry {
        version: format!("{}-", entry.version).into(),
        ..entry
    }))
}

/// What a call that is stale, or one that is not, does besides.
#[derive(Debug)]
enum Besides {
    /// A stale `swap` writes its value.
    StaleWrites,
    /// A stale `swap` writes the old value again, under a new version.
    StaleTouches,
    /// A stale `delete-if` removes the key.
    StaleDeletes,
    /// `delete-if` leaves the key.
    KeepsKey,
    /// `delete-if` leaves the key, with zero bytes.
    Empties,
    /// `swap` returns the version before.
    OldVersion,
    /// `swap` writes its value twice, and returns the first version.
    WritesTwice,
    /// `swap` to the same bytes writes nothing.
    SkipsSame,
    /// `swap` writes nothing.
    KeepsValue,
}

#[async_trait]
impl StoreFault for Besides {
    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        let before = to.store.current(key).await.ok().flatten();
        let same = before.as_ref().filter(|entry| entry.value == value);
        if let (Self::SkipsSame, Some(entry), Expected::Version(version)) = (self, same, &expected)
            && entry.version == *version
        {
            return Ok(entry.version.clone());
        }
        let result = to.store.swap(key, value.clone(), expected).await;
        match (self, &result, before) {
            (Self::StaleWrites, Err(SwapError::Stale(_)), _) => {
                overwrite(to, key, value).await?;
            }
            (Self::StaleTouches, Err(SwapError::Stale(Some(entry))), _) => {
                overwrite(to, key, entry.value.clone()).await?;
            }
            (Self::OldVersion, Ok(_), Some(before)) => return Ok(before.version),
            (Self::WritesTwice, Ok(_), _) => {
                overwrite(to, key, value).await?;
            }
            (Self::KeepsValue, Ok(_), Some(before)) => {
                return overwrite(to, key, before.value).await;
            }
            _ => {}
        }
        result
    }

    async fn delete_if(&self, to: &Target, key: &str, expected: Version) -> SwapResult<()> {
        let before = to.store.current(key).await.ok().flatten();
        let result = to.store.delete_if(key, expected).await;
        match (self, &result, before) {
            (Self::StaleDeletes, Err(SwapError::Stale(_)), _) => {
                to.store.delete(key).await.map_err(SwapError::Failed)?;
            }
            (Self::KeepsKey, Ok(()), Some(before)) => {
                overwrite(to, key, before.value).await?;
            }
            (Self::Empties, Ok(()), _) => {
                overwrite(to, key, Bytes::new()).await?;
            }
            _ => {}
        }
        result
    }
}

/// `current` returns something else: none for none, or what it found.
#[derive(Debug)]
struct Current(fn(Option<Entry>) -> Option<Entry>);

#[async_trait]
impl StoreFault for Current {
    async fn current(&self, to: &Target, key: &str) -> Result<Option<Entry>> {
        Ok((self.0)(to.store.current(key).await?))
    }
}

fn is_version(expected: &Expected) -> bool {
    matches!(expected, Expected::Version(_))
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-swap-ignores-version",
        "`swap` writes over any version",
        &["KV-SWAP-3", "KV-CAS-2"],
        store!(Careless(
            |expected, entry| is_version(expected) && entry.is_some()
        )),
    ),
    Mutant::new(
        "kv-swap-absent-overwrites",
        "`swap` writes over a present key although `absent` is expected",
        &["KV-SWAP-3", "KV-CAS-2"],
        store!(Careless(|expected, _| !is_version(expected))),
    ),
    Mutant::new(
        "kv-swap-absent-over-empty",
        "`swap` takes a value of zero bytes for an absent key",
        &["KV-SWAP-3", "KV-VALUE-3"],
        store!(Careless(|expected, entry| {
            !is_version(expected) && entry.is_some_and(|entry| entry.value.is_empty())
        })),
    ),
    Mutant::new(
        "kv-swap-creates",
        "`swap` creates an absent key although a version is expected",
        &["KV-SWAP-4"],
        store!(Careless(
            |expected, entry| is_version(expected) && entry.is_none()
        )),
    ),
    Mutant::new(
        "kv-swap-empty-version",
        "`swap` takes the empty version for any",
        &["KV-SWAP-3", "TYP-VER-4"],
        store!(Careless(|expected, entry| {
            *expected == Expected::Version(Version::default()) && entry.is_some()
        })),
    ),
    Mutant::new(
        "kv-swap-folds-version",
        "`swap` compares versions without regard to spaces and case",
        &["TYP-VER-4", "KV-SWAP-3"],
        store!(Careless(|expected, entry| match (expected, entry) {
            (Expected::Version(version), Some(entry)) =>
                version.trim().eq_ignore_ascii_case(&entry.version),
            _ => false,
        })),
    ),
    Mutant::new(
        "kv-swap-version-start",
        "`swap` takes a version with more text behind it",
        &["TYP-VER-4", "KV-SWAP-3"],
        store!(Careless(|expected, entry| match (expected, entry) {
            (Expected::Version(version), Some(entry)) => version.starts_with(&*entry.version),
            _ => false,
        })),
    ),
    Mutant::new(
        "kv-swap-stale-none",
        "a stale `swap` returns none in place of the entry",
        &["KV-SWAP-3"],
        store!(Stale {
            swap: none,
            delete_if: SwapError::Stale,
        }),
    ),
    Mutant::new(
        "kv-swap-stale-without-value",
        "a stale `swap` returns an entry without its value",
        &["KV-SWAP-3"],
        store!(Stale {
            swap: without_value,
            delete_if: SwapError::Stale,
        }),
    ),
    Mutant::new(
        "kv-swap-stale-other-version",
        "a stale `swap` returns an entry with another version",
        &["KV-SWAP-3"],
        store!(Stale {
            swap: other_version,
            delete_if: SwapError::Stale,
        }),
    ),
    Mutant::new(
        "kv-swap-stale-empty-entry",
        "a `swap` of an absent key returns an empty entry",
        &["KV-SWAP-4"],
        store!(Stale {
            swap: empty_entry,
            delete_if: SwapError::Stale,
        }),
    ),
    Mutant::new(
        "kv-swap-stale-precondition",
        "a stale `swap` is `precondition-failed`",
        &["KV-SWAP-3", "KV-SWAP-4"],
        store!(Stale {
            swap: precondition,
            delete_if: SwapError::Stale,
        }),
    ),
    Mutant::new(
        "kv-swap-absent-not-found",
        "a `swap` of an absent key by its version is `not-found`",
        &["KV-SWAP-4"],
        store!(Stale {
            swap: not_found,
            delete_if: SwapError::Stale,
        }),
    ),
    Mutant::new(
        "kv-swap-stale-writes",
        "a stale `swap` writes its value all the same",
        &["KV-CAS-4"],
        store!(Besides::StaleWrites),
    ),
    Mutant::new(
        "kv-swap-stale-touches",
        "a stale `swap` gives the key a new version and makes it permanent",
        &["KV-CAS-4", "TYP-VER-2"],
        store!(Besides::StaleTouches),
    ),
    Mutant::new(
        "kv-swap-keeps-value",
        "`swap` over a present key leaves the old value",
        &["KV-SWAP-2"],
        store!(Besides::KeepsValue),
    ),
    Mutant::new(
        "kv-swap-old-version",
        "`swap` returns the version before",
        &["KV-SWAP-5", "TYP-VER-1"],
        store!(Besides::OldVersion),
    ),
    Mutant::new(
        "kv-swap-writes-twice",
        "`swap` returns a version that the key no longer has",
        &["KV-SWAP-5"],
        store!(Besides::WritesTwice),
    ),
    Mutant::new(
        "kv-swap-skips-same",
        "`swap` to the same bytes leaves the version",
        &["TYP-VER-1", "KV-CAS-3"],
        store!(Besides::SkipsSame),
    ),
    Mutant::new(
        "kv-delete-if-ignores-version",
        "`delete-if` removes any version",
        &["KV-DELETE-IF-2"],
        store!(CarelessDelete(|_, entry| entry.is_some())),
    ),
    Mutant::new(
        "kv-delete-if-empty-version",
        "`delete-if` takes the empty version for any",
        &["KV-DELETE-IF-2", "TYP-VER-4"],
        store!(CarelessDelete(
            |version, entry| version.is_empty() && entry.is_some()
        )),
    ),
    Mutant::new(
        "kv-delete-if-absent-ok",
        "`delete-if` of an absent key is ok",
        &["KV-DELETE-IF-3"],
        store!(CarelessDelete(|_, entry| entry.is_none())),
    ),
    Mutant::new(
        "kv-delete-if-stale-none",
        "a stale `delete-if` returns none in place of the entry",
        &["KV-DELETE-IF-2"],
        store!(Stale {
            swap: SwapError::Stale,
            delete_if: none,
        }),
    ),
    Mutant::new(
        "kv-delete-if-stale-without-value",
        "a stale `delete-if` returns an entry without its value",
        &["KV-DELETE-IF-2"],
        store!(Stale {
            swap: SwapError::Stale,
            delete_if: without_value,
        }),
    ),
    Mutant::new(
        "kv-delete-if-stale-empty-entry",
        "`delete-if` of an absent key returns an empty entry",
        &["KV-DELETE-IF-3"],
        store!(Stale {
            swap: SwapError::Stale,
            delete_if: empty_entry,
        }),
    ),
    Mutant::new(
        "kv-delete-if-absent-not-found",
        "`delete-if` of an absent key is `not-found`",
        &["KV-DELETE-IF-3"],
        store!(Stale {
            swap: SwapError::Stale,
            delete_if: not_found,
        }),
    ),
    Mutant::new(
        "kv-delete-if-stale-deletes",
        "a stale `delete-if` removes the key all the same",
        &["KV-CAS-4"],
        store!(Besides::StaleDeletes),
    ),
    Mutant::new(
        "kv-delete-if-keeps-key",
        "`delete-if` leaves the key",
        &["KV-DELETE-IF-1"],
        store!(Besides::KeepsKey),
    ),
    Mutant::new(
        "kv-delete-if-empties",
        "`delete-if` leaves the key with zero bytes",
        &["KV-DELETE-IF-1"],
        store!(Besides::Empties),
    ),
    Mutant::new(
        "kv-current-absent-entry",
        "`current` returns an empty entry for an absent key",
        &["KV-CURRENT-1"],
        store!(Current(|entry| match empty_entry(entry) {
            SwapError::Stale(entry) => entry,
            SwapError::Failed(_) => None,
        })),
    ),
    Mutant::new(
        "kv-current-other-value",
        "`current` returns the value with a byte behind it",
        &["KV-CURRENT-1"],
        store!(Current(|entry| entry.map(|entry| Entry {
            value: [&entry.value, &text("\n")]
                .iter()
                .flat_map(|part| part.iter().copied())
                .collect(),
            ..entry
        }))),
    ),
    Mutant::new(
        "kv-current-other-version",
        "`current` returns a version that no write gave the key",
        &["KV-CURRENT-2", "KV-SWAP-5"],
        store!(Current(|entry| entry.map(|entry| Entry {
            version: format!("{}-", entry.version).into(),
            ..entry
        }))),
    ),
];
