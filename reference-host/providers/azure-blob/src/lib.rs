//! Azure Blob Storage as a provider of `cloud:blobstore`, by its REST protocol.
//!
//! ## Settings
//!
//! - endpoint: `https://ACCOUNT.blob.core.windows.net`, or an emulator's
//!   `http://127.0.0.1:10000/devstoreaccount1`. Without one the account's place in
//!   the public cloud is taken.
//! - options:
//!   - `container`: the container of the account that holds the scopes. It must be there;
//!     a harness creates one for each run.
//!   - `account`, and one of `key` (the account's key) and `sas` (a shared access
//!     signature with the rights to read, add, create, write, delete and list). With
//!     neither, an identity of Entra ID is used: out of `AZURE_TENANT_ID`,
//!     `AZURE_CLIENT_ID` and `AZURE_CLIENT_SECRET`, of a workload, of the tools that a
//!     developer is logged in with, or of the machine.
//!   - `connection-string`, as the console shows it; with it the options above and
//!     the environment do not count.
//!   - `timeout-ms`, how long one call may take (default 20000).
//!
//! What options leave open comes from `AZURE_STORAGE_CONNECTION_STRING`, or from
//! `AZURE_STORAGE_ACCOUNT`, `AZURE_STORAGE_KEY` and `AZURE_STORAGE_SAS_TOKEN`.
//!
//! ## How a container lies in the account
//!
//! All scopes share one container of the account, since the name of one that was removed
//! cannot be used for most of a minute.
//!
//! | blob | what it is |
//! |---|---|
//! | `SCOPE/in/CONTAINER/NAME` | an object |
//! | `SCOPE/as/CONTAINER/ENCODED` | one whose name has control characters, empty segments or others that the service does not keep, in base 32 |
//! | `SCOPE/is/CONTAINER` | says that the container is there |
//! | `SCOPE/up/CONTAINER/MARK` | what an upload of a guest is going to be, but for its parts |
//! | `SCOPE/open` | says that the scope is open |
//!
//! - Both regions are in the order of the names, and a list merges them.
//! - The version of an object is its ETag, which the service compares in the request that
//!   writes, deletes or copies.
//! - Metadata are header fields: a hyphen of a key is an underscore there, an underscore
//!   stands before a key that is a word of C#, and a value that is not printable ASCII is
//!   base 64 behind a `=`.
//! - What does not fit into 8 MiB is sent in blocks, which lie with the name of the object
//!   until a last request makes them the object. What writes the name meanwhile takes them
//!   away: a put is then `throttled`, for that write may stand on what was before, an upload of a
//!   guest is over, and an append of more than 8 MiB is `throttled`.
//! - Blocks of a write that failed cannot be removed one by one. The service does it, a
//!   week after the last block that came for that name, or with the next write of the name;
//!   closing a scope does it at once. Of a host that died in the middle of a put that is all
//!   that is left, and nothing here looks for it.
//! - A part of an upload is one or more blocks, however large it is. The blob of an upload
//!   that its guest forgot goes with the scope.
//! - `append` adds blocks to those of the object. An object that was written in one
//!   request has none: its bytes are sent again first.
//! - An answer that breaks off is asked for again from there on, with `If-Match`.
//! - The service copies objects of up to 256 MiB; larger ones pass through the host.
//! - Links are service signatures (SAS): they are declared where the key of the account is
//!   given. A link to read is taken for `HEAD` as well.
//!
//! Closing a scope lists the blobs that start with its name and a slash, those that are
//! only blocks included, and deletes them. Writes run to their end also when their caller
//! is gone, so that closing can wait for them.
//!
//! ## Why not the vendor's library
//!
//! `azure_storage_blob` 1.1 signs with no account key, lists without a delimiter, cannot
//! copy in one request, and divides each read into several requests. So requests are made
//! here, as those to tables are, with its identities and the same client of HTTP.
//!
//! ## What was run
//!
//! The suite runs on Azurite. Accounts of Azure (flavour `azure`), signatures in
//! addresses and identities were written by the reference of the protocol and are
//! not run by this project. Earlier versions of blobs, which an account can be told to
//! keep, are not offered: Azurite has none. Nor was it tried what an account does to blocks
//! for a name whose object another program wrote in blocks with ids of another length.
//!
//! This crate knows neither an engine nor the harness.
#![deny(missing_docs)]

mod block;
mod config;
mod descriptor;
mod driver;
mod error;
mod link;
mod metadata;
mod names;
mod namespace;
mod provider;
mod resources;
mod signature;
mod sweep;
mod xml;

use azure_access::{EMULATOR_ACCOUNT, EMULATOR_KEY};
use cloud_contract::{Account, Container, Factory, Flavour, Process};

/// The registry's entry of this provider.
pub const FACTORY: Factory = Factory {
    name: descriptor::NAME,
    summary: "a container of Azure Storage, over the network",
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
            "--blobHost",
            "127.0.0.1",
            "--blobPort",
            "{port}",
            "--tableHost",
            "127.0.0.1",
            "--tablePort",
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
        port: 10000,
        command: &[
            "azurite-blob",
            "--silent",
            "--skipApiVersionCheck",
            "--inMemoryPersistence",
            "--disableTelemetry",
            "--blobHost",
            "0.0.0.0",
        ],
        endpoint: "http://{host}:{port}/devstoreaccount1",
        ..Container::EMPTY
    }),
    // Public: every emulator has them.
    options: &[("account", EMULATOR_ACCOUNT), ("key", EMULATOR_KEY)],
    jobs: 6,
    timeout_scale: 8,
    declares: Some(descriptor::of_emulator),
    ..Flavour::EMPTY
};

const AZURE: Flavour = Flavour {
    name: "azure",
    summary: "Azure Blob Storage (not run by this project)",
    account: Some(Account {
        credentials: "AZURE_STORAGE_CONNECTION_STRING; or AZURE_STORAGE_ACCOUNT with \
                      AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or an identity of Entra ID",
        needs: "the name of the account: --set account=NAME, or AZURE_STORAGE_ACCOUNT",
    }),
    declares: Some(descriptor::of_account),
    ..Flavour::EMPTY
};
