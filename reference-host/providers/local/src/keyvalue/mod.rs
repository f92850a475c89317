//! Key-value stores.

mod ledger;
pub(crate) mod record;
mod snapshot;
mod store;
pub(crate) mod tables;

pub(crate) use record::Names;
pub(crate) use store::Store;
