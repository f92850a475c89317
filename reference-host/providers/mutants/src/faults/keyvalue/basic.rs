//! `get`, `set`, `delete` and `exists`.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::{ErrorKind, Result};

use super::store;
use super::tools::every_key;
use crate::Mutant;
use crate::keyvalue::store::{Call, StoreFault, Target};
use crate::provider::lock;

/// `get` answers for an absent key.
#[derive(Debug)]
enum Missing {
    NotFound,
    Empty,
    Neighbour,
}

#[async_trait]
impl StoreFault for Missing {
    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        let value = to.store.get(key).await?;
        if value.is_some() {
            return Ok(value);
        }
        match self {
            Self::NotFound => Err(ErrorKind::NotFound.into()),
            Self::Empty => Ok(Some(Bytes::new())),
            Self::Neighbour => {
                let keys = every_key(&*to.driver, key).await?;
                match keys.first() {
                    Some(next) => to.store.get(next).await,
                    None => Ok(None),
                }
            }
        }
    }
}

/// `get` keeps the first value that it read of a key.
#[derive(Debug, Default)]
struct FirstValue(Mutex<HashMap<String, Bytes>>);

#[async_trait]
impl StoreFault for FirstValue {
    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        let Some(value) = to.store.get(key).await? else {
            return Ok(None);
        };
        let mut seen = lock(&self.0);
        Ok(Some(seen.entry(key.to_owned()).or_insert(value).clone()))
    }
}

/// `set` mixes the old value into the new one: old, new, result.
#[derive(Debug)]
struct Merged(fn(Bytes, Bytes) -> Bytes);

#[async_trait]
impl StoreFault for Merged {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        let value = match to.driver.get(key).await? {
            Some(old) => (self.0)(old, value),
            None => value,
        };
        to.store.set(key, value).await
    }
}

fn keep_tail(old: Bytes, new: Bytes) -> Bytes {
    let tail = old.get(new.len()..).unwrap_or_default();
    [&new, tail].concat().into()
}

fn keep_length(old: Bytes, new: Bytes) -> Bytes {
    new.slice(..new.len().min(old.len()))
}

/// `set` does nothing at every so many calls.
#[derive(Debug)]
struct Lost {
    every: u64,
    calls: AtomicU64,
}

impl Lost {
    const fn every(every: u64) -> Self {
        Self {
            every,
            calls: AtomicU64::new(0),
        }
    }
}

#[async_trait]
impl StoreFault for Lost {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        if call.is_multiple_of(self.every) && to.store.exists(key).await? {
            return Ok(());
        }
        to.store.set(key, value).await
    }
}

/// Writing or removing a key removes other keys too: which of all keys.
#[derive(Debug)]
struct Collateral {
    call: Call,
    hits: fn(key: &str, other: &str) -> bool,
}

impl Collateral {
    async fn strike(&self, to: &Target, call: Call, key: &str) -> Result<()> {
        if call != self.call || key.is_empty() {
            return Ok(());
        }
        for other in every_key(&*to.driver, "").await? {
            if other != key && (self.hits)(key, &other) {
                to.store.delete(&other).await?;
            }
        }
        Ok(())
    }
}

#[async_trait]
impl StoreFault for Collateral {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        to.store.set(key, value).await?;
        self.strike(to, Call::Set, key).await
    }

    async fn delete(&self, to: &Target, key: &str) -> Result<()> {
        to.store.delete(key).await?;
        self.strike(to, Call::Delete, key).await
    }
}

/// As a shell matches names: `*` is any text, `?` any character.
fn matches_glob(pattern: &str, text: &str) -> bool {
    match pattern.chars().next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = &pattern[1..];
            text.char_indices()
                .map(|(place, _)| place)
                .chain([text.len()])
                .any(|place| matches_glob(rest, &text[place..]))
        }
        Some(sign) => {
            let mut signs = text.chars();
            signs
                .next()
                .is_some_and(|first| sign == '?' || sign == first)
                && matches_glob(&pattern[sign.len_utf8()..], signs.as_str())
        }
    }
}

fn globs(key: &str, other: &str) -> bool {
    // Few patterns are enough, and a long row of stars would take forever.
    key.matches('*').count() <= 2 && key.contains(['*', '?']) && matches_glob(key, other)
}

/// `delete` in a way of its own.
#[derive(Debug, Default)]
struct Deletes {
    way: Way,
    deleted: Mutex<HashSet<String>>,
}

#[derive(Debug, Default)]
enum Way {
    /// Nothing happens.
    #[default]
    Never,
    /// The key stays, with an empty value.
    Empties,
    /// Works once for each key.
    Once,
    /// An absent key is `not-found`.
    NotFound,
    /// Only a key that was deleted before is `not-found`.
    Twice,
}

impl Deletes {
    fn by(way: Way) -> Self {
        Self {
            way,
            deleted: Mutex::default(),
        }
    }
}

#[async_trait]
impl StoreFault for Deletes {
    async fn delete(&self, to: &Target, key: &str) -> Result<()> {
        let present = to.store.exists(key).await?;
        let first = lock(&self.deleted).insert(key.to_owned());
        match self.way {
            Way::Never => return Ok(()),
            Way::Empties if present => return to.store.set(key, Bytes::new()).await,
            Way::Once if !first => return Ok(()),
            Way::NotFound if !present => return Err(ErrorKind::NotFound.into()),
            Way::Twice if !present && !first => return Err(ErrorKind::NotFound.into()),
            _ => {}
        }
        to.store.delete(key).await
    }
}

/// The value that a key had when it was deleted shows again.
#[derive(Debug, Default)]
struct Ghost {
    values: Mutex<HashMap<String, Bytes>>,
}

#[async_trait]
impl StoreFault for Ghost {
    async fn delete(&self, to: &Target, key: &str) -> Result<()> {
        if let Some(value) = to.driver.get(key).await? {
            lock(&self.values).insert(key.to_owned(), value);
        }
        to.store.delete(key).await
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        let value = to.store.get(key).await?;
        Ok(value.or_else(|| lock(&self.values).get(key).cloned()))
    }
}

/// `exists` by a rule of its own.
#[derive(Debug)]
enum Exists {
    /// True if any key starts with it.
    Prefix,
    /// True once it was seen.
    Sticky(Mutex<HashSet<String>>),
    /// Always true.
    Always,
}

#[async_trait]
impl StoreFault for Exists {
    async fn exists(&self, to: &Target, key: &str) -> Result<bool> {
        let present = to.store.exists(key).await?;
        match self {
            Self::Prefix => Ok(!every_key(&*to.driver, key).await?.is_empty()),
            Self::Always => Ok(true),
            Self::Sticky(seen) => {
                let mut seen = lock(seen);
                if present {
                    seen.insert(key.to_owned());
                }
                Ok(seen.contains(key))
            }
        }
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-get-missing-not-found",
        "`get` of an absent key is an error",
        &["KV-GET-2", "KV-GET-3"],
        store!(Missing::NotFound),
    ),
    Mutant::new(
        "kv-get-missing-empty",
        "`get` of an absent key returns zero bytes",
        &["KV-GET-2", "KV-GET-3"],
        store!(Missing::Empty),
    ),
    Mutant::new(
        "kv-get-missing-neighbour",
        "`get` of an absent key returns the value of the next key that starts with it",
        &["KV-GET-2", "KV-KEY-2"],
        store!(Missing::Neighbour),
    ),
    Mutant::new(
        "kv-get-first-value",
        "`get` keeps to the first value that it read of a key",
        &["KV-GET-1", "KV-SESSION-1"],
        store!(FirstValue::default()),
    ),
    Mutant::new(
        "kv-get-after-delete",
        "`get` returns the value that a deleted key had",
        &["KV-GET-3", "KV-DELETE-1"],
        store!(Ghost::default()),
    ),
    Mutant::new(
        "kv-set-keeps-tail",
        "a shorter value leaves the end of the longer one before it",
        &["KV-SET-2"],
        store!(Merged(keep_tail)),
    ),
    Mutant::new(
        "kv-set-keeps-length",
        "a longer value is cut to the length of the one before it",
        &["KV-SET-2"],
        store!(Merged(keep_length)),
    ),
    Mutant::new(
        "kv-set-appends",
        "a second value is put behind the first",
        &["KV-SET-2", "KV-SET-1"],
        store!(Merged(|old, new| [old, new].concat().into())),
    ),
    Mutant::new(
        "kv-set-only-once",
        "a second value is ignored",
        &["KV-SET-1", "KV-GET-1"],
        store!(Merged(|old, _| old)),
    ),
    Mutant::new(
        "kv-set-ignores-empty",
        "zero bytes do not replace a value",
        &["KV-SET-2", "KV-VALUE-3"],
        store!(Merged(|old, new| if new.is_empty() { old } else { new })),
    ),
    Mutant::new(
        "kv-set-sometimes-lost",
        "every twentieth write over an earlier value is lost",
        &["KV-SET-1", "KV-SESSION-1", "KV-GET-1"],
        store!(Lost::every(20)),
    ),
    Mutant::new(
        "kv-set-removes-below",
        "writing `a` removes `a/b`, as a file replaces a folder",
        &["KV-SET-3", "KV-KEY-3"],
        store!(Collateral {
            call: Call::Set,
            hits: |key, other| other
                .strip_prefix(key)
                .is_some_and(|rest| rest.starts_with('/')),
        }),
    ),
    Mutant::new(
        "kv-set-removes-above",
        "writing `a/b` removes `a`, as a folder replaces a file",
        &["KV-SET-3", "KV-KEY-3"],
        store!(Collateral {
            call: Call::Set,
            hits: |key, other| key
                .strip_prefix(other)
                .is_some_and(|rest| rest.starts_with('/')),
        }),
    ),
    Mutant::new(
        "kv-delete-removes-prefix",
        "`delete` removes every key that starts with the key",
        &["KV-DELETE-3"],
        store!(Collateral {
            call: Call::Delete,
            hits: |key, other| other.starts_with(key),
        }),
    ),
    Mutant::new(
        "kv-delete-removes-below",
        "deleting `a` removes `a/b`",
        &["KV-DELETE-3", "KV-KEY-3"],
        store!(Collateral {
            call: Call::Delete,
            hits: |key, other| other
                .strip_prefix(key)
                .is_some_and(|rest| rest.starts_with('/')),
        }),
    ),
    Mutant::new(
        "kv-delete-matches-pattern",
        "`delete` takes `*` and `?` for a pattern",
        &["KV-DELETE-3", "KV-KEY-3"],
        store!(Collateral {
            call: Call::Delete,
            hits: globs,
        }),
    ),
    Mutant::new(
        "kv-delete-does-nothing",
        "`delete` leaves the key",
        &["KV-DELETE-1", "KV-GET-3"],
        store!(Deletes::by(Way::Never)),
    ),
    Mutant::new(
        "kv-delete-empties",
        "`delete` leaves the key with zero bytes",
        &["KV-DELETE-1", "KV-GET-3"],
        store!(Deletes::by(Way::Empties)),
    ),
    Mutant::new(
        "kv-delete-once",
        "`delete` works once for each key",
        &["KV-DELETE-1", "KV-GET-3"],
        store!(Deletes::by(Way::Once)),
    ),
    Mutant::new(
        "kv-delete-missing-not-found",
        "`delete` of an absent key is an error",
        &["KV-DELETE-2"],
        store!(Deletes::by(Way::NotFound)),
    ),
    Mutant::new(
        "kv-delete-again-not-found",
        "`delete` of a key that was deleted before is an error",
        &["KV-DELETE-2"],
        store!(Deletes::by(Way::Twice)),
    ),
    Mutant::new(
        "kv-exists-prefix",
        "`exists` is true for the start of a key",
        &["KV-EXISTS-1"],
        store!(Exists::Prefix),
    ),
    Mutant::new(
        "kv-exists-sticky",
        "`exists` stays true after the key was deleted",
        &["KV-EXISTS-1", "KV-DELETE-1"],
        store!(Exists::Sticky(Mutex::default())),
    ),
    Mutant::new(
        "kv-exists-always",
        "`exists` is true for every key",
        &["KV-EXISTS-1"],
        store!(Exists::Always),
    ),
];
