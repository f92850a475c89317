//! What each call does inside a write transaction.
//!
//! Every method checks first and changes after, so a refused call leaves the
//! transaction as it was and the calls that share it go on. Knows nothing of
//! queues, threads and commits.

use cloud_contract::ErrorKind;
use cloud_contract::keyvalue::{Conditional, Entry, Expected, SetOptions, Version, counter};
use redb::{ReadableTable, ReadableTableMetadata, Table, WriteTransaction};

use crate::clock::Clock;
use crate::error::Fault;
use crate::record::{self, Header, INLINE_BYTES, Names};
use crate::tables::{self, EXPIRIES, ITEMS, META, META_SEQUENCE, SCOPES, STORES, TRASH};
use crate::tables::{FORMAT, META_FORMAT, VALUES};

/// The tables of one write transaction.
pub(crate) struct Ledger<'txn> {
    meta: Table<'txn, &'static str, u64>,
    scopes: Table<'txn, &'static str, &'static [u8]>,
    stores: Table<'txn, u64, ()>,
    trash: Table<'txn, u64, ()>,
    items: Table<'txn, &'static [u8], &'static [u8]>,
    values: Table<'txn, &'static [u8], &'static [u8]>,
    expiries: Table<'txn, &'static [u8], ()>,
    clock: &'txn Clock,
    sequence: u64,
    effect: Effect,
}

/// What a transaction has to do to the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Effect {
    /// Nothing changed.
    None,
    /// Changes that may be lost in a crash, because no write rests on them: a
    /// scope that was opened and not written is as good as one never opened.
    Volatile,
    /// Changes that must be on the disk before anybody hears of them.
    Durable,
}

/// What is left to do when a transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leftover {
    /// Records to remove, known by now.
    pub(crate) more: bool,
    /// When the next key ends, in nanoseconds since 1970.
    pub(crate) next_deadline: Option<u64>,
}

impl<'txn> Ledger<'txn> {
    /// Opens the tables, creating those that are missing. Numbers go on behind
    /// both `sequence` and what the database holds: a number that was given to
    /// somebody and then lost with a failed commit is not given again.
    pub(crate) fn open(
        transaction: &'txn WriteTransaction,
        clock: &'txn Clock,
        sequence: u64,
    ) -> Result<Self, Fault> {
        let meta = transaction.open_table(META)?;
        let stored = meta.get(META_SEQUENCE)?.map_or(0, |number| number.value());
        Ok(Self {
            meta,
            scopes: transaction.open_table(SCOPES)?,
            stores: transaction.open_table(STORES)?,
            trash: transaction.open_table(TRASH)?,
            items: transaction.open_table(ITEMS)?,
            values: transaction.open_table(VALUES)?,
            expiries: transaction.open_table(EXPIRIES)?,
            clock,
            sequence: sequence.max(stored),
            effect: Effect::None,
        })
    }

    /// Marks a new database as one of this layout.
    pub(crate) fn initialise(&mut self) -> Result<(), Fault> {
        self.meta.insert(META_FORMAT, FORMAT)?;
        self.effect = Effect::Durable;
        Ok(())
    }

    /// Writes down what the calls share. Returns what the transaction has to do,
    /// and the last number that was given.
    pub(crate) fn finish(mut self) -> Result<(Effect, u64), Fault> {
        if self.effect > Effect::None {
            self.meta.insert(META_SEQUENCE, self.sequence)?;
        }
        Ok((self.effect, self.sequence))
    }

    fn touch(&mut self, effect: Effect) {
        self.effect = self.effect.max(effect);
    }

    /// A number that this data folder never gave before.
    fn number(&mut self) -> Result<u64, Fault> {
        self.sequence = self
            .sequence
            .checked_add(1)
            .ok_or_else(|| Fault::damaged("the sequence is at its end"))?;
        Ok(self.sequence)
    }

    /// The stores of a scope, made if the scope is not open.
    pub(crate) fn open_scope(&mut self, id: &str, names: &[String]) -> Result<Names, Fault> {
        if let Some(stores) = self.scope(id)? {
            return Ok(stores);
        }
        let mut stores = Names::new();
        for name in names {
            if !stores.contains_key(name) {
                let number = self.number()?;
                stores.insert(name.clone(), number);
            }
        }
        for &number in stores.values() {
            self.stores.insert(number, ())?;
        }
        self.scopes
            .insert(id, record::encode_names(&stores).as_slice())?;
        self.touch(Effect::Volatile);
        Ok(stores)
    }

    fn scope(&self, id: &str) -> Result<Option<Names>, Fault> {
        match self.scopes.get(id)? {
            None => Ok(None),
            Some(record) => record::decode_names(record.value())
                .map(Some)
                .ok_or_else(|| Fault::damaged("a scope's record does not decode")),
        }
    }

    /// Ends a scope. Its stores are gone with this transaction; their records
    /// are removed by [`Self::reclaim`], in steps.
    pub(crate) fn close_scope(&mut self, id: &str) -> Result<(), Fault> {
        let Some(stores) = self.scope(id)? else {
            return Ok(());
        };
        self.scopes.remove(id)?;
        for number in stores.into_values() {
            self.stores.remove(number)?;
            self.trash.insert(number, ())?;
        }
        self.touch(Effect::Durable);
        Ok(())
    }

    /// Refuses a handle whose scope was closed: what it wrote would never be
    /// removed.
    fn live(&self, store: u64) -> Result<(), Fault> {
        match self.stores.get(store)? {
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
        let old = tables::header(&self.items, &item)?;
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
        let old = tables::header(&self.items, &item)?;
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
        let stored = tables::item(&self.items, &self.values, &item)?;
        let old = stored.as_ref().map(|stored| stored.header);
        let present = stored.filter(|stored| stored.header.present_at(now));
        let sum = counter::add(present.as_ref().map(|present| &present.value[..]), delta)?;
        let deadline = present.and_then(|present| present.header.deadline);
        self.write(&item, sum.to_string().as_bytes(), deadline, old)?;
        Ok(sum)
    }

    /// The entry that a refused condition answers with.
    fn present(&self, item: &[u8], now: u64) -> Result<Option<Entry>, Fault> {
        Ok(tables::item(&self.items, &self.values, item)?
            .filter(|item| item.header.present_at(now))
            .map(|item| item.entry(now)))
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
                self.expiries
                    .remove(record::expiry(old_deadline, item).as_slice())?;
            }
            if let Some(deadline) = deadline {
                self.expiries
                    .insert(record::expiry(deadline, item).as_slice(), ())?;
            }
        }
        if header.apart {
            self.values.insert(item, value)?;
        } else if old.is_some_and(|old| old.apart) {
            self.values.remove(item)?;
        }
        self.items.insert(item, header.encode(value).as_slice())?;
        self.touch(Effect::Durable);
        Ok(header.version)
    }

    /// Removes an item with everything that belongs to it.
    fn erase(&mut self, item: &[u8], header: Header) -> Result<(), Fault> {
        if let Some(deadline) = header.deadline {
            self.expiries
                .remove(record::expiry(deadline, item).as_slice())?;
        }
        if header.apart {
            self.values.remove(item)?;
        }
        self.items.remove(item)?;
        Ok(())
    }

    /// Removes at most `limit` records of keys that have ended and of stores
    /// that were closed. Nobody can see them, so their removal need not be
    /// durable by itself.
    pub(crate) fn reclaim(&mut self, limit: usize) -> Result<(), Fault> {
        let left = self.reclaim_ended(limit)?;
        self.reclaim_closed(left)
    }

    /// The header of an item, none also if it does not decode.
    fn header(&self, item: &[u8]) -> Result<Option<Header>, Fault> {
        match tables::header(&self.items, item) {
            Err(Fault::Refused(_)) => Ok(None),
            other => other,
        }
    }

    fn reclaim_ended(&mut self, mut left: usize) -> Result<usize, Fault> {
        // The end of the range is the first key of the next nanosecond.
        let end = self.clock.now().saturating_add(1).to_be_bytes();
        let mut ended = Vec::new();
        for expiry in self.expiries.range::<&[u8]>(..end.as_slice())?.take(left) {
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
                    self.expiries.remove(expiry.as_slice())?;
                }
            }
            self.touch(Effect::Volatile);
            left -= 1;
        }
        Ok(left)
    }

    fn reclaim_closed(&mut self, mut left: usize) -> Result<(), Fault> {
        while left > 0 {
            let Some(store) = self.trash.first()?.map(|(store, _)| store.value()) else {
                break;
            };
            let first = record::item(store, b"");
            let mut removed = Vec::new();
            for record in self.items.range::<&[u8]>(first.as_slice()..)?.take(left) {
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
                self.trash.remove(store)?;
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
        Ok(())
    }

    /// What [`Self::reclaim`] would find to do, now and later.
    pub(crate) fn leftover(&self) -> Result<Leftover, Fault> {
        let next_deadline = match self.expiries.first()? {
            None => None,
            Some((expiry, _)) => record::split_expiry(expiry.value()).map(|(deadline, _)| deadline),
        };
        let ended = next_deadline.is_some_and(|deadline| deadline <= self.clock.now());
        Ok(Leftover {
            more: ended || !self.trash.is_empty()?,
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
