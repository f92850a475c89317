//! `get-many`, `set-many` and `delete-many`.

use std::collections::{HashMap, HashSet};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{BatchError, BatchResult};
use cloud_contract::{Error, ErrorKind};

use super::store;
use super::tools::other;
use crate::Mutant;
use crate::keyvalue::store::{Call, StoreFault, Target};

/// The limit of the memory provider, which these faults are made for.
pub(super) const ITEMS: usize = 1000;

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
pub(super) fn check<T>(probe: BatchResult<T>) -> BatchResult<()> {
    probe.map(drop)
}

pub(super) fn bad_key(key: &str) -> bool {
    key.is_empty() || key.len() > super::arguments::KEY_BYTES
}

/// Whether the correct store refuses these entries.
pub(super) fn refusal(entries: &[(String, Bytes)]) -> bool {
    let mut seen = HashSet::new();
    entries.iter().any(|(key, value)| {
        bad_key(key) || value.len() > super::arguments::VALUE_BYTES || !seen.insert(key)
    })
}

pub(super) fn refused(error: Error, indices: Vec<u32>) -> BatchError {
    BatchError::Refused { error, indices }
}

pub(super) fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
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

/// `set-many` fails in part, as it may, but names the wrong items.
#[derive(Debug, Clone, Copy)]
enum Named {
    /// The item behind the one that was not carried out.
    Next,
    Twice,
    Descending,
    Beyond,
    Nothing,
}

/// The item that is not carried out.
const FAILED: usize = 1;

#[async_trait]
impl StoreFault for Named {
    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let items = entries.len();
        if items < 4 || refusal(&entries) {
            return to.store.set_many(entries).await;
        }
        let done = entries.into_iter().enumerate();
        let done = done.filter(|(index, _)| *index != FAILED);
        to.store
            .set_many(done.map(|(_, entry)| entry).collect())
            .await?;
        let named = match self {
            Self::Next => vec![FAILED + 1],
            Self::Twice => vec![FAILED, FAILED],
            Self::Descending => vec![FAILED + 1, FAILED],
            Self::Beyond => vec![FAILED, items],
            Self::Nothing => vec![],
        };
        let named = named.into_iter();
        let named = named.map(|index| (place(index), other("the item failed")));
        Err(BatchError::Partial(named.collect()))
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
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
        "kv-batch-partial-next",
        "`partial` names the item behind the one that failed",
        &["KV-BATCH-7"],
        store!(Named::Next),
    ),
    Mutant::new(
        "kv-batch-partial-twice",
        "`partial` names an item twice",
        &["KV-BATCH-6"],
        store!(Named::Twice),
    ),
    Mutant::new(
        "kv-batch-partial-descending",
        "`partial` names the items in descending order",
        &["KV-BATCH-6"],
        store!(Named::Descending),
    ),
    Mutant::new(
        "kv-batch-partial-beyond",
        "`partial` names a place behind the last item",
        &["KV-BATCH-6"],
        store!(Named::Beyond),
    ),
    Mutant::new(
        "kv-batch-partial-nothing",
        "`partial` names no item",
        &["KV-BATCH-6"],
        store!(Named::Nothing),
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
