//! `get-many`, `set-many` and `delete-many`.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{BatchError, BatchResult};
use cloud_contract::{Error, ErrorKind, Result};

use super::store;
use super::tools::other;
use crate::Mutant;
use crate::store::{Call, StoreFault, Target};

/// The limit of the memory provider, which these faults are made for.
const ITEMS: usize = 1000;

/// What happens to the results of `get-many`.
#[derive(Debug)]
struct Got(fn(&[String], &mut Vec<Option<Bytes>>));

#[async_trait]
impl StoreFault for Got {
    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let mut values = to.store.get_many(keys.clone()).await?;
        (self.0)(&keys, &mut values);
        Ok(values)
    }
}

fn in_key_order(keys: &[String], values: &mut Vec<Option<Bytes>>) {
    let mut pairs: Vec<_> = keys.iter().zip(values.drain(..)).collect();
    pairs.sort_by_key(|(key, _)| *key);
    values.extend(pairs.into_iter().map(|(_, value)| value));
}

fn once_each(keys: &[String], values: &mut Vec<Option<Bytes>>) {
    let mut seen = HashSet::new();
    let mut places = keys.iter();
    values.retain(|_| places.next().is_some_and(|key| seen.insert(key)));
}

fn once_only(keys: &[String], values: &mut Vec<Option<Bytes>>) {
    let mut seen = HashSet::new();
    for (key, value) in keys.iter().zip(values) {
        if !seen.insert(key) {
            *value = None;
        }
    }
}

/// Batches that do less than they say: which items are left out.
#[derive(Debug)]
struct Lost(Call, fn(place: usize, items: usize) -> bool);

impl Lost {
    fn rest<T>(&self, call: Call, items: Vec<T>) -> Vec<T> {
        if call != self.0 {
            return items;
        }
        let count = items.len();
        let kept = |place: &usize| !(self.1)(*place, count);
        items
            .into_iter()
            .enumerate()
            .filter(|(place, _)| kept(place))
            .map(|(_, item)| item)
            .collect()
    }
}

#[async_trait]
impl StoreFault for Lost {
    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        check(to.store.set_many(vec![]).await)?;
        let refused = refusal(&entries);
        if refused || entries.len() > ITEMS {
            return to.store.set_many(entries).await;
        }
        to.store.set_many(self.rest(Call::SetMany, entries)).await
    }

    async fn delete_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<()> {
        check(to.store.delete_many(vec![]).await)?;
        if keys.iter().any(|key| bad_key(key)) || keys.len() > ITEMS {
            return to.store.delete_many(keys).await;
        }
        to.store
            .delete_many(self.rest(Call::DeleteMany, keys))
            .await
    }
}

/// A batch without items tells whether the feature is there at all.
fn check<T>(probe: BatchResult<T>) -> BatchResult<()> {
    probe.map(drop)
}

fn bad_key(key: &str) -> bool {
    key.is_empty() || key.len() > super::arguments::KEY_BYTES
}

/// Whether the correct store refuses these entries.
fn refusal(entries: &[(String, Bytes)]) -> bool {
    let mut seen = HashSet::new();
    entries.iter().any(|(key, value)| {
        bad_key(key) || value.len() > super::arguments::VALUE_BYTES || !seen.insert(key)
    })
}

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

fn refused(error: Error, indices: Vec<u32>) -> BatchError {
    BatchError::Refused { error, indices }
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
}

impl Unchecked {
    /// Writes one entry on its own; none if it cannot be.
    async fn one(to: &Target, key: &str, value: &Bytes) -> Result<()> {
        to.store.set(key, value.clone()).await
    }
}

fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[async_trait]
impl StoreFault for Unchecked {
    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let result = to.store.set_many(entries.clone()).await;
        let Err(BatchError::Refused { error, indices }) = &result else {
            return result;
        };
        if indices.is_empty() || matches!(self, Self::Deletes) {
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
            bad_key(key) || value.len() > super::arguments::VALUE_BYTES || again
        });
        with_places(to.store.set_many(entries).await, bad)
    }

    async fn delete_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<()> {
        let bad = places(&keys, |key| bad_key(key));
        with_places(to.store.delete_many(keys).await, bad)
    }
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

/// A key that stands in a batch several times, or that is absent.
#[derive(Debug)]
enum Odd {
    /// `set-many` writes the last of them.
    LastWins,
    /// `set-many` writes the first of them.
    FirstWins,
    /// `set-many` refuses with the first places of those keys.
    FirstPlaces,
    /// `set-many` refuses with one place.
    OnePlace,
    /// `delete-many` refuses a key that stands there twice.
    DeleteTwice,
    /// `delete-many` of an absent key is `partial`.
    DeleteAbsent,
    /// `delete-many` ends at the first absent key.
    DeleteEnds,
    /// `get-many` of an absent key is `partial`.
    GetAbsent,
}

#[async_trait]
impl StoreFault for Odd {
    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let values = to.store.get_many(keys).await?;
        let absent: Vec<(u32, Error)> = values
            .iter()
            .enumerate()
            .filter(|(_, value)| value.is_none())
            .map(|(index, _)| (place(index), ErrorKind::NotFound.into()))
            .collect();
        if matches!(self, Self::GetAbsent) && !absent.is_empty() {
            return Err(BatchError::Partial(absent));
        }
        Ok(values)
    }

    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let result = to.store.set_many(entries.clone()).await;
        let Err(BatchError::Refused { error, indices }) = &result else {
            return result;
        };
        let repeats = entries.iter().all(|(key, _)| !bad_key(key)) && !indices.is_empty();
        let large = matches!(error.kind(), ErrorKind::TooLarge { .. });
        if !repeats || large {
            return result;
        }
        match self {
            Self::LastWins => {
                let last: HashMap<String, Bytes> = entries.into_iter().collect();
                to.store.set_many(last.into_iter().collect()).await
            }
            Self::FirstWins => {
                let first: HashMap<String, Bytes> = entries.into_iter().rev().collect();
                to.store.set_many(first.into_iter().collect()).await
            }
            Self::FirstPlaces => {
                let key = |index: &u32| entries.get(*index as usize).map(|(key, _)| key);
                let mut places: Vec<u32> = indices
                    .iter()
                    .filter_map(|index| {
                        let key = key(index)?;
                        entries
                            .iter()
                            .position(|(other, _)| other == key)
                            .map(place)
                    })
                    .collect();
                places.dedup();
                Err(refused(error.clone(), places))
            }
            Self::OnePlace => Err(refused(error.clone(), indices[..1].to_vec())),
            _ => result,
        }
    }

    async fn delete_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<()> {
        if keys.is_empty() || keys.len() > ITEMS || keys.iter().any(|key| bad_key(key)) {
            return to.store.delete_many(keys).await;
        }
        let values = match self {
            Self::DeleteAbsent | Self::DeleteEnds => to.store.get_many(keys.clone()).await?,
            _ => Vec::new(),
        };
        let first_absent = values.iter().position(Option::is_none);
        match (self, first_absent) {
            (Self::DeleteTwice, _) => {
                check(to.store.delete_many(vec![]).await)?;
                let mut seen = HashSet::new();
                let twice: Vec<u32> = (0..)
                    .zip(&keys)
                    .filter(|(_, key)| !seen.insert(*key))
                    .map(|(index, _)| index)
                    .collect();
                if !twice.is_empty() {
                    return Err(refused(
                        Error::invalid("keys: one stands there twice"),
                        twice,
                    ));
                }
                to.store.delete_many(keys).await
            }
            (Self::DeleteAbsent, Some(index)) => {
                to.store.delete_many(keys).await?;
                Err(BatchError::Partial(vec![(
                    place(index),
                    ErrorKind::NotFound.into(),
                )]))
            }
            (Self::DeleteEnds, Some(index)) => to.store.delete_many(keys[..index].to_vec()).await,
            _ => to.store.delete_many(keys).await,
        }
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
            (items > ITEMS).then(|| Error::too_large(super::arguments::KEY_BYTES as u64))
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
        "kv-set-many-loses-last",
        "`set-many` does not write its last item of several",
        &["KV-BATCH-8", "KV-SETMANY-1"],
        store!(Lost(Call::SetMany, |place, items| items > 1
            && place + 1 == items)),
    ),
    Mutant::new(
        "kv-set-many-loses-behind-25",
        "`set-many` writes no more than 25 items",
        &["KV-BATCH-8", "KV-BATCH-1", "KV-SETMANY-1"],
        store!(Lost(Call::SetMany, |place, _| place >= 25)),
    ),
    Mutant::new(
        "kv-delete-many-loses-last",
        "`delete-many` does not remove its last item of several",
        &["KV-BATCH-8", "KV-DELETEMANY-1"],
        store!(Lost(Call::DeleteMany, |place, items| items > 1
            && place + 1 == items)),
    ),
    Mutant::new(
        "kv-delete-many-loses-behind-25",
        "`delete-many` removes no more than 25 items",
        &["KV-BATCH-8", "KV-BATCH-1", "KV-DELETEMANY-1"],
        store!(Lost(Call::DeleteMany, |place, _| place >= 25)),
    ),
    Mutant::new(
        "kv-get-many-sorted",
        "`get-many` returns its values in the order of the sorted keys",
        &["KV-GETMANY-1"],
        store!(Got(in_key_order)),
    ),
    Mutant::new(
        "kv-get-many-reversed",
        "`get-many` returns its values from the last to the first",
        &["KV-GETMANY-1"],
        store!(Got(|_, values| values.reverse())),
    ),
    Mutant::new(
        "kv-get-many-leaves-out-absent",
        "`get-many` returns nothing in the place of an absent key",
        &["KV-GETMANY-1", "KV-GETMANY-2"],
        store!(Got(|_, values| values.retain(Option::is_some))),
    ),
    Mutant::new(
        "kv-get-many-once-each",
        "`get-many` returns a repeated key once",
        &["KV-GETMANY-3", "KV-GETMANY-1"],
        store!(Got(once_each)),
    ),
    Mutant::new(
        "kv-get-many-repeats-absent",
        "`get-many` returns none for a key that stood there before",
        &["KV-GETMANY-3"],
        store!(Got(once_only)),
    ),
    Mutant::new(
        "kv-get-many-behind-100",
        "`get-many` returns none behind its hundredth key",
        &["KV-GETMANY-2", "KV-BATCH-1", "KV-BATCH-8"],
        store!(Got(|_, values| values
            .iter_mut()
            .skip(100)
            .for_each(|value| *value = None))),
    ),
    Mutant::new(
        "kv-get-many-absent-empty",
        "`get-many` returns zero bytes for an absent key",
        &["KV-GETMANY-2"],
        store!(Got(|_, values| values.iter_mut().for_each(|value| {
            value.get_or_insert_default();
        }))),
    ),
    Mutant::new(
        "kv-get-many-absent-partial",
        "`get-many` fails for absent keys",
        &["KV-GETMANY-2"],
        store!(Odd::GetAbsent),
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
        "kv-delete-many-refusal-acts",
        "`delete-many` removes the good items and refuses the batch",
        &["KV-BATCH-5", "TYP-ERR-6"],
        store!(Unchecked::Deletes),
    ),
    Mutant::new(
        "kv-set-many-last-wins",
        "`set-many` writes the last value of a repeated key",
        &["KV-SETMANY-2"],
        store!(Odd::LastWins),
    ),
    Mutant::new(
        "kv-set-many-first-wins",
        "`set-many` writes the first value of a repeated key",
        &["KV-SETMANY-2"],
        store!(Odd::FirstWins),
    ),
    Mutant::new(
        "kv-set-many-first-places",
        "`set-many` names the first places of repeated keys",
        &["KV-SETMANY-2"],
        store!(Odd::FirstPlaces),
    ),
    Mutant::new(
        "kv-set-many-one-place",
        "`set-many` names one place of repeated keys",
        &["KV-SETMANY-2"],
        store!(Odd::OnePlace),
    ),
    Mutant::new(
        "kv-delete-many-refuses-repeats",
        "`delete-many` refuses a repeated key",
        &["KV-DELETEMANY-1"],
        store!(Odd::DeleteTwice),
    ),
    Mutant::new(
        "kv-delete-many-absent-partial",
        "`delete-many` fails for an absent key",
        &["KV-DELETEMANY-1"],
        store!(Odd::DeleteAbsent),
    ),
    Mutant::new(
        "kv-delete-many-ends-at-absent",
        "`delete-many` ends at the first absent key",
        &["KV-DELETEMANY-1", "KV-BATCH-8"],
        store!(Odd::DeleteEnds),
    ),
];
