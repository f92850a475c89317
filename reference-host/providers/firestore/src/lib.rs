//! Google Firestore in native mode as a provider of `cloud:keyvalue`.
//!
//! ## Settings
//!
//! - endpoint: none for the service itself, `https://host[:port]` for another of
//!   its endpoints, `http://host:port` for the emulator. No credentials are ever
//!   sent to an endpoint of `http`.
//! - options: `project`, by default what the application default credentials or
//!   `GOOGLE_CLOUD_PROJECT` name; `database` (default `(default)`); `collection`,
//!   the root collection (default `cloud-wit`); `timeout-ms`, how long one call
//!   may take (default 10000).
//! - credentials: the application default credentials of Google's libraries:
//!   the file that `GOOGLE_APPLICATION_CREDENTIALS` names, what `gcloud auth
//!   application-default login` wrote, or the metadata server.
//!
//! The database must exist, in native mode. Nothing else has to be created.
//!
//! ## How a store lies in Firestore
//!
//! | document | holds |
//! |---|---|
//! | `cloud-wit/SCOPE` | the names of the scope's stores |
//! | `cloud-wit/SCOPE/stores/STORE/cloud-wit-SCOPE/KEY` | one entry |
//!
//! `KEY` is the key in hexadecimal: that keeps the order of bytes and the
//! beginnings of keys, and avoids everything that a document id must not be. Ids
//! end at 1,500 bytes, so keys do at 750. `STORE` is the store's name, with `%` and
//! two digits for what is not of `a` to `z`, `0` to `9` and `-`.
//!
//! | field of an entry | type | holds |
//! |---|---|---|
//! | `value` | bytes | the value |
//! | `mark` | integer | another number for every write, see below |
//! | `lifetime_us` | integer | the time to live, counted from the document's update time |
//! | `ends` | timestamp | the end of an entry whose time to live goes on after an increment |
//! | `sweep` | timestamp | an hour or so after the end, for a TTL policy |
//!
//! A write that changes nothing leaves the update time as it was; `mark` makes
//! every write a change. The update time of a document is the version of the
//! entry, and conditional writes are `Commit` with a precondition on it. No
//! transactions are used: they cost more round trips, and hold locks.
//!
//! Lifetimes run by the clock of the service: they are counted from the update
//! time, and judged by the read time that comes with every answer. The clock of the
//! host does not matter, but for the credentials: Google refuses tokens that were
//! signed at a wrong time.
//!
//! ## What to set up once
//!
//! Both are about the collection group of a scope, `cloud-wit-SCOPE`, need the rights
//! of an administrator, and are optional:
//!
//! - Firestore indexes every field. Of `value` it takes the first 1,500 bytes, so
//!   writes work, but the index costs time and storage that nobody uses:
//!   `gcloud firestore indexes fields update value
//!   --collection-group=cloud-wit-SCOPE --disable-indexes`, and the same for
//!   `mark`, `lifetime_us`, `ends`.
//! - Lists remove entries that have ended. What is never listed is removed by a
//!   policy: `gcloud firestore fields ttls update sweep
//!   --collection-group=cloud-wit-SCOPE --enable-ttl`.
//!
//! ## What to know
//!
//! - One document takes about one write in a second for long, and bursts of more.
//!   Increments that wait for the same key are added in one write. Where the
//!   service gives up because of contention, a write is sent again for half of the
//!   time limit, which is safe since it did nothing; then it is `throttled`.
//! - An increment is a read and a conditional write, again if another writer came
//!   between. The increment of the service saturates at the ends of 64 bits.
//! - A conditional write to an entry that has a time to live reads it first.
//! - `stale` comes with what a second read sees.
//! - The flavour `gcp` was written from the reference of the API and runs through
//!   the same code as the emulator, but was not run against an account.
//!
//! This crate knows neither an engine nor the harness.
#![deny(missing_docs)]

mod access;
mod clock;
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

use cloud_contract::{Account, Container, Factory, Flavour, Process};

/// The registry's entry of this provider.
pub const FACTORY: Factory = Factory {
    name: descriptor::NAME,
    summary: "Google Firestore in native mode",
    flavours: &[EMULATOR, GCP],
    needs_directory: false,
    resources: Some(resources::RESOURCES),
    connect: |settings| Box::pin(provider::connect(settings)),
};

const EMULATOR: Flavour = Flavour {
    name: "emulator",
    summary: "the Firestore emulator of the Google Cloud CLI",
    process: Some(Process {
        program: "firestore-emulator",
        arguments: &["--host=127.0.0.1", "--port={port}"],
        // It lives for a run: the second compiler of Java would take more time
        // than it saves.
        environment: &[("JAVA_TOOL_OPTIONS", "-XX:TieredStopAtLevel=1")],
        endpoint: "http://127.0.0.1:{port}",
        install: "gcloud components install cloud-firestore-emulator",
        ..Process::EMPTY
    }),
    container: Some(Container {
        image: "gcr.io/google.com/cloudsdktool/google-cloud-cli",
        tag: "587.0.0-emulators",
        digest: "sha256:8d8573471c489a409f03891d2c24d177fa531276184f7002b9a2d853d1b3ed54",
        port: 8080,
        command: &[
            "gcloud",
            "emulators",
            "firestore",
            "start",
            "--host-port=0.0.0.0:8080",
        ],
        endpoint: "http://{host}:{port}",
        ..Container::EMPTY
    }),
    patience: &[("timeout-ms", "25000")],
    jobs: 4,
    timeout_scale: 8,
    declares: Some(descriptor::of_emulator),
    ..Flavour::EMPTY
};

const GCP: Flavour = Flavour {
    name: "gcp",
    summary: "Firestore in a Google Cloud project",
    account: Some(Account {
        credentials: "application default credentials: GOOGLE_APPLICATION_CREDENTIALS, \
                      gcloud auth application-default login, or the metadata server",
        needs: "a Firestore database in native mode; the options project and database \
                where they are not the usual ones",
    }),
    declares: Some(descriptor::of_account),
    ..Flavour::EMPTY
};
