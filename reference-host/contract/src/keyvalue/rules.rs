//! The checks that come before a driver is asked: features, keys, values, pages,
//! batches and lifetimes.

use std::time::Duration;

use super::store::BatchError;
use crate::{Descriptor, Error, ErrorKind, FeatureId, Result, feature, limit};

/// A portable floor is also the limit where a descriptor states none.
const FLOOR_KEY_BYTES: u64 = 512;
const FLOOR_VALUE_BYTES: u64 = 24 * 1024;
const FLOOR_BATCH_ITEMS: u64 = 25;
/// The page size when the guest leaves it open.
const DEFAULT_PAGE: u64 = 1_000;

/// The declarations of one binding, resolved once at `open`.
#[derive(Debug)]
pub(super) struct Rules {
    cas: bool,
    counters: bool,
    batch: bool,
    expiry: bool,
    key_bytes: u64,
    value_bytes: u64,
    page_keys: u64,
    batch_items: u64,
    ttl: std::ops::RangeInclusive<u64>,
}

impl Rules {
    pub(super) fn new(descriptor: &Descriptor) -> Self {
        let limit = |id, floor| descriptor.limit(id).unwrap_or(floor);
        Self {
            cas: descriptor.declares(feature::KV_CAS),
            counters: descriptor.declares(feature::KV_COUNTERS),
            batch: descriptor.declares(feature::KV_BATCH),
            expiry: descriptor.declares(feature::KV_EXPIRY),
            key_bytes: limit(limit::KV_KEY_MAX_BYTES, FLOOR_KEY_BYTES),
            value_bytes: limit(limit::KV_VALUE_MAX_BYTES, FLOOR_VALUE_BYTES),
            page_keys: limit(limit::KV_PAGE_MAX_KEYS, DEFAULT_PAGE).max(1),
            batch_items: limit(limit::KV_BATCH_MAX_ITEMS, FLOOR_BATCH_ITEMS),
            ttl: limit(limit::KV_TTL_MIN_NS, 1)..=limit(limit::KV_TTL_MAX_NS, u64::MAX),
        }
    }

    pub(super) fn cas(&self) -> Result<()> {
        declared(self.cas, feature::KV_CAS)
    }

    pub(super) fn counters(&self) -> Result<()> {
        declared(self.counters, feature::KV_COUNTERS)
    }

    pub(super) fn expiry(&self) -> Result<()> {
        declared(self.expiry, feature::KV_EXPIRY)
    }

    pub(super) fn key(&self, key: &str) -> Result<(), Broken> {
        if key.is_empty() {
            Err(Rule::KeyHasBytes.broken(Error::invalid("key: must not be empty")))
        } else {
            within(key.len(), self.key_bytes).map_err(|error| Rule::KeyLength.broken(error))
        }
    }

    pub(super) fn prefix(&self, prefix: &str) -> Result<()> {
        within(prefix.len(), self.key_bytes)
    }

    pub(super) fn value(&self, value: &[u8]) -> Result<(), Broken> {
        within(value.len(), self.value_bytes).map_err(|error| Rule::ValueLength.broken(error))
    }

    /// The number of keys to ask the driver for.
    pub(super) fn page(&self, asked: Option<u32>) -> Result<usize> {
        let keys = match asked {
            Some(0) => return Err(Error::invalid("page-size: must be greater than zero")),
            Some(keys) => u64::from(keys),
            None => DEFAULT_PAGE,
        };
        Ok(usize::try_from(keys.min(self.page_keys)).unwrap_or(usize::MAX))
    }

    pub(super) fn ttl(&self, ttl: Duration) -> Result<()> {
        let nanoseconds = u64::try_from(ttl.as_nanos()).unwrap_or(u64::MAX);
        if nanoseconds == 0 {
            Err(Error::invalid("ttl: must be greater than zero"))
        } else if self.ttl.contains(&nanoseconds) {
            Ok(())
        } else {
            Err(ErrorKind::OutOfRange.into())
        }
    }

    /// What holds for a batch as a whole.
    pub(super) fn batch(&self, items: usize) -> Result<(), BatchError> {
        declared(self.batch, feature::KV_BATCH)?;
        Ok(within(items, self.batch_items)?)
    }
}

fn declared(declared: bool, feature: FeatureId) -> Result<()> {
    if declared {
        Ok(())
    } else {
        Err(Error::unsupported(feature))
    }
}

fn within(size: usize, limit: u64) -> Result<()> {
    if size as u64 > limit {
        Err(Error::too_large(limit))
    } else {
        Ok(())
    }
}

/// A rule on one item. The error does not tell which one was broken: where keys
/// and values may be equally long, both are refused with the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Rule {
    KeyHasBytes,
    KeyLength,
    ValueLength,
    KeyStandsOnce,
}

impl Rule {
    fn broken(self, error: Error) -> Broken {
        Broken { rule: self, error }
    }
}

/// The first rule that an item breaks, and the error for it.
#[derive(Debug)]
pub(super) struct Broken {
    rule: Rule,
    error: Error,
}

impl From<Broken> for Error {
    fn from(broken: Broken) -> Self {
        broken.error
    }
}

/// Checks every item in order; the first that breaks a rule decides, and all
/// places that break the same rule first are named.
pub(super) fn each<'a, T>(
    items: &'a [T],
    mut check: impl FnMut(&'a T) -> Result<(), Broken>,
) -> Result<(), BatchError> {
    let mut refusal: Option<(Broken, Vec<u32>)> = None;
    for (index, item) in (0_u32..).zip(items) {
        if let Err(found) = check(item) {
            match &mut refusal {
                None => refusal = Some((found, vec![index])),
                Some((first, indices)) if first.rule == found.rule => indices.push(index),
                Some(_) => {}
            }
        }
    }
    match refusal {
        None => Ok(()),
        Some((Broken { error, .. }, indices)) => Err(BatchError::Refused { error, indices }),
    }
}

/// Whether an item's key is new to its batch.
pub(super) fn once(is_new: bool) -> Result<(), Broken> {
    if is_new {
        Ok(())
    } else {
        Err(Rule::KeyStandsOnce.broken(Error::invalid(
            "entries: a key stands in the batch more than once",
        )))
    }
}
