//! Azure Table Storage as a provider of `cloud:keyvalue`, by its REST protocol.
//!
//! ## Settings
//!
//! - endpoint: `https://ACCOUNT.table.core.windows.net`, or an emulator's
//!   `http://127.0.0.1:10002/devstoreaccount1`. Without one the account's place in
//!   the public cloud is taken.
//! - options:
//!   - `table`: the table that holds the scopes. It must be there; a harness
//!     creates one for each run.
//!   - `account`, and one of `key` (the account's key) and `sas` (a shared access
//!     signature with the rights to read, add, update and delete). With neither, an
//!     identity of Entra ID is used: out of `AZURE_TENANT_ID`, `AZURE_CLIENT_ID` and
//!     `AZURE_CLIENT_SECRET`, of a workload, of the tools that a developer is logged
//!     in with, or of the machine.
//!   - `connection-string`, as the console shows it; with it the options above and
//!     the environment do not count.
//!   - `timeout-ms`, how long one call may take (default 10000).
//!
//! What options leave open comes from `AZURE_STORAGE_CONNECTION_STRING`, or from
//! `AZURE_STORAGE_ACCOUNT`, `AZURE_STORAGE_KEY` and `AZURE_STORAGE_SAS_TOKEN`.
//!
//! ## How a store lies in the table
//!
//! | partition key | row key | holds |
//! |---|---|---|
//! | `d` LIFE NUMBER, and the first 300 bytes of the key | `d` LIFE NUMBER, and the rest of the key | one entry: version `r`, end `d` in microseconds since 1970 if it has one, value in `v0` to `v10` of 64 KiB each |
//! | `scope` | the scope's id | the mark of its present LIFE and the names of its stores |
//! | `clock` | `clock` | nothing: its time stamp shows the service's clock. The first call that needs it makes it |
//!
//! LIFE has 16 digits, NUMBER (of the store, in the order of names) has 4; keys are
//! in base 32. Every key has a partition of its own, so that the service can spread
//! a store over its machines, and lists are ranges of partitions. Batches are
//! therefore single requests, several at a time.
//!
//! ## What the service lacks
//!
//! - It returns nothing with a failed condition: the entry that goes with `stale`
//!   is read afterwards.
//! - It cannot add: counters are read and written on condition. Calls through one
//!   provider take turns on a counter.
//! - It has no times to live: an entry has an end, and reads leave out what has
//!   ended. One in 16 expiring writes, and a list that met 16 ended entries, removes up
//!   to 64 of the scope.
//!   Ends are in the service's time, whatever the host's clock shows.
//!
//! Not looked at are Cosmos DB accounts with tables, whose rules differ.
//!
//! ## What was run
//!
//! The suite runs on Azurite. Accounts of Azure (flavour `azure`), signatures in
//! addresses and identities were written by the reference of the protocol and are
//! not run by this project.
//!
//! This crate knows neither an engine nor the harness.
#![deny(missing_docs)]

mod config;
mod descriptor;
mod driver;
mod error;
mod link;
mod names;
mod namespace;
mod provider;
mod record;
mod resources;
mod table;

use azure_access::{EMULATOR_ACCOUNT, EMULATOR_KEY};
use cloud_contract::{Account, Container, Factory, Flavour, Process};

/// The registry's entry of this provider.
pub const FACTORY: Factory = Factory {
    name: descriptor::NAME,
    summary: "a table of Azure Storage, over the network",
    flavours: &[AZURITE, AZURE],
    needs_directory: false,
    resources: Some(resources::RESOURCES),
    connect: |settings| Box::pin(provider::connect(settings)),
};

const AZURITE: Flavour = Flavour {
    name: "azurite",
    summary: "Azurite, the vendor's emulator",
    process: Some(Process {
        program: "azurite",
        // It starts its two other services as well.
        arguments: &[
            "--silent",
            "--skipApiVersionCheck",
            "--inMemoryPersistence",
            "--disableTelemetry",
            "--tableHost",
            "127.0.0.1",
            "--tablePort",
            "{port}",
            "--blobHost",
            "127.0.0.1",
            "--blobPort",
            "{port.2}",
            "--queueHost",
            "127.0.0.1",
            "--queuePort",
            "{port.3}",
        ],
        endpoint: "http://127.0.0.1:{port}/devstoreaccount1",
        install: "npm install --global azurite",
        ..Process::EMPTY
    }),
    container: Some(Container {
        image: "mcr.microsoft.com/azure-storage/azurite",
        tag: "3.35.0",
        digest: "sha256:647c63a91102a9d8e8000aab803436e1fc85fbb285e7ce830a82ee5d6661cf37",
        port: 10002,
        command: &[
            "azurite-table",
            "--silent",
            "--skipApiVersionCheck",
            "--inMemoryPersistence",
            "--disableTelemetry",
            "--tableHost",
            "0.0.0.0",
        ],
        endpoint: "http://{host}:{port}/devstoreaccount1",
        ..Container::EMPTY
    }),
    options: &[
        // Public: every emulator has them.
        ("account", EMULATOR_ACCOUNT),
        ("key", EMULATOR_KEY),
    ],
    patience: &[("timeout-ms", "25000")],
    jobs: 6,
    timeout_scale: 8,
    declares: Some(descriptor::of_emulator),
    ..Flavour::EMPTY
};

const AZURE: Flavour = Flavour {
    name: "azure",
    summary: "Azure Table Storage (not run by this project)",
    account: Some(Account {
        credentials: "AZURE_STORAGE_CONNECTION_STRING; or AZURE_STORAGE_ACCOUNT with \
                      AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or an identity of Entra ID",
        needs: "the name of the account: --set account=NAME, or AZURE_STORAGE_ACCOUNT",
    }),
    declares: Some(descriptor::of_account),
    ..Flavour::EMPTY
};
