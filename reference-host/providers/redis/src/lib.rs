//! Redis 5 or later (and servers that speak its protocol, such as Valkey) as a
//! provider of `cloud:keyvalue`.
//!
//! ## Settings
//!
//! - endpoint: `redis://[user:password@]host:port[/database]` or
//!   `unix:///path/to/socket`.
//! - options: `username` and `password`, which override those of the endpoint,
//!   and `timeout-ms`, how long one call may take (default 5000).
//!
//! ## How a store lies in Redis
//!
//! All keys of a store share one hash tag, so they share one slot of a cluster:
//!
//! | key | type | holds |
//! |---|---|---|
//! | `{cw:SCOPE:STORE}:d:KEY` | hash | one entry: its value `v` and its version `r` |
//! | `{cw:SCOPE:STORE}:i` | sorted set, all scores 0 | every key, in the order of its bytes |
//! | `{cw:SCOPE:STORE}:x` | sorted set | keys with a lifetime, by the time at which they end |
//! | `{cw:SCOPE:STORE}:seq` | string | the number of the latest version; exists while the store does |
//! | `cw:scope:SCOPE` | set | the names of the scope's stores, and the empty name |
//!
//! Every write is one script call, so entry and index change in one step. Redis
//! removes an ended entry by itself and leaves its names in the two sorted sets;
//! lists and writes of expiring keys clear those up, a bounded number at a time.
//! Lists walk the index and not `SCAN`, which may repeat a key, knows no order
//! and visits the keys of everybody else.
//!
//! A service that may evict entries keeps no promise, so `connect` refuses it.
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
mod scripts;

use cloud_contract::{Container, Factory, Flavour, Process};

/// The registry's entry of this provider.
pub const FACTORY: Factory = Factory {
    name: descriptor::NAME,
    summary: "a Redis server, over the network",
    flavours: &[REDIS, VALKEY],
    needs_directory: false,
    resources: None,
    connect: |settings| Box::pin(provider::connect(settings)),
};

const REDIS: Flavour = Flavour {
    name: "redis",
    summary: "Redis",
    process: Some(Process {
        program: "redis-server",
        install: "apt-get install redis-server",
        ..SERVER
    }),
    container: Some(Container {
        image: "docker.io/library/redis",
        tag: "7.4.11-alpine",
        digest: "sha256:ff02b58f971e7d7d156a1267e283fcbbeee91773b6aa36c49dac28ecfe28eadf",
        command: &[
            "redis-server",
            "--save",
            "",
            "--appendonly",
            "no",
            "--protected-mode",
            "no",
        ],
        ..IMAGE
    }),
    patience: PATIENT,
    timeout_scale: 3,
    declares: Some(descriptor::usual),
    ..Flavour::EMPTY
};

const VALKEY: Flavour = Flavour {
    name: "valkey",
    summary: "Valkey",
    process: Some(Process {
        program: "valkey-server",
        install: ".ci/servers valkey",
        ..SERVER
    }),
    container: Some(Container {
        image: "docker.io/valkey/valkey",
        tag: "8.1.3-alpine",
        digest: "sha256:d827e7f7552cdee40cc7482dbae9da020f42bc47669af6f71182a4ef76a22773",
        command: &[
            "valkey-server",
            "--save",
            "",
            "--appendonly",
            "no",
            "--protected-mode",
            "no",
        ],
        ..IMAGE
    }),
    patience: PATIENT,
    timeout_scale: 3,
    declares: Some(descriptor::usual),
    ..Flavour::EMPTY
};

const PATIENT: &[(&str, &str)] = &[("timeout-ms", "25000")];

/// Both take the same words.
const SERVER: Process = Process {
    arguments: &[
        "--port",
        "{port}",
        "--bind",
        "127.0.0.1",
        "--dir",
        "{directory}",
        "--save",
        "",
        "--appendonly",
        "no",
    ],
    endpoint: "redis://127.0.0.1:{port}",
    ..Process::EMPTY
};

/// Both listen on the same port.
const IMAGE: Container = Container {
    port: 6379,
    endpoint: "redis://{host}:{port}",
    ..Container::EMPTY
};
