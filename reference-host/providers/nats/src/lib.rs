//! NATS JetStream (2.9 or later) as a provider of `cloud:keyvalue` and, from 2.11 on, of
//! `cloud:blobstore`.
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
//!   Where the names alone may be long, that takes another connection for a moment.
//!
//! ## How a container lies in JetStream
//!
//! A container is an object store bucket, `cw_SCOPE_CONTAINER`, in the layout that all
//! clients of NATS have (ADR-20): they read what is written here, and what they write is
//! read here. In NATS terms it is the stream `OBJ_cw_SCOPE_CONTAINER`. The bucket
//! `cw_SCOPE_` has no objects: it says that the containers of the scope were made.
//!
//! | subject, behind `$O.cw_SCOPE_CONTAINER.` | holds |
//! |---|---|
//! | `M.` and the name in base 64 | the object: size, metadata, content type as the header `Content-Type`, digest, and the id of its bytes |
//! | `C.ID` | its bytes, 128 KiB in each message; how many messages come before, as the header `Cloud-Place` |
//! | `C.ID.put` | that bytes are being written or about to go, more than one message of them |
//!
//! - The bytes come first, under a new id, and then the one message that makes an object
//!   of them. Until then nobody sees anything of a write.
//! - That message states the sequence of the one that it replaces, also where nothing is
//!   expected. So conditions are decided in one step, and whoever replaces a state knows
//!   whose bytes he has to remove. Other clients do without; of several that write an
//!   object at a time, bytes can be left.
//! - The id and the sequence are the version; the time stamp of the message is the time of
//!   modification.
//! - A state that is replaced goes at once: who still reads it is told that it expired.
//! - Reading is direct get of 16 messages at a time, the next ones when those were taken.
//!   A range begins at its message: where that lies is guessed, and the message that is
//!   there tells its place. In objects of other clients, whose messages have any sizes, it
//!   is read from the beginning.
//! - Giving an object another name is two messages that the stream takes in one step
//!   (atomic batches, from 2.12 on); its bytes stay where they are. JetStream cannot copy:
//!   copies pass through the host.
//! - Bytes of a write that fails are removed. Where the answer to its last step is lost,
//!   the object is looked at first, ten seconds later and again. What a host leaves that
//!   dies in the middle goes a day later, when somebody opens the container; a single
//!   message (an object of up to 128 KiB) stays.
//! - A deleted object leaves a message that says so, for a minute. Links of other clients
//!   are shown as absent.
//! - A list reads the names of all objects, for each page: in one answer, over a connection
//!   of its own if it may be long. Where they are more than 64 MiB, the server does not
//!   tell them so (no more than its `max_pending`): they are read from all messages of
//!   objects then, which takes its time.
//! - With several copies, objects are looked at on the leader of the stream, and bytes,
//!   which never change, are read from any copy.
//!
//! Objects have no parts: other clients could not read them, and to join them is to write
//! all bytes again. Nor can bytes be added to an object, or earlier states be kept.
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
mod pass;
mod provider;
mod stored;
mod stream;
mod streams;
mod subjects;
mod window;

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
    patience: &[("timeout-ms", "25000")],
    // A page of a list is two requests or three, and a small object three: many cases at a time
    // take their time on two cores.
    timeout_scale: 3,
    declares: Some(descriptor::usual),
    ..Flavour::EMPTY
};
