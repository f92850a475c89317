//! What each call on a store reads.

use std::ops::Bound;

use bytes::Bytes;
use cloud_contract::keyvalue::{Entry, KeyPage, ListRequest};
use cloud_contract::{Error, ErrorKind};
use redb::ReadOnlyTable;

use super::record::{self, Header};
use super::tables::{self, ITEMS, Item, STORES, VALUES};
use crate::error::{self, Fault};
use crate::snapshot::Snapshot;

type Records = ReadOnlyTable<&'static [u8], &'static [u8]>;

impl Snapshot {
    /// The records of a store that exists. A handle whose scope was closed is
    /// refused.
    fn items(&self, store: u64) -> Result<Records, Fault> {
        match self.transaction.open_table(STORES)?.get(store)? {
            Some(_) => Ok(self.transaction.open_table(ITEMS)?),
            None => Err(ErrorKind::NotFound.into()),
        }
    }

    /// A key that is present.
    fn present(
        &self,
        items: &Records,
        values: &Records,
        store: u64,
        key: &str,
    ) -> Result<Option<Item>, Fault> {
        let item = tables::item(items, values, &record::item(store, key.as_bytes()))?;
        Ok(item.filter(|item| item.header.present_at(self.now)))
    }

    fn one(&self, store: u64, key: &str) -> Result<Option<Item>, Fault> {
        let items = self.items(store)?;
        self.present(&items, &self.transaction.open_table(VALUES)?, store, key)
    }

    pub(crate) fn get(&self, store: u64, key: &str) -> Result<Option<Bytes>, Fault> {
        Ok(self.one(store, key)?.map(|item| item.value))
    }

    /// The values of keys, all as of one moment. The outer error is that of the
    /// store.
    pub(crate) fn get_many(
        &self,
        store: u64,
        keys: &[String],
    ) -> Result<Vec<Result<Option<Bytes>, Error>>, Fault> {
        let items = self.items(store)?;
        let values = self.transaction.open_table(VALUES)?;
        keys.iter()
            .map(|key| {
                let item = self.present(&items, &values, store, key);
                error::settle(item.map(|item| item.map(|item| item.value)))
            })
            .collect()
    }

    pub(crate) fn exists(&self, store: u64, key: &str) -> Result<bool, Fault> {
        let items = self.items(store)?;
        let header = tables::header(&items, &record::item(store, key.as_bytes()))?;
        Ok(header.is_some_and(|header| header.present_at(self.now)))
    }

    pub(crate) fn entry(&self, store: u64, key: &str) -> Result<Option<Entry>, Fault> {
        Ok(self.one(store, key)?.map(|item| item.entry(self.now)))
    }

    /// A page in the order of the keys. The cursor is the last key of the page,
    /// so it holds however the list changes.
    pub(crate) fn list(&self, store: u64, request: ListRequest<'_>) -> Result<KeyPage, Fault> {
        let items = self.items(store)?;
        let first = record::item(store, request.prefix.as_bytes());
        let after = request.after.map(|after| record::item(store, after));
        let start = match &after {
            Some(after) if *after >= first => Bound::Excluded(after.as_slice()),
            _ => Bound::Included(first.as_slice()),
        };
        let mut page = KeyPage::default();
        // Expired records are skipped, not counted: the writer removes them soon
        // after their time, so there are few.
        for record in items.range::<&[u8]>((start, Bound::Unbounded))? {
            let (item, record) = record?;
            let item = item.value();
            if !item.starts_with(&first) {
                break;
            }
            let (header, _) = Header::decode(record.value())
                .ok_or_else(|| Fault::damaged("an item's record does not decode"))?;
            if !header.present_at(self.now) {
                continue;
            }
            if page.keys.len() >= request.limit {
                page.next = page.keys.last().map(|key| key.clone().into_bytes());
                break;
            }
            let key = std::str::from_utf8(&item[8..])
                .map_err(|_| Fault::damaged("a key is not valid text"))?;
            page.keys.push(key.to_owned());
        }
        Ok(page)
    }
}
