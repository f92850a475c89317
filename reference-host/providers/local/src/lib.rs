//! Durable stores and containers in one folder on the local disk.
//!
//! A data folder holds one [redb](https://www.redb.org) database and the files with the
//! bytes of objects, and is used by one process at a time. An acknowledged write has been
//! flushed to the disk: it survives `kill -9` of the process, and a loss of power as far
//! as the disk keeps what it confirmed.
//!
//! Code map, from the seam inwards:
//! - `provider`, `namespace`: the traits of the contract, conversion only;
//! - `engine`: the data folder, the open database, its way back after a failure;
//! - `folder`: a folder held open, in which no link is followed;
//! - `writer`: the one thread that writes, many calls to a transaction;
//! - `ledger`, `snapshot`: what calls share inside a write transaction, and in a read one;
//! - `tables`, `error`, `clock`: the layout that all share, errors, time;
//! - `keyvalue`, `blobstore`: the driver of a store or container; in `ledger` and
//!   `snapshot` what each call writes and reads; in `tables` and `record` the layout;
//! - `blobstore` beside that: `files`, the bytes of objects; `writer` and `reader`, their
//!   way in and out; `uploads` and `append`, the calls of these interfaces.
//!
//! Only `engine`, `writer`, and the modules called `ledger`, `snapshot`, `tables` and
//! `uploads` know the database, and only those of `blobstore` called `files`, `writer` and
//! `reader` know its files.

mod blobstore;
mod clock;
mod config;
mod descriptor;
mod engine;
mod error;
mod folder;
mod keyvalue;
mod ledger;
mod namespace;
mod provider;
mod snapshot;
mod tables;
mod writer;

use std::sync::Arc;

use cloud_contract::{Factory, Provider};

/// The entry of the registry.
///
/// The data folder comes from the `directory` setting and is created if it is
/// missing. It may itself be a link; what is in it may not, and is refused then. Options: `verify` is `always` (read and check the whole file at
/// each start, the default) or `after-crash` (only where the last process did
/// not end in order); `cache-mib` is the memory for pages, 64 by default.
pub const FACTORY: Factory = Factory {
    name: descriptor::NAME,
    summary: "durable stores and containers in a folder on the local disk",
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
