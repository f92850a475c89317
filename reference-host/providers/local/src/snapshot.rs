//! Reads: one consistent state of the database, beside any write. What each call reads
//! is in the folder of its capability.

use redb::ReadTransaction;

use crate::blobstore::tables::BLOB_SCOPES;
use crate::error::Fault;
use crate::keyvalue::record;
use crate::ledger::{Opened, SCOPE_DAMAGED};
use crate::tables::SCOPES;

/// The latest committed state, as of one moment.
pub(crate) struct Snapshot {
    pub(crate) transaction: ReadTransaction,
    pub(crate) now: u64,
}

impl Snapshot {
    /// `now` must have been read before `transaction` began. The other way round
    /// a key could seem to have ended although it was written again in time.
    pub(crate) fn new(now: u64, transaction: ReadTransaction) -> Self {
        Self { transaction, now }
    }

    /// What a scope holds, none if it is not open.
    pub(crate) fn scope(&self, id: &str) -> Result<Option<Opened>, Fault> {
        let Some(stores) = self.transaction.open_table(SCOPES)?.get(id)? else {
            return Ok(None);
        };
        let stores = record::decode_names(stores.value());
        let containers = self.transaction.open_table(BLOB_SCOPES)?.get(id)?;
        match (stores, containers) {
            (Some(stores), Some(containers)) => Ok(Some(Opened {
                stores,
                containers: containers.value(),
            })),
            _ => Err(Fault::damaged(SCOPE_DAMAGED)),
        }
    }
}
