//! PostgreSQL 13 or later as a provider of `cloud:keyvalue`.
//!
//! ## Settings
//!
//! - endpoint: `postgres://user[:password]@host[:port]/database`, or with a socket
//!   `postgres://user@/database?host=/run/postgresql`. Further parameters are those of
//!   the client library `tokio-postgres`, such as `application_name` and `options`;
//!   several hosts may stand there, and the first one that takes writes is used.
//! - options:
//!   - `user`, `password`: override those of the endpoint.
//!   - `sslmode`: `disable` (the default) or `verify-full`, for which `require` is
//!     another word: TLS, and a certificate of the host that one of the platform's
//!     authorities signed. It may stand in the endpoint, too.
//!   - `sslrootcert`: a file of certificates in PEM that are trusted in place of the
//!     platform's.
//!   - `schema`: where the tables are, `cloud_wit` by default.
//!   - `connections`: how many are open at most, 8 by default.
//!   - `timeout-ms`: how long one call may take, 5000 by default.
//!
//! ## How a store lies in PostgreSQL
//!
//! | table | holds |
//! |---|---|
//! | `kv_scope` | the scopes that are open |
//! | `kv_store` | scope, name and number of each store |
//! | `kv_entry` | number of the store, key, value, version and the time of its end |
//!
//! The primary key of `kv_entry` is store and key, both in the order of their bytes.
//! `connect` makes the schema and the tables if they are not there, for which its user
//! needs the right once; afterwards `SELECT`, `INSERT`, `UPDATE` and `DELETE` suffice.
//! The tables stay when all scopes are closed.
//!
//! Every call is one statement and thereby one transaction, which no client can leave
//! open: many calls share a connection, one behind the other, and any of them may be
//! given up. Batches are divided. Where PostgreSQL gives a statement up for the sake of
//! another (deadlock, serialisation), nothing was changed and it is sent again.
//!
//! A version is a random UUID and not a number of a sequence: a number is given a second
//! time when the server goes back to an earlier state, as it does with
//! `synchronous_commit = off`, after a failover to a replica that was behind, or when a
//! backup is restored.
//!
//! Lifetimes are counted by the clock of the server. An entry that has ended is absent
//! for every statement, and removed in the background, a bounded number at a time.
//!
//! All calls go to the server that takes writes, so reads are never stale. It is
//! `durable` where `synchronous_commit` and `fsync` are on and the table is logged.
//!
//! This crate knows neither an engine nor the harness.
#![deny(missing_docs)]

mod config;
mod descriptor;
mod driver;
mod error;
mod link;
mod namespace;
mod provider;
mod sql;
mod sweeper;
mod tls;
mod version;

use cloud_contract::{Container, Factory, Flavour, Process};

/// The registry's entry of this provider.
pub const FACTORY: Factory = Factory {
    name: descriptor::NAME,
    summary: "a PostgreSQL database, over the network",
    flavours: &[POSTGRES],
    needs_directory: false,
    resources: None,
    connect: |settings| Box::pin(provider::connect(settings)),
};

const POSTGRES: Flavour = Flavour {
    name: "postgres",
    summary: "PostgreSQL",
    process: Some(Process {
        program: "postgres",
        folders: &["/usr/lib/postgresql/*/bin"],
        prepare: &[&[
            "initdb",
            "--pgdata={directory}/data",
            "--auth=trust",
            "--username=postgres",
            "--encoding=UTF8",
            "--no-locale",
            "--no-sync",
        ]],
        // No socket in a folder, and no shared memory that outlives a kill.
        arguments: &[
            "-D",
            "{directory}/data",
            "-p",
            "{port}",
            "-h",
            "127.0.0.1",
            "-c",
            "unix_socket_directories=",
            "-c",
            "dynamic_shared_memory_type=mmap",
        ],
        refuses_root: true,
        endpoint: "postgres://postgres@127.0.0.1:{port}/postgres",
        install: "apt-get install postgresql",
        ..Process::EMPTY
    }),
    container: Some(Container {
        image: "docker.io/library/postgres",
        tag: "18.1-alpine",
        digest: "sha256:aa6eb304ddb6dd26df23d05db4e5cb05af8951cda3e0dc57731b771e0ef4ab29",
        port: 5432,
        environment: &[("POSTGRES_PASSWORD", "conformance")],
        endpoint: "postgres://postgres:conformance@{host}:{port}/postgres",
        ..Container::EMPTY
    }),
    patience: &[("timeout-ms", "25000")],
    // Each write waits for the disk, which others may keep busy.
    timeout_scale: 8,
    declares: Some(descriptor::usual),
    ..Flavour::EMPTY
};
