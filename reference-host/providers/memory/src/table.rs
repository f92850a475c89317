//! The keys of one store, as plain data: slots in the order of their keys, the
//! version counter, and the queue of keys that end. Knows nothing of locks,
//! errors or calls.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::ops::Bound;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cloud_contract::keyvalue::{Entry, Version};
use compact_str::format_compact;

use crate::expiry::{Queue, RECLAIM};

/// One state of one key.
#[derive(Clone)]
pub(crate) struct Slot {
    pub(crate) value: Bytes,
    version: u64,
    pub(crate) end: Option<Instant>,
}

impl Slot {
    pub(crate) fn version(&self) -> Version {
        format_compact!("{:x}", self.version)
    }

    /// Reads the clock only for keys that end.
    fn is_present(&self) -> bool {
        self.end.is_none_or(|end| Instant::now() < end)
    }

    /// The entry as of now; none if it ended between the lookup and this call.
    pub(crate) fn entry(&self) -> Option<Entry> {
        let remaining = match self.end {
            None => None,
            Some(end) => Some(
                end.checked_duration_since(Instant::now())
                    .filter(|rest| *rest > Duration::ZERO)?,
            ),
        };
        Some(Entry {
            value: self.value.clone(),
            version: self.version(),
            remaining,
        })
    }
}

/// The keys of one store.
pub(crate) struct Table {
    slots: BTreeMap<Arc<str>, Slot>,
    ends: Queue,
    version: u64,
}

impl Table {
    /// An empty table. Versions start anywhere, so that one that a guest kept
    /// from an earlier store of the same name does not match by accident.
    pub(crate) fn new() -> Self {
        Self {
            slots: BTreeMap::new(),
            ends: Queue::default(),
            version: RandomState::new().hash_one(0) >> 16,
        }
    }

    /// The slot of a present key.
    pub(crate) fn get(&self, key: &str) -> Option<&Slot> {
        self.slots.get(key).filter(|slot| slot.is_present())
    }

    /// Writes a key, ending at `end`, and returns its new slot's version and
    /// what was there, for the caller to drop outside of its lock.
    pub(crate) fn put(
        &mut self,
        key: &str,
        value: Bytes,
        end: Option<Instant>,
    ) -> (Version, Option<Slot>) {
        self.reclaim();
        self.version += 1;
        let slot = Slot {
            value,
            version: self.version,
            end,
        };
        let version = slot.version();
        let old = match self.slots.get_mut(key) {
            Some(held) => Some(std::mem::replace(held, slot)),
            None => self.slots.insert(Arc::from(key), slot),
        };
        self.forget_end(old.as_ref());
        if let Some(end) = end {
            self.ends.insert(end, self.version, Arc::from(key));
        }
        (version, old)
    }

    /// Removes a key and returns what was there.
    pub(crate) fn remove(&mut self, key: &str) -> Option<Slot> {
        self.reclaim();
        let old = self.slots.remove(key);
        self.forget_end(old.as_ref());
        old
    }

    /// Removes everything; the version counter goes on.
    pub(crate) fn clear(&mut self) {
        self.slots.clear();
        self.ends = Queue::default();
    }

    /// The present keys that start with `prefix`, in order, behind `after`.
    pub(crate) fn keys<'a>(
        &'a self,
        prefix: &'a str,
        after: Option<&'a str>,
    ) -> impl Iterator<Item = &'a str> {
        let start = match after {
            Some(after) if after >= prefix => Bound::Excluded(after),
            _ => Bound::Included(prefix),
        };
        let now = (!self.ends.is_empty()).then(Instant::now);
        self.slots
            .range::<str, _>((start, Bound::Unbounded))
            .take_while(move |(key, _)| key.starts_with(prefix))
            .filter(move |(_, slot)| match (slot.end, now) {
                (Some(end), Some(now)) => now < end,
                _ => true,
            })
            .map(|(key, _)| &**key)
    }

    fn forget_end(&mut self, old: Option<&Slot>) {
        if let Some(old) = old
            && let Some(end) = old.end
        {
            self.ends.remove(end, old.version);
        }
    }

    /// Gives back the space of a few ended keys.
    fn reclaim(&mut self) {
        if self.ends.is_empty() {
            return;
        }
        let now = Instant::now();
        for _ in 0..RECLAIM {
            let Some(key) = self.ends.pop(now) else { break };
            self.slots.remove(&key);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(table: &Table, prefix: &str, after: Option<&str>) -> Vec<String> {
        table.keys(prefix, after).map(str::to_owned).collect()
    }

    #[test]
    fn versions_never_repeat_even_over_deletion() {
        let mut table = Table::new();
        let mut seen = std::collections::HashSet::new();
        for _ in 0..100 {
            assert!(seen.insert(table.put("k", Bytes::from_static(b"v"), None).0));
            table.remove("k");
        }
    }

    #[test]
    fn ended_keys_are_absent_at_once_and_taken_back_in_bounded_steps() {
        let mut table = Table::new();
        let now = Instant::now();
        for number in 0..40 {
            table.put(&format!("k{number}"), Bytes::new(), Some(now));
        }
        // Writes have taken some back already; none is present.
        assert!(keys(&table, "", None).is_empty());
        assert!(table.get("k39").is_none());
        let mut rest = table.slots.len();
        while rest > 0 {
            table.remove("other");
            assert!(rest - table.slots.len() <= RECLAIM);
            assert!(table.slots.len() < rest);
            rest = table.slots.len();
        }
        assert!(table.ends.is_empty());
    }

    #[test]
    fn a_key_written_again_is_not_taken_back() {
        let mut table = Table::new();
        let soon = Instant::now() + Duration::from_millis(5);
        table.put("k", Bytes::new(), Some(soon));
        table.put("k", Bytes::from_static(b"new"), None);
        assert_eq!(table.ends.len(), 0);
        std::thread::sleep(Duration::from_millis(10));
        table.put("other", Bytes::new(), None);
        assert!(table.get("k").is_some());
    }

    #[test]
    fn a_list_starts_behind_its_cursor_and_stays_in_its_prefix() {
        let mut table = Table::new();
        for key in ["a", "b", "b/1", "b/2", "c"] {
            table.put(key, Bytes::new(), None);
        }
        assert_eq!(keys(&table, "b", None), ["b", "b/1", "b/2"]);
        assert_eq!(keys(&table, "b", Some("b/1")), ["b/2"]);
        assert_eq!(keys(&table, "b", Some("b/0")), ["b/1", "b/2"]);
        assert_eq!(keys(&table, "b", Some("a")), ["b", "b/1", "b/2"]);
        assert!(keys(&table, "b", Some("c")).is_empty());
    }
}
