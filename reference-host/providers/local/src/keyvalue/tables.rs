//! The tables of stores, and how an item is read from any view of them.

use bytes::Bytes;
use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};

use cloud_contract::keyvalue::Entry;

use super::record::Header;
use crate::error::Fault;

/// Numbers of stores that exist.
pub(crate) const STORES: TableDefinition<'_, u64, ()> = TableDefinition::new("stores");
/// Numbers of stores that were closed and may still have items to remove.
pub(crate) const TRASH: TableDefinition<'_, u64, ()> = TableDefinition::new("trash");
/// Records by item key; see `record`.
pub(crate) const ITEMS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("items");
/// Long values by item key.
pub(crate) const VALUES: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("values");
/// Deadlines and item keys of all items that end.
pub(crate) const EXPIRIES: TableDefinition<'_, &[u8], ()> = TableDefinition::new("expiries");

/// All of them in one write transaction.
pub(crate) struct Tables<'txn> {
    pub(crate) stores: Table<'txn, u64, ()>,
    pub(crate) trash: Table<'txn, u64, ()>,
    pub(crate) items: Table<'txn, &'static [u8], &'static [u8]>,
    pub(crate) values: Table<'txn, &'static [u8], &'static [u8]>,
    pub(crate) expiries: Table<'txn, &'static [u8], ()>,
}

impl<'txn> Tables<'txn> {
    /// Opens them, creating those that are missing.
    pub(crate) fn open(transaction: &'txn WriteTransaction) -> Result<Self, Fault> {
        Ok(Self {
            stores: transaction.open_table(STORES)?,
            trash: transaction.open_table(TRASH)?,
            items: transaction.open_table(ITEMS)?,
            values: transaction.open_table(VALUES)?,
            expiries: transaction.open_table(EXPIRIES)?,
        })
    }
}

/// A stored item, whether or not its time has passed.
#[derive(Debug)]
pub(crate) struct Item {
    pub(crate) header: Header,
    pub(crate) value: Bytes,
}

impl Item {
    /// What a guest sees of it.
    pub(crate) fn entry(self, now: u64) -> Entry {
        Entry {
            version: self.header.version(),
            remaining: self
                .header
                .deadline
                .map(|deadline| std::time::Duration::from_nanos(deadline.saturating_sub(now))),
            value: self.value,
        }
    }
}

const BAD_RECORD: &str = "an item's record does not decode";

/// The header of an item.
pub(crate) fn header<T>(items: &T, key: &[u8]) -> Result<Option<Header>, Fault>
where
    T: ReadableTable<&'static [u8], &'static [u8]>,
{
    let Some(record) = items.get(key)? else {
        return Ok(None);
    };
    match Header::decode(record.value()) {
        Some((header, _)) => Ok(Some(header)),
        None => Err(Fault::damaged(BAD_RECORD)),
    }
}

/// An item with its value.
pub(crate) fn item<T>(items: &T, values: &T, key: &[u8]) -> Result<Option<Item>, Fault>
where
    T: ReadableTable<&'static [u8], &'static [u8]>,
{
    let Some(record) = items.get(key)? else {
        return Ok(None);
    };
    let (header, inline) =
        Header::decode(record.value()).ok_or_else(|| Fault::damaged(BAD_RECORD))?;
    let value = if header.apart {
        let value = values
            .get(key)?
            .ok_or_else(|| Fault::damaged("a long value is missing"))?;
        Bytes::copy_from_slice(value.value())
    } else {
        Bytes::copy_from_slice(inline)
    };
    Ok(Some(Item { header, value }))
}
