//! The tables of containers, and how an object is read from any view of them.

use redb::{ReadableTable, Table, TableDefinition, WriteTransaction};

use super::record::{Object, Upload};
use crate::error::Fault;

/// Open scopes and the numbers under which their containers are.
pub(crate) const BLOB_SCOPES: TableDefinition<'_, &str, u64> = TableDefinition::new("blob-scopes");
/// Numbers of containers by scope and name; see `record`.
pub(crate) const CONTAINERS: TableDefinition<'_, &[u8], u64> =
    TableDefinition::new("blob-containers");
/// Numbers of scopes and containers that exist.
pub(crate) const LIVE: TableDefinition<'_, u64, ()> = TableDefinition::new("blob-live");
/// Numbers of containers that were removed and may still have rows.
pub(crate) const TRASH: TableDefinition<'_, u64, ()> = TableDefinition::new("blob-trash");
/// Objects by container and name.
pub(crate) const OBJECTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("blob-objects");
/// Uploads by container and id.
pub(crate) const UPLOADS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("blob-uploads");
/// Parts by upload and number.
pub(crate) const PARTS: TableDefinition<'_, &[u8], &[u8]> = TableDefinition::new("blob-parts");
/// Deadlines and keys of all uploads.
pub(crate) const DEADLINES: TableDefinition<'_, &[u8], ()> = TableDefinition::new("blob-deadlines");
/// How many times objects and parts name a file.
pub(crate) const FILES: TableDefinition<'_, u128, u64> = TableDefinition::new("blob-files");

type Rows<'txn> = Table<'txn, &'static [u8], &'static [u8]>;

/// All of them in one write transaction.
pub(crate) struct Tables<'txn> {
    pub(super) scopes: Table<'txn, &'static str, u64>,
    pub(super) containers: Table<'txn, &'static [u8], u64>,
    pub(super) live: Table<'txn, u64, ()>,
    pub(super) trash: Table<'txn, u64, ()>,
    pub(super) objects: Rows<'txn>,
    pub(super) uploads: Rows<'txn>,
    pub(super) parts: Rows<'txn>,
    pub(super) deadlines: Table<'txn, &'static [u8], ()>,
    pub(super) files: Table<'txn, u128, u64>,
}

impl<'txn> Tables<'txn> {
    /// Opens them, creating those that are missing.
    pub(crate) fn open(transaction: &'txn WriteTransaction) -> Result<Self, Fault> {
        Ok(Self {
            scopes: transaction.open_table(BLOB_SCOPES)?,
            containers: transaction.open_table(CONTAINERS)?,
            live: transaction.open_table(LIVE)?,
            trash: transaction.open_table(TRASH)?,
            objects: transaction.open_table(OBJECTS)?,
            uploads: transaction.open_table(UPLOADS)?,
            parts: transaction.open_table(PARTS)?,
            deadlines: transaction.open_table(DEADLINES)?,
            files: transaction.open_table(FILES)?,
        })
    }
}

/// An object by its key.
pub(super) fn object<T>(objects: &T, key: &[u8]) -> Result<Option<Object>, Fault>
where
    T: ReadableTable<&'static [u8], &'static [u8]>,
{
    let Some(record) = objects.get(key)? else {
        return Ok(None);
    };
    let object = Object::decode(record.value());
    object
        .map(Some)
        .ok_or_else(|| Fault::damaged("an object's record does not decode"))
}

/// An upload by its key, if it is one of `name` and has not ended.
pub(super) fn upload<T>(
    uploads: &T,
    key: &[u8],
    name: &str,
    now: u64,
) -> Result<Option<Upload>, Fault>
where
    T: ReadableTable<&'static [u8], &'static [u8]>,
{
    let Some(record) = uploads.get(key)? else {
        return Ok(None);
    };
    let upload = Upload::decode(record.value())
        .ok_or_else(|| Fault::damaged("an upload's record does not decode"))?;
    Ok(Some(upload).filter(|upload| upload.name == name && now < upload.deadline))
}

/// A key and its record.
pub(super) type Row = (Vec<u8>, Vec<u8>);

/// The rows that begin with `first`, at most `limit`.
pub(super) fn beginning<T>(rows: &T, first: &[u8], limit: usize) -> Result<Vec<Row>, Fault>
where
    T: ReadableTable<&'static [u8], &'static [u8]>,
{
    let mut found = Vec::new();
    for row in rows.range::<&[u8]>(first..)?.take(limit) {
        let (key, record) = row?;
        if !key.value().starts_with(first) {
            break;
        }
        found.push((key.value().to_vec(), record.value().to_vec()));
    }
    Ok(found)
}
