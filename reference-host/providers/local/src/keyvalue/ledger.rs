//! What each call on a store does inside a write transaction.

use cloud_contract::ErrorKind;
use cloud_contract::keyvalue::{Conditional, Entry, Expected, SetOptions, Version, counter};
use redb::{ReadableTable, ReadableTableMetadata};

use super::record::{self, Header, INLINE_BYTES};
use super::tables;
use crate::error::Fault;
use crate::ledger::{Effect, Ledger, Leftover};

impl Ledger<'_> {
    /// Refuses a handle whose scope was closed: what it wrote would never be
    /// removed.
    fn live(&self, store: u64) -> Result<(), Fault> {
        match self.keyvalue.stores.get(store)? {
            Some(_) => Ok(()),
            None => Err(ErrorKind::NotFound.into()),
        }
    }

    pub(crate) fn set(
        &mut self,
        store: u64,
        key: &str,
        value: &[u8],
        options: &SetOptions,
    ) -> Result<Conditional<Option<Version>>, Fault> {
        self.live(store)?;
        let item = record::item(store, key.as_bytes());
        let now = self.clock.now();
        let old = tables::header(&self.keyvalue.items, &item)?;
        if !meets(old, &options.expected, now) {
            return Ok(Conditional::Stale(self.present(&item, now)?));
        }
        let deadline = options.ttl.map(|ttl| {
            let ttl = u64::try_from(ttl.as_nanos()).unwrap_or(u64::MAX);
            now.saturating_add(ttl)
        });
        let version = self.write(&item, value, deadline, old)?;
        Ok(Conditional::Done(Some(record::version(version))))
    }

    pub(crate) fn delete(
        &mut self,
        store: u64,
        key: &str,
        expected: &Expected,
    ) -> Result<Conditional<()>, Fault> {
        self.live(store)?;
        let item = record::item(store, key.as_bytes());
        let now = self.clock.now();
        let old = tables::header(&self.keyvalue.items, &item)?;
        if !meets(old, expected, now) {
            return Ok(Conditional::Stale(self.present(&item, now)?));
        }
        if let Some(old) = old {
            self.erase(&item, old)?;
            self.touch(Effect::Durable);
        }
        Ok(Conditional::Done(()))
    }

    pub(crate) fn increment(&mut self, store: u64, key: &str, delta: i64) -> Result<i64, Fault> {
        self.live(store)?;
        let item = record::item(store, key.as_bytes());
        let now = self.clock.now();
        let stored = tables::item(&self.keyvalue.items, &self.keyvalue.values, &item)?;
        let old = stored.as_ref().map(|stored| stored.header);
        let present = stored.filter(|stored| stored.header.present_at(now));
        let sum = counter::add(present.as_ref().map(|present| &present.value[..]), delta)?;
        let deadline = present.and_then(|present| present.header.deadline);
        self.write(&item, sum.to_string().as_bytes(), deadline, old)?;
        Ok(sum)
    }

    /// The entry that a refused condition answers with.
    fn present(&self, item: &[u8], now: u64) -> Result<Option<Entry>, Fault> {
        Ok(
            tables::item(&self.keyvalue.items, &self.keyvalue.values, item)?
                .filter(|item| item.header.present_at(now))
                .map(|item| item.entry(now)),
        )
    }

    /// Puts a value in the place of `old` and returns its version.
    fn write(
        &mut self,
        item: &[u8],
        value: &[u8],
        deadline: Option<u64>,
        old: Option<Header>,
    ) -> Result<u64, Fault> {
        let header = Header {
            version: self.number()?,
            deadline,
            apart: value.len() > INLINE_BYTES,
        };
        let old_deadline = old.and_then(|old| old.deadline);
        if old_deadline != deadline {
            if let Some(old_deadline) = old_deadline {
                self.keyvalue
                    .expiries
                    .remove(record::expiry(old_deadline, item).as_slice())?;
            }
            if let Some(deadline) = deadline {
                self.keyvalue
                    .expiries
                    .insert(record::expiry(deadline, item).as_slice(), ())?;
            }
        }
        if header.apart {
            self.keyvalue.values.insert(item, value)?;
        } else if old.is_some_and(|old| old.apart) {
            self.keyvalue.values.remove(item)?;
        }
        self.keyvalue
            .items
            .insert(item, header.encode(value).as_slice())?;
        self.touch(Effect::Durable);
        Ok(header.version)
    }

    /// Removes an item with everything that belongs to it.
    fn erase(&mut self, item: &[u8], header: Header) -> Result<(), Fault> {
        if let Some(deadline) = header.deadline {
            self.keyvalue
                .expiries
                .remove(record::expiry(deadline, item).as_slice())?;
        }
        if header.apart {
            self.keyvalue.values.remove(item)?;
        }
        self.keyvalue.items.remove(item)?;
        Ok(())
    }

    /// The header of an item, none also if it does not decode.
    fn header(&self, item: &[u8]) -> Result<Option<Header>, Fault> {
        match tables::header(&self.keyvalue.items, item) {
            Err(Fault::Refused(_)) => Ok(None),
            other => other,
        }
    }

    /// Removes records of keys that have ended, at most `left`, and returns how many of
    /// these it left.
    pub(crate) fn reclaim_ended(&mut self, mut left: usize) -> Result<usize, Fault> {
        // The end of the range is the first key of the next nanosecond.
        let end = self.clock.now().saturating_add(1).to_be_bytes();
        let mut ended = Vec::new();
        for expiry in self
            .keyvalue
            .expiries
            .range::<&[u8]>(..end.as_slice())?
            .take(left)
        {
            ended.push(expiry?.0.value().to_vec());
        }
        for expiry in ended {
            let owner = match record::split_expiry(&expiry) {
                Some((deadline, item)) => self
                    .header(item)?
                    .filter(|header| header.deadline == Some(deadline))
                    .map(|header| (item, header)),
                None => None,
            };
            match owner {
                Some((item, header)) => self.erase(item, header)?,
                // Damage, and not this transaction's business: drop the row, so
                // that it is not looked at for ever.
                None => {
                    self.keyvalue.expiries.remove(expiry.as_slice())?;
                }
            }
            self.touch(Effect::Volatile);
            left -= 1;
        }
        Ok(left)
    }

    /// Removes records of stores that were closed, in the same way.
    pub(crate) fn reclaim_stores(&mut self, mut left: usize) -> Result<usize, Fault> {
        while left > 0 {
            let Some(store) = self.keyvalue.trash.first()?.map(|(store, _)| store.value()) else {
                break;
            };
            let first = record::item(store, b"");
            let mut removed = Vec::new();
            for record in self
                .keyvalue
                .items
                .range::<&[u8]>(first.as_slice()..)?
                .take(left)
            {
                let (item, record) = record?;
                if !item.value().starts_with(&first) {
                    break;
                }
                // What does not decode is removed as well; its header would
                // only tell what else to look for, so look for everything.
                let header = Header::decode(record.value()).map(|(header, _)| header);
                removed.push((item.value().to_vec(), header));
            }
            if removed.len() < left {
                self.keyvalue.trash.remove(store)?;
            }
            // A store without items counts as one, so that many empty stores
            // are not reclaimed in one step.
            left = left.saturating_sub(removed.len().max(1));
            for (item, header) in removed {
                self.erase(
                    &item,
                    header.unwrap_or(Header {
                        version: 0,
                        deadline: None,
                        apart: true,
                    }),
                )?;
            }
            self.touch(Effect::Volatile);
        }
        Ok(left)
    }

    /// What is left to reclaim of stores, now and later.
    pub(crate) fn leftover_of_stores(&self) -> Result<Leftover, Fault> {
        let next_deadline = match self.keyvalue.expiries.first()? {
            None => None,
            Some((expiry, _)) => record::split_expiry(expiry.value()).map(|(deadline, _)| deadline),
        };
        let ended = next_deadline.is_some_and(|deadline| deadline <= self.clock.now());
        Ok(Leftover {
            more: ended || !self.keyvalue.trash.is_empty()?,
            next_deadline,
        })
    }
}

/// Whether an item is in the expected state.
fn meets(header: Option<Header>, expected: &Expected, now: u64) -> bool {
    let present = header.filter(|header| header.present_at(now));
    match (expected, present) {
        (Expected::Any, _) | (Expected::Absent, None) => true,
        (Expected::Absent, Some(_)) | (Expected::Version(_), None) => false,
        (Expected::Version(version), Some(header)) => header.version() == *version,
    }
}
