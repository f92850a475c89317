//! Durable stores in one file on the local disk.
//!
//! A data folder holds one [redb](https://www.redb.org) database and is used by
//! one process at a time. An acknowledged write has been flushed to the disk:
//! it survives `kill -9` of the process, and a loss of power as far as the disk
//! keeps what it confirmed.
//!
//! Code map, from the seam inwards:
//! - `provider`, `namespace`, `driver`: the traits of the contract, conversion only;
//! - `engine`: the data folder, the open database, its way back after a failure;
//! - `writer`: the one thread that writes, many calls to a transaction;
//! - `ledger`: what each call does inside a write transaction;
//! - `snapshot`: what each call reads, without waiting for writes;
//! - `tables`, `record`, `error`, `clock`: the layout on disk, errors, time.
//!
//! Only `engine`, `writer`, `ledger`, `snapshot` and `tables` know the database.

mod clock;
mod config;
mod descriptor;
mod driver;
mod engine;
mod error;
mod ledger;
mod namespace;
mod provider;
mod record;
mod snapshot;
mod tables;
mod writer;

use std::sync::Arc;

use cloud_contract::{Factory, Provider};

/// The entry of the registry.
///
/// The data folder comes from the `directory` setting and is created if it is
/// missing. Options: `verify` is `always` (read and check the whole file at
/// each start, the default) or `after-crash` (only where the last process did
/// not end in order); `cache-mib` is the memory for pages, 64 by default.
pub const FACTORY: Factory = Factory {
    name: descriptor::NAME,
    summary: "durable stores in a file on the local disk",
    flavours: &[],
    needs_directory: true,
    resources: None,
    connect: |settings| {
        Box::pin(async move {
            let provider = provider::Local::connect(settings).await?;
            Ok(Arc::new(provider) as Arc<dyn Provider>)
        })
    },
};
