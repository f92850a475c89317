//! The keys of one store, as plain data: slots in the order of their keys, the
//! version counter, the queue of keys that end, and the space that all of them
//! take. Knows nothing of locks, errors or calls.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::ops::Bound;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cloud_contract::keyvalue::{Entry, Version};
use compact_str::format_compact;

use super::expiry::{Queue, RECLAIM};

/// What a slot takes beside its key and value: itself, its share of the tree, and
/// the heads of what it points to. An estimate on the high side.
const SLOT_BYTES: usize = 160;

/// There is no room for the write.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

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

    /// The space that it takes under `key`. A key that ends stands in the queue too.
    fn space(&self, key: &str) -> usize {
        let key_bytes = key.len() + SLOT_BYTES;
        let copies = if self.end.is_some() { 2 } else { 1 };
        self.value.len() + copies * key_bytes
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
    /// The space of all slots.
    used: usize,
    room: usize,
}

impl Table {
    /// An empty table that takes at most `room` bytes. Versions start anywhere, so
    /// that one that a guest kept from an earlier store of the same name does not
    /// match by accident.
    pub(crate) fn new(room: usize) -> Self {
        Self {
            slots: BTreeMap::new(),
            ends: Queue::default(),
            version: RandomState::new().hash_one(0) >> 16,
            used: 0,
            room,
        }
    }

    /// The slot of a present key.
    pub(crate) fn get(&self, key: &str) -> Option<&Slot> {
        self.slots.get(key).filter(|slot| slot.is_present())
    }

    /// Writes a key, ending at `end`, and returns its new slot's version and
    /// what was there, for the caller to drop outside of its lock. Where there is
    /// no room, all stays as it was.
    pub(crate) fn put(
        &mut self,
        key: &str,
        value: Bytes,
        end: Option<Instant>,
    ) -> Result<(Version, Option<Slot>), Full> {
        self.reclaim(RECLAIM);
        let slot = Slot {
            value,
            version: self.version + 1,
            end,
        };
        let space = slot.space(key);
        if !self.has_room(key, space) {
            // Refuses nothing for the sake of keys that are no longer there.
            self.reclaim(usize::MAX);
            if !self.has_room(key, space) {
                return Err(Full);
            }
        }
        self.version += 1;
        self.used += space;
        let version = slot.version();
        let old = match self.slots.get_mut(key) {
            Some(held) => Some(std::mem::replace(held, slot)),
            None => self.slots.insert(Arc::from(key), slot),
        };
        self.forget(key, old.as_ref());
        if let Some(end) = end {
            self.ends.insert(end, self.version, Arc::from(key));
        }
        Ok((version, old))
    }

    /// Removes a key and returns what was there.
    pub(crate) fn remove(&mut self, key: &str) -> Option<Slot> {
        self.reclaim(RECLAIM);
        let old = self.slots.remove(key);
        self.forget(key, old.as_ref());
        old
    }

    /// Removes everything; the version counter goes on.
    pub(crate) fn clear(&mut self) {
        self.slots.clear();
        self.ends = Queue::default();
        self.used = 0;
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

    /// Whether `key` may take so much. What it takes already is looked up only
    /// where that decides.
    fn has_room(&self, key: &str, space: usize) -> bool {
        let Some(most) = self.room.checked_sub(space) else {
            return false;
        };
        let others = || self.used - self.slots.get(key).map_or(0, |held| held.space(key));
        self.used <= most || others() <= most
    }

    /// Takes a slot that is gone out of the reckoning.
    fn forget(&mut self, key: &str, old: Option<&Slot>) {
        if let Some(old) = old {
            self.used -= old.space(key);
            if let Some(end) = old.end {
                self.ends.remove(end, old.version);
            }
        }
    }

    /// Gives back the space of at most so many ended keys.
    fn reclaim(&mut self, most: usize) {
        if self.ends.is_empty() {
            return;
        }
        let now = Instant::now();
        for _ in 0..most {
            let Some(key) = self.ends.pop(now) else { break };
            if let Some(old) = self.slots.remove(&key) {
                self.used -= old.space(&key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(table: &Table, prefix: &str, after: Option<&str>) -> Vec<String> {
        table.keys(prefix, after).map(str::to_owned).collect()
    }

    fn write(table: &mut Table, key: &str, value: &str, end: Option<Instant>) {
        let value = Bytes::copy_from_slice(value.as_bytes());
        table.put(key, value, end).unwrap();
    }

    /// What the slots take, counted anew.
    fn counted(table: &Table) -> usize {
        let spaces = table.slots.iter().map(|(key, slot)| slot.space(key));
        spaces.sum()
    }

    #[test]
    fn versions_never_repeat_even_over_deletion() {
        let mut table = Table::new(usize::MAX);
        let mut seen = std::collections::HashSet::new();
        for _ in 0..100 {
            assert!(seen.insert(table.put("k", Bytes::from_static(b"v"), None).unwrap().0));
            table.remove("k");
        }
    }

    #[test]
    fn ended_keys_are_absent_at_once_and_taken_back_in_bounded_steps() {
        let mut table = Table::new(usize::MAX);
        let now = Instant::now();
        for number in 0..40 {
            write(&mut table, &format!("k{number}"), "", Some(now));
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
        let mut table = Table::new(usize::MAX);
        let soon = Instant::now() + Duration::from_millis(5);
        write(&mut table, "k", "", Some(soon));
        write(&mut table, "k", "new", None);
        assert_eq!(table.ends.len(), 0);
        std::thread::sleep(Duration::from_millis(10));
        write(&mut table, "other", "", None);
        assert!(table.get("k").is_some());
    }

    #[test]
    fn a_list_starts_behind_its_cursor_and_stays_in_its_prefix() {
        let mut table = Table::new(usize::MAX);
        for key in ["a", "b", "b/1", "b/2", "c"] {
            write(&mut table, key, "", None);
        }
        assert_eq!(keys(&table, "b", None), ["b", "b/1", "b/2"]);
        assert_eq!(keys(&table, "b", Some("b/1")), ["b/2"]);
        assert_eq!(keys(&table, "b", Some("b/0")), ["b/1", "b/2"]);
        assert_eq!(keys(&table, "b", Some("a")), ["b", "b/1", "b/2"]);
        assert!(keys(&table, "b", Some("c")).is_empty());
    }
    #[test]
    fn the_space_in_use_is_that_of_the_slots() {
        let mut table = Table::new(usize::MAX);
        let now = Instant::now();
        let ends = [None, Some(now), Some(now + Duration::from_secs(60))];
        for number in 0..200_usize {
            let key = format!("key {}", number * 7 % 13);
            write(&mut table, &key, &"v".repeat(number), ends[number % 3]);
            assert_eq!(table.used, counted(&table));
            if number % 5 == 0 {
                table.remove(&format!("key {}", number % 13));
                assert_eq!(table.used, counted(&table));
            }
        }
        table.clear();
        assert_eq!(table.used, 0);
    }

    #[test]
    fn a_full_table_refuses_growth_and_nothing_else() {
        let value = |size: usize| Bytes::from(vec![0; size]);
        let room = 2 * (SLOT_BYTES + 1 + 1_000);
        let mut table = Table::new(room);
        assert_eq!(table.put("a", value(room), None).err(), Some(Full));
        for key in ["a", "b"] {
            table.put(key, value(1_000), None).unwrap();
        }
        assert_eq!(table.used, room);
        assert_eq!(table.put("c", value(0), None).err(), Some(Full));
        assert_eq!(table.put("a", value(1_001), None).err(), Some(Full));
        // An end takes space as well.
        let end = Some(Instant::now());
        assert_eq!(table.put("a", value(1_000), end).err(), Some(Full));
        assert_eq!(table.get("a").unwrap().value.len(), 1_000);
        assert_eq!((table.used, table.slots.len()), (room, 2));
        table.put("a", value(1_000), None).unwrap();
        table.put("a", value(10), None).unwrap();
        table.put("b", value(1_990), None).unwrap();
        table.remove("a");
        table.put("c", value(10), None).unwrap();
        assert_eq!(table.used, room);
    }

    #[test]
    fn keys_that_ended_are_in_nobodys_way() {
        let mut table = Table::new(100 * 2 * (SLOT_BYTES + 2));
        let end = Some(Instant::now() + Duration::from_millis(500));
        for number in 0..100 {
            write(&mut table, &format!("{number:02}"), "", end);
        }
        assert_eq!(table.used, table.room);
        std::thread::sleep(Duration::from_millis(510));
        let most = table.room - SLOT_BYTES - 3;
        table.put("big", Bytes::from(vec![0; most]), None).unwrap();
        assert_eq!((table.used, table.slots.len()), (table.room, 1));
    }
}
