//! Batches that are refused: which, with what, and what is done all the same.

use std::collections::HashSet;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{BatchError, BatchResult};
use cloud_contract::{Error, ErrorKind, Result};

use super::arguments::{KEY_BYTES, VALUE_BYTES};
use super::batch::{ITEMS, bad_key, check, place, refused};
use super::store;
use super::tools::other;
use crate::Mutant;
use crate::keyvalue::store::{Call, StoreFault, Target};

/// What happens to a refusal: its error and its indices, and the number of items.
#[derive(Debug)]
struct Refusal(fn(Error, Vec<u32>) -> BatchError);

#[async_trait]
impl StoreFault for Refusal {
    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        self.end(to.store.get_many(keys).await)
    }

    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        self.end(to.store.set_many(entries).await)
    }

    async fn delete_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<()> {
        self.end(to.store.delete_many(keys).await)
    }
}

impl Refusal {
    fn end<T>(&self, result: BatchResult<T>) -> BatchResult<T> {
        result.map_err(|error| match error {
            BatchError::Refused { error, indices } => (self.0)(error, indices),
            partial @ BatchError::Partial(_) => partial,
        })
    }
}

/// Refuses batches of some sizes: the function and the size, to an error.
#[derive(Debug)]
struct Picky(fn(Call, usize) -> Option<Error>);

impl Picky {
    fn check(&self, call: Call, items: usize) -> BatchResult<()> {
        (self.0)(call, items).map_or(Ok(()), |error| Err(refused(error, Vec::new())))
    }
}

#[async_trait]
impl StoreFault for Picky {
    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        check(to.store.get_many(vec![]).await)?;
        self.check(Call::GetMany, keys.len())?;
        to.store.get_many(keys).await
    }

    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        check(to.store.set_many(vec![]).await)?;
        self.check(Call::SetMany, entries.len())?;
        to.store.set_many(entries).await
    }

    async fn delete_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<()> {
        check(to.store.delete_many(vec![]).await)?;
        self.check(Call::DeleteMany, keys.len())?;
        to.store.delete_many(keys).await
    }
}

/// One function splits a batch that is too large.
#[derive(Debug)]
struct Splits(Call);

#[async_trait]
impl StoreFault for Splits {
    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        if self.0 != Call::GetMany || keys.len() <= ITEMS {
            return to.store.get_many(keys).await;
        }
        let mut values = Vec::with_capacity(keys.len());
        for part in keys.chunks(ITEMS) {
            values.extend(to.store.get_many(part.to_vec()).await?);
        }
        Ok(values)
    }

    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        if self.0 != Call::SetMany || entries.len() <= ITEMS {
            return to.store.set_many(entries).await;
        }
        for part in entries.chunks(ITEMS) {
            to.store.set_many(part.to_vec()).await?;
        }
        Ok(())
    }

    async fn delete_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<()> {
        if self.0 != Call::DeleteMany || keys.len() <= ITEMS {
            return to.store.delete_many(keys).await;
        }
        for part in keys.chunks(ITEMS) {
            to.store.delete_many(part.to_vec()).await?;
        }
        Ok(())
    }
}

/// Items are not checked before the first of them takes effect.
#[derive(Debug)]
enum Unchecked {
    /// Those before the first bad one are written, and the batch is refused.
    UpToFirst,
    /// The good ones are written, the bad ones are `partial`.
    Partial,
    /// The good ones are removed, and the batch is refused.
    Deletes,
    /// The good ones of too many are written, and the batch is refused.
    TooMany,
}

impl Unchecked {
    /// Writes one entry on its own; none if it cannot be.
    async fn one(to: &Target, key: &str, value: &Bytes) -> Result<()> {
        to.store.set(key, value.clone()).await
    }
}

#[async_trait]
impl StoreFault for Unchecked {
    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let result = to.store.set_many(entries.clone()).await;
        let Err(BatchError::Refused { error, indices }) = &result else {
            return result;
        };
        if matches!(self, Self::TooMany) && entries.len() > ITEMS && !is_unsupported(error) {
            for (key, value) in &entries {
                // A bad item is refused here as well.
                drop(Self::one(to, key, value).await);
            }
        }
        if indices.is_empty() || matches!(self, Self::Deletes | Self::TooMany) {
            return result;
        }
        let mut failures = Vec::new();
        for (index, (key, value)) in entries.iter().enumerate() {
            let bad = indices.contains(&place(index));
            if bad && matches!(self, Self::UpToFirst) {
                return result;
            }
            if bad {
                failures.push((place(index), error.clone()));
            } else if let Err(error) = Self::one(to, key, value).await {
                failures.push((place(index), error));
            }
        }
        Err(BatchError::Partial(failures))
    }

    async fn delete_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<()> {
        let result = to.store.delete_many(keys.clone()).await;
        if let (Self::Deletes, Err(BatchError::Refused { indices, .. })) = (self, &result)
            && !indices.is_empty()
        {
            let good: Vec<String> = keys.into_iter().filter(|key| !bad_key(key)).collect();
            to.store.delete_many(good).await?;
        }
        result
    }
}

/// A refusal names every item that breaks any rule.
#[derive(Debug)]
struct AllPlaces;

#[async_trait]
impl StoreFault for AllPlaces {
    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let bad = places(&keys, |key| bad_key(key));
        with_places(to.store.get_many(keys).await, bad)
    }

    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let mut seen = HashSet::new();
        let bad = places(&entries, |(key, value)| {
            let again = !seen.insert(key.clone());
            bad_key(key) || value.len() > VALUE_BYTES || again
        });
        with_places(to.store.set_many(entries).await, bad)
    }

    async fn delete_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<()> {
        let bad = places(&keys, |key| bad_key(key));
        with_places(to.store.delete_many(keys).await, bad)
    }
}

fn is_unsupported(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unsupported { .. })
}

fn places<T>(items: &[T], mut bad: impl FnMut(&T) -> bool) -> Vec<u32> {
    (0..)
        .zip(items)
        .filter_map(|(index, item)| bad(item).then_some(index))
        .collect()
}

fn with_places<T>(result: BatchResult<T>, places: Vec<u32>) -> BatchResult<T> {
    match result {
        Err(BatchError::Refused { error, indices }) if !indices.is_empty() => {
            Err(refused(error, places))
        }
        result => result,
    }
}

macro_rules! refuses_none {
    ($name:literal, $function:literal, $call:ident) => {
        Mutant::new(
            $name,
            concat!("`", $function, "` refuses a batch without items"),
            &["KV-BATCH-3"],
            store!(Picky(|call, items| {
                (call == Call::$call && items == 0).then(|| Error::invalid("items: there are none"))
            })),
        )
    };
}

macro_rules! splits {
    ($name:literal, $function:literal, $call:ident) => {
        Mutant::new(
            $name,
            concat!("`", $function, "` takes more items than the limit"),
            &["KV-BATCH-2"],
            store!(Splits(Call::$call)),
        )
    };
}

macro_rules! refuses_limit {
    ($name:literal, $function:literal, $call:ident) => {
        Mutant::new(
            $name,
            concat!("`", $function, "` refuses a batch of exactly the limit"),
            &["KV-BATCH-1"],
            store!(Picky(|call, items| {
                (call == Call::$call && items == ITEMS).then(|| Error::too_large(ITEMS as u64))
            })),
        )
    };
}

pub(super) const MUTANTS: &[Mutant] = &[
    refuses_none!("kv-batch-none-get-many", "get-many", GetMany),
    refuses_none!("kv-batch-none-set-many", "set-many", SetMany),
    refuses_none!("kv-batch-none-delete-many", "delete-many", DeleteMany),
    splits!("kv-batch-over-limit-get-many", "get-many", GetMany),
    splits!("kv-batch-over-limit-set-many", "set-many", SetMany),
    splits!("kv-batch-over-limit-delete-many", "delete-many", DeleteMany),
    refuses_limit!("kv-batch-limit-get-many", "get-many", GetMany),
    refuses_limit!("kv-batch-limit-set-many", "set-many", SetMany),
    refuses_limit!("kv-batch-limit-delete-many", "delete-many", DeleteMany),
    Mutant::new(
        "kv-batch-over-limit-invalid",
        "too many items are `invalid-argument`",
        &["KV-BATCH-2"],
        store!(Picky(|_, items| {
            (items > ITEMS).then(|| Error::invalid("items: there are too many"))
        })),
    ),
    Mutant::new(
        "kv-batch-over-limit-bytes",
        "`too-large` for too many items carries the limit of keys",
        &["KV-BATCH-2"],
        store!(Picky(|_, items| {
            (items > ITEMS).then(|| Error::too_large(KEY_BYTES as u64))
        })),
    ),
    Mutant::new(
        "kv-batch-floor-only",
        "batches of more than 25 items fail",
        &["KV-BATCH-1"],
        store!(Picky(|_, items| (26..=ITEMS)
            .contains(&items)
            .then(|| other("the batch is too long")))),
    ),
    Mutant::new(
        "kv-batch-refusal-without-places",
        "a refusal does not say which items offend",
        &["KV-BATCH-4"],
        store!(Refusal(|error, _| refused(error, Vec::new()))),
    ),
    Mutant::new(
        "kv-batch-refusal-first-place",
        "a refusal names the first item that offends",
        &["KV-BATCH-4"],
        store!(Refusal(|error, mut places| {
            places.truncate(1);
            refused(error, places)
        })),
    ),
    Mutant::new(
        "kv-batch-refusal-all-places",
        "a refusal names the items that break another rule as well",
        &["KV-BATCH-4"],
        store!(AllPlaces),
    ),
    Mutant::new(
        "kv-batch-refusal-from-one",
        "a refusal counts its items from one",
        &["KV-BATCH-4"],
        store!(Refusal(|error, places| {
            refused(error, places.into_iter().map(|place| place + 1).collect())
        })),
    ),
    Mutant::new(
        "kv-batch-refusal-is-partial",
        "a refusal is reported as `partial`",
        &["KV-BATCH-4"],
        store!(Refusal(|error, places| {
            if places.is_empty() {
                return refused(error, places);
            }
            BatchError::Partial(
                places
                    .into_iter()
                    .map(|place| (place, error.clone()))
                    .collect(),
            )
        })),
    ),
    Mutant::new(
        "kv-batch-refusal-after-acting",
        "`set-many` writes the items before the first that offends",
        &["KV-BATCH-5", "KV-BATCH-4", "TYP-ERR-6"],
        store!(Unchecked::UpToFirst),
    ),
    Mutant::new(
        "kv-batch-writes-good-items",
        "`set-many` writes the good items and reports the others as `partial`",
        &["KV-BATCH-4", "KV-BATCH-5"],
        store!(Unchecked::Partial),
    ),
    Mutant::new(
        "kv-batch-over-limit-acts",
        "`set-many` writes the items of a batch that it refuses for its size",
        &["KV-BATCH-5", "TYP-ERR-6"],
        store!(Unchecked::TooMany),
    ),
    Mutant::new(
        "kv-delete-many-refusal-acts",
        "`delete-many` removes the good items and refuses the batch",
        &["KV-BATCH-5", "TYP-ERR-6"],
        store!(Unchecked::Deletes),
    ),
];
