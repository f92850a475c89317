//! Batches that a service takes in parts, and items at the limits.

use std::collections::HashSet;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{BatchResult, Store};
use cloud_contract::{Error, Result};

use super::arguments::VALUE_BYTES;
use super::batch::{ITEMS, bad_key, refusal};
use super::store;
use crate::Mutant;
use crate::keyvalue::store::{Call, StoreFault, Target};

/// `set-many` looks for repeated keys within each part that it sends.
#[derive(Debug)]
struct RepeatsInParts(usize);

#[async_trait]
impl StoreFault for RepeatsInParts {
    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let repeats = |part: &[(String, Bytes)]| {
            let mut seen = HashSet::new();
            !part.iter().all(|(key, _)| seen.insert(key))
        };
        let bad = |(key, value): &(String, Bytes)| bad_key(key) || value.len() > VALUE_BYTES;
        let otherwise_bad = entries.len() > ITEMS || entries.iter().any(bad);
        if otherwise_bad || entries.chunks(self.0).any(repeats) {
            return to.store.set_many(entries).await;
        }
        for part in entries.chunks(self.0) {
            to.store.set_many(part.to_vec()).await?;
        }
        Ok(())
    }
}

/// What the service leaves out, because the batch is too much for it, is not
/// asked for again.
#[derive(Debug)]
enum Unprocessed {
    /// `set-many` writes a mebibyte of values.
    Written,
    /// `get-many` returns so many bytes of values.
    Read(usize),
    /// `get-many` looks for 256 KiB of keys.
    Keys,
}

const MIB: usize = 1 << 20;

/// Adds `length` to the sum; whether that is still at most `most`.
fn fits(sum: &mut usize, length: usize, most: usize) -> bool {
    *sum += length;
    *sum <= most
}

#[async_trait]
impl StoreFault for Unprocessed {
    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let mut values = to.store.get_many(keys.clone()).await?;
        let mut sum = 0;
        for (key, place) in keys.iter().zip(&mut values) {
            let fits = match self {
                Self::Written => true,
                Self::Read(most) => fits(&mut sum, place.as_ref().map_or(0, Bytes::len), *most),
                Self::Keys => fits(&mut sum, key.len(), MIB / 4),
            };
            if !fits {
                *place = None;
            }
        }
        Ok(values)
    }

    async fn set_many(&self, to: &Target, mut entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        if matches!(self, Self::Written) && entries.len() <= ITEMS && !refusal(&entries) {
            let mut sum = 0;
            // A single value is written however large it is.
            let first = entries.first().map_or(0, |(_, value)| value.len());
            entries.retain(|(_, value)| fits(&mut sum, value.len(), MIB.max(first)));
        }
        to.store.set_many(entries).await
    }
}

/// A function of batches cuts values to so many bytes.
#[derive(Debug)]
struct Cut(Call, usize);

#[async_trait]
impl StoreFault for Cut {
    fn value(&self, call: Call, value: Bytes) -> Result<Bytes> {
        let cut = call == self.0 && (self.1..=VALUE_BYTES).contains(&value.len());
        Ok(if cut { value.slice(..self.1) } else { value })
    }

    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let values = to.store.get_many(keys).await?;
        let cut = |value: Bytes| self.value(Call::GetMany, value).ok();
        Ok(values
            .into_iter()
            .map(|value| value.and_then(cut))
            .collect())
    }
}

/// `set-many` refuses a value of exactly the limit.
#[derive(Debug)]
struct RefusesLargest;

impl StoreFault for RefusesLargest {
    fn value(&self, call: Call, value: Bytes) -> Result<Bytes> {
        if call == Call::SetMany && value.len() == VALUE_BYTES {
            return Err(Error::too_large(VALUE_BYTES as u64));
        }
        Ok(value)
    }
}

/// One function counts the items before it looks whether it is there at all.
#[derive(Debug)]
struct CountsFirst(Call);

impl CountsFirst {
    fn store<'a>(&self, to: &'a Target, call: Call, items: usize) -> &'a dyn Store {
        let counts = call == self.0 && items > ITEMS;
        if counts { &*to.full } else { &*to.store }
    }
}

#[async_trait]
impl StoreFault for CountsFirst {
    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let store = self.store(to, Call::GetMany, keys.len());
        store.get_many(keys).await
    }

    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let store = self.store(to, Call::SetMany, entries.len());
        store.set_many(entries).await
    }

    async fn delete_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<()> {
        let store = self.store(to, Call::DeleteMany, keys.len());
        store.delete_many(keys).await
    }
}

macro_rules! cuts {
    ($name:literal, $function:literal, $what:literal, $call:ident, $length:expr) => {
        Mutant::new(
            $name,
            concat!("`", $function, "` ", $what),
            &["KV-VALUE-1"],
            store!(Cut(Call::$call, $length)),
        )
    };
}

macro_rules! counts_first {
    ($name:literal, $function:literal, $call:ident) => {
        Mutant::new(
            $name,
            concat!(
                "`",
                $function,
                "` without the feature is `too-large` for too many items"
            ),
            &["TYP-FEAT-1"],
            store!(CountsFirst(Call::$call)),
        )
    };
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-set-many-repeats-in-25",
        "`set-many` finds a repeated key within 25 items only",
        &["KV-SETMANY-2", "KV-BATCH-4"],
        store!(RepeatsInParts(25)),
    ),
    Mutant::new(
        "kv-set-many-repeats-in-100",
        "`set-many` finds a repeated key within 100 items only",
        &["KV-SETMANY-2", "KV-BATCH-4"],
        store!(RepeatsInParts(100)),
    ),
    Mutant::new(
        "kv-set-many-one-mebibyte",
        "`set-many` leaves out what comes behind a mebibyte",
        &["KV-BATCH-8", "KV-SETMANY-1"],
        store!(Unprocessed::Written),
    ),
    Mutant::new(
        "kv-get-many-one-mebibyte",
        "`get-many` returns none behind a mebibyte of values",
        &["KV-GETMANY-2"],
        store!(Unprocessed::Read(MIB)),
    ),
    Mutant::new(
        "kv-get-many-eight-mebibytes",
        "`get-many` returns none behind 8 MiB of values",
        &["KV-GETMANY-2", "KV-GETMANY-3"],
        store!(Unprocessed::Read(8 * MIB)),
    ),
    Mutant::new(
        "kv-get-many-long-keys",
        "`get-many` returns none behind 256 KiB of keys",
        &["KV-GETMANY-2"],
        store!(Unprocessed::Keys),
    ),
    Mutant::new(
        "kv-set-many-refuses-largest",
        "`set-many` refuses a value of exactly the greatest length",
        &["KV-VALUE-1"],
        store!(RefusesLargest),
    ),
    cuts!(
        "kv-set-many-cuts-last",
        "set-many",
        "loses the last byte of the largest value",
        SetMany,
        VALUE_BYTES - 1
    ),
    cuts!(
        "kv-get-many-cuts-last",
        "get-many",
        "loses the last byte of the largest value",
        GetMany,
        VALUE_BYTES - 1
    ),
    cuts!(
        "kv-set-many-cuts-mebibyte",
        "set-many",
        "writes a mebibyte of a value",
        SetMany,
        MIB
    ),
    cuts!(
        "kv-get-many-cuts-mebibyte",
        "get-many",
        "returns a mebibyte of a value",
        GetMany,
        MIB
    ),
    counts_first!("kv-get-many-counts-first", "get-many", GetMany),
    counts_first!("kv-set-many-counts-first", "set-many", SetMany),
    counts_first!("kv-delete-many-counts-first", "delete-many", DeleteMany),
];
