//! etcd 3.4 or later as a provider of `cloud:keyvalue`.
//!
//! ## Settings
//!
//! - endpoint: `http://host:port` or `https://host:port`, of any member. A certificate
//!   is checked with the platform's authorities.
//! - options:
//!   - `username` and `password`.
//!   - `cacert`, `cert`, `key`: files in PEM: the authorities that are trusted in place
//!     of the platform's, and what the client shows of itself.
//!   - `timeout-ms`: how long one call may take, 5000 by default.
//!
//! ## How a store lies in etcd
//!
//! | key | holds |
//! |---|---|
//! | `cw/s/SCOPE` | the names of the scope's stores; exists while the scope is open |
//! | `cw/d/SCOPE/STORE/KEY` | a value, as it is |
//!
//! Every write is a transaction that compares the creation of the scope's key, so that
//! a write that comes too late leaves nothing behind. A version is the revision of the
//! key's last write, with its lease. Counters read, add, and write if nobody else did;
//! those of one provider take turns, so that they do not contend with each other.
//!
//! ## Keys that end
//!
//! etcd ends keys by leases, in whole seconds, and a change of the leader prolongs them.
//! So a lease only cleans up here, later than it matters. The time at which a key ends
//! stands in the number of its lease, which a client may choose and which every read
//! shows, also one without values. It is judged by the clock of the member: the date of
//! its HTTP server, which is on the same port, in whole seconds. Its bounds are known,
//! and a key is kept until the earlier one has passed; a call that goes by them asks
//! for another date first where they are old. The host's calendar is never asked for the
//! time. Where a member does not serve HTTP, `kv.expiry` is not declared.
//!
//! Members of one cluster must agree on the time to half a second. A clock that is set
//! forward by more ends keys early; one that is set back ends them late.
//!
//! ## What an operator must know
//!
//! etcd keeps the history of all keys until it is compacted, and refuses writes when its
//! quota is used up: set `--auto-compaction-retention`. The value limit fits the default
//! `--max-request-bytes`; batches need the default `--max-txn-ops`. Acknowledged writes
//! are `durable` unless the server was told not to sync.
//!
//! The messages are written by hand:
//! [decision 0012](../../../../docs/decisions/0012-etcd-messages.md).
//!
//! This crate knows neither an engine nor the harness.
#![deny(missing_docs)]

mod config;
mod date;
mod descriptor;
mod driver;
mod error;
mod lease;
mod link;
mod namespace;
mod proto;
mod provider;
mod version;

use cloud_contract::{Container, Factory, Flavour, Process};

/// The registry's entry of this provider.
pub const FACTORY: Factory = Factory {
    name: descriptor::NAME,
    summary: "an etcd cluster, over the network",
    flavours: &[ETCD],
    needs_directory: false,
    resources: None,
    connect: |settings| Box::pin(provider::connect(settings)),
};

const ETCD: Flavour = Flavour {
    name: "etcd",
    summary: "etcd",
    process: Some(Process {
        program: "etcd",
        arguments: &[
            "--data-dir={directory}/data",
            "--listen-client-urls=http://127.0.0.1:{port}",
            "--advertise-client-urls=http://127.0.0.1:{port}",
            "--listen-peer-urls=http://127.0.0.1:{port.2}",
            "--initial-advertise-peer-urls=http://127.0.0.1:{port.2}",
            "--initial-cluster=default=http://127.0.0.1:{port.2}",
            "--auto-compaction-mode=revision",
            "--auto-compaction-retention=1000",
            "--quota-backend-bytes=8589934592",
            "--log-level=warn",
        ],
        endpoint: "http://127.0.0.1:{port}",
        install: "apt-get install etcd-server",
        ..Process::EMPTY
    }),
    container: Some(Container {
        image: "quay.io/coreos/etcd",
        tag: "v3.6.5",
        digest: "sha256:3397341272b9e0a6f44d7e3fc7c321c6efe6cbe82ce866b9b01d0c704bfc5bf3",
        port: 2379,
        command: &[
            "/usr/local/bin/etcd",
            "--listen-client-urls=http://0.0.0.0:2379",
            "--advertise-client-urls=http://0.0.0.0:2379",
            "--auto-compaction-mode=revision",
            "--auto-compaction-retention=1000",
            "--quota-backend-bytes=8589934592",
        ],
        endpoint: "http://{host}:{port}",
        ..Container::EMPTY
    }),
    patience: &[("timeout-ms", "25000")],
    // Each write waits for the disk, which others may keep busy.
    timeout_scale: 8,
    declares: Some(descriptor::usual),
    ..Flavour::EMPTY
};
