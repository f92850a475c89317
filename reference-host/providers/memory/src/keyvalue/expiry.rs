//! Which keys end, in the order in which they end, so that the space of ended
//! keys is given back without a background task. Whether a key is present is
//! decided elsewhere, by comparing the clock at each read.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

/// The most keys that one write takes back.
pub(crate) const RECLAIM: usize = 16;

/// The keys that end. A version is unique in a store, so it tells apart keys
/// that end at the same time.
#[derive(Default)]
pub(crate) struct Queue {
    ends: BTreeMap<(Instant, u64), Arc<str>>,
}

impl Queue {
    pub(crate) fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    pub(crate) fn insert(&mut self, end: Instant, version: u64, key: Arc<str>) {
        self.ends.insert((end, version), key);
    }

    pub(crate) fn remove(&mut self, end: Instant, version: u64) {
        self.ends.remove(&(end, version));
    }

    /// Takes the next key that has ended at `now`.
    pub(crate) fn pop(&mut self, now: Instant) -> Option<Arc<str>> {
        let next = self.ends.first_entry()?;
        if now < next.key().0 {
            return None;
        }
        Some(next.remove())
    }

    #[cfg(test)]
    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }
}
