//! What the calls of one write transaction share: numbers, scopes, and what is to happen
//! when it is committed. What each call does is in the folder of its capability.
//!
//! Every method checks first and changes after, so a refused call leaves the
//! transaction as it was and the calls that share it go on. Knows nothing of
//! queues, threads and commits.

use redb::{ReadableTable, Table, WriteTransaction};

use crate::blobstore::files::{Files, NewFile};
use crate::clock::Clock;
use crate::error::Fault;
use crate::keyvalue::{Names, record};
use crate::tables::{FORMAT, META, META_FORMAT, META_SEQUENCE, SCOPES};
use crate::{blobstore, keyvalue};

pub(crate) const SCOPE_DAMAGED: &str = "a scope's record does not decode";

/// The tables of one write transaction.
pub(crate) struct Ledger<'txn> {
    meta: Table<'txn, &'static str, u64>,
    scopes: Table<'txn, &'static str, &'static [u8]>,
    pub(crate) keyvalue: keyvalue::tables::Tables<'txn>,
    pub(crate) blobstore: blobstore::tables::Tables<'txn>,
    pub(crate) clock: &'txn Clock,
    /// What becomes of files when the transaction ends.
    pub(crate) files: FileChanges,
    sequence: u64,
    effect: Effect,
}

/// What an open scope holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Opened {
    /// The numbers of its stores.
    pub(crate) stores: Names,
    /// The number under which its containers are.
    pub(crate) containers: u64,
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

/// Files that a transaction named for the first time, and those that it no longer names.
#[derive(Debug, Default)]
pub(crate) struct FileChanges {
    pub(crate) new: Vec<NewFile>,
    pub(crate) gone: Vec<u128>,
}

impl FileChanges {
    /// The transaction is on the disk.
    pub(crate) fn committed(self, files: &Files) {
        for file in self.new {
            file.keep();
        }
        for file in self.gone {
            files.remove(file);
        }
    }

    /// Whether it is nobody knows: every file stays until the database is open again.
    pub(crate) fn unknown(self) {
        for file in self.new {
            file.keep();
        }
    }
}

/// What is left to do when a transaction ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Leftover {
    /// Records to remove, known by now.
    pub(crate) more: bool,
    /// When the next key or upload ends, in nanoseconds since 1970.
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
            keyvalue: keyvalue::tables::Tables::open(transaction)?,
            blobstore: blobstore::tables::Tables::open(transaction)?,
            clock,
            files: FileChanges::default(),
            sequence: sequence.max(stored),
            effect: Effect::None,
        })
    }

    /// Marks a new database as one of this layout, and brings one of the layout before
    /// up to date.
    pub(crate) fn initialise(&mut self) -> Result<(), Fault> {
        let mut without = Vec::new();
        for scope in self.scopes.iter()? {
            let (id, record) = scope?;
            let names = record::decode_names(record.value());
            let names = names.ok_or_else(|| Fault::damaged(SCOPE_DAMAGED))?;
            without.push((id.value().to_owned(), names));
        }
        for (id, names) in without {
            self.open_containers(&id, names.keys())?;
        }
        self.meta.insert(META_FORMAT, FORMAT)?;
        self.effect = Effect::Durable;
        Ok(())
    }

    /// Writes down what the calls share. Returns what the transaction has to do,
    /// what becomes of files, and the last number that was given.
    pub(crate) fn finish(mut self) -> Result<(Effect, FileChanges, u64), Fault> {
        if self.effect > Effect::None {
            self.meta.insert(META_SEQUENCE, self.sequence)?;
        }
        Ok((self.effect, self.files, self.sequence))
    }

    pub(crate) fn touch(&mut self, effect: Effect) {
        self.effect = self.effect.max(effect);
    }

    /// A number that this data folder never gave before.
    pub(crate) fn number(&mut self) -> Result<u64, Fault> {
        self.sequence = self
            .sequence
            .checked_add(1)
            .ok_or_else(|| Fault::damaged("the sequence is at its end"))?;
        Ok(self.sequence)
    }

    /// What a scope holds, made if the scope is not open.
    pub(crate) fn open_scope(&mut self, id: &str, names: &[String]) -> Result<Opened, Fault> {
        if let Some(stores) = self.scope(id)? {
            let containers = self
                .containers_of(id)?
                .ok_or_else(|| Fault::damaged(SCOPE_DAMAGED))?;
            return Ok(Opened { stores, containers });
        }
        let mut stores = Names::new();
        for name in names {
            if !stores.contains_key(name) {
                let number = self.number()?;
                stores.insert(name.clone(), number);
            }
        }
        for &number in stores.values() {
            self.keyvalue.stores.insert(number, ())?;
        }
        self.scopes
            .insert(id, record::encode_names(&stores).as_slice())?;
        let containers = self.open_containers(id, stores.keys())?;
        self.touch(Effect::Volatile);
        Ok(Opened { stores, containers })
    }

    fn scope(&self, id: &str) -> Result<Option<Names>, Fault> {
        match self.scopes.get(id)? {
            None => Ok(None),
            Some(record) => record::decode_names(record.value())
                .map(Some)
                .ok_or_else(|| Fault::damaged(SCOPE_DAMAGED)),
        }
    }

    /// Ends a scope. What it holds is gone with this transaction; the records
    /// are removed by [`Self::reclaim`], in steps.
    pub(crate) fn close_scope(&mut self, id: &str) -> Result<(), Fault> {
        let Some(stores) = self.scope(id)? else {
            return Ok(());
        };
        self.close_containers(id)?;
        self.scopes.remove(id)?;
        for number in stores.into_values() {
            self.keyvalue.stores.remove(number)?;
            self.keyvalue.trash.insert(number, ())?;
        }
        self.touch(Effect::Durable);
        Ok(())
    }

    /// Removes about `limit` records of what has ended or was closed. Nobody can see
    /// them, so their removal need not be durable by itself.
    pub(crate) fn reclaim(&mut self, limit: usize) -> Result<(), Fault> {
        let left = self.reclaim_ended(limit)?;
        let left = self.reclaim_stores(left)?;
        let left = self.reclaim_uploads(left)?;
        self.reclaim_containers(left)
    }

    /// What [`Self::reclaim`] would find to do, now and later.
    pub(crate) fn leftover(&self) -> Result<Leftover, Fault> {
        let stores = self.leftover_of_stores()?;
        let containers = self.leftover_of_containers()?;
        let deadlines = stores.next_deadline.into_iter();
        Ok(Leftover {
            more: stores.more || containers.more,
            next_deadline: deadlines.chain(containers.next_deadline).min(),
        })
    }
}
