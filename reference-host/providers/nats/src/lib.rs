//! NATS JetStream (2.9 or later) as a provider of `cloud:keyvalue`.
//!
//! ## Settings
//!
//! - endpoint: `nats://[user:password@]host:port`, or `tls://` in its place. Several
//!   servers of one cluster are separated by commas; their credentials must be the
//!   same.
//! - options:
//!   - `username` and `password`, which override those of the endpoint, `token`, or
//!     `credentials`, the text of a credentials file (JWT and seed);
//!   - `ca-file`, certificates of authorities to trust besides those of the system;
//!   - `domain`, the JetStream domain, if it is not the server's own;
//!   - `replicas`, how many copies a new bucket has: 1 (the default) to 5;
//!   - `timeout-ms`, how long one call may take (default 5000).
//!
//! ## How a store lies in JetStream
//!
//! A store is a key-value bucket of its own, `cw_SCOPE_STORE`, so an operator sees it
//! in `nats kv ls`, and it can be placed, limited and backed up by itself. In NATS
//! terms it is the stream `KV_cw_SCOPE_STORE`, with one message for each key. It is
//! created when the store is opened for the first time.
//!
//! | of a message | holds |
//! |---|---|
//! | subject | `$KV.cw_SCOPE_STORE.` and the key, see below |
//! | payload | the value as it is |
//! | sequence number | the revision; with a mark of the bucket's creation it is the version |
//! | header `KV-Operation` | that the key was deleted, as every NATS client writes it |
//! | header `Cloud-Ends-After` | the time to live in nanoseconds, counted from the message's time stamp |
//! | header `Cloud-Ends-At` | in its place after an increment: the end, in nanoseconds since 1970 |
//! | header `Nats-TTL` | when the server may clean the message up, always later than its end |
//!
//! In a key, `/` is written `.`, so that lists by a path's prefix read its part of the
//! bucket alone. `A-Z a-z 0-9 - _` stay (a first `_` does not: NATS keeps it to
//! itself), other bytes are written `=` and two digits, and what would be empty between
//! two dots is a single `=`.
//!
//! - Conditions are those of the stream (expected last sequence of a subject), so they
//!   are decided in one step. The stream cannot tell the entry that it found instead:
//!   that is a second read. Counters read, and write under a condition, until it holds.
//! - A value is read from the leader of the stream. A bucket with one copy has nobody
//!   else, so there the faster direct get does the same. Turn direct get off (`nats
//!   stream edit --no-allow-direct`) before you give such a bucket more copies.
//! - Lifetimes count by the server's clock: the time stamp of a message is its, and what
//!   it says now is asked for. The host's clock does not matter. Servers before 2.11
//!   have no means to clean up, so `kv.expiry` is not declared there.
//! - A deleted key leaves a message that says so. It goes after a minute where the server
//!   can, otherwise `nats kv purge-deletes` removes it.
//! - A list reads the names and headers of all keys below the last `/` of the prefix, for
//!   each page: no order of JetStream survives that a key is written again.
//!
//! This crate knows neither an engine nor the harness.
#![deny(missing_docs)]

mod api;
mod blobstore;
mod closing;
mod config;
mod descriptor;
mod error;
mod keyvalue;
mod link;
mod names;
mod namespace;
mod provider;
mod stored;
mod stream;
mod streams;
mod subjects;

use cloud_contract::{Container, Factory, Flavour, Process};

/// The registry's entry of this provider.
pub const FACTORY: Factory = Factory {
    name: descriptor::NAME,
    summary: "key-value and object store buckets of NATS JetStream, over the network",
    flavours: &[NATS],
    needs_directory: false,
    resources: None,
    connect: |settings| Box::pin(provider::connect(settings)),
};

const NATS: Flavour = Flavour {
    name: "nats",
    summary: "the NATS server",
    process: Some(Process {
        program: "nats-server",
        arguments: &[
            "-a",
            "127.0.0.1",
            "-p",
            "{port}",
            "-js",
            "-sd",
            "{directory}",
        ],
        endpoint: "nats://127.0.0.1:{port}",
        install: ".ci/servers nats",
        ..Process::EMPTY
    }),
    container: Some(Container {
        image: "docker.io/library/nats",
        tag: "2.12-alpine",
        digest: "sha256:b270f5e2428354c0335612694d7dd2fb588148e567a5757fdff325ef9c9332e6",
        port: 4222,
        command: &["-js"],
        endpoint: "nats://{host}:{port}",
        ..Container::EMPTY
    }),
    declares: Some(descriptor::usual),
    ..Flavour::EMPTY
};
