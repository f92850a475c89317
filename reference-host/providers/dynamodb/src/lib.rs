//! Amazon DynamoDB, and what speaks its protocol, as a provider of
//! `cloud:keyvalue`.
//!
//! ## Settings
//!
//! - endpoint: `http://host:port` of an emulator. None for AWS itself, whose SDK
//!   finds the endpoint by the region.
//! - options: `table`, which is required; `region`; `access-key-id`,
//!   `secret-access-key` and `session-token`; `profile`; `timeout-ms`, how long one
//!   call may take (default 5000). What is not set comes from the standard chain of
//!   the SDK: environment, profile, container, instance.
//!
//! ## How a store lies in DynamoDB
//!
//! All scopes share one table, since tables come slowly and in limited numbers. Its
//! partition key is the text `p`, its sort key the bytes `k`:
//!
//! | `p` | `k` | further attributes |
//! |---|---|---|
//! | `SCOPE/STORE` | the key | the value as bytes `v` or as number `n`; the version `r`; for a key that ends, `e` and `t` |
//! | `SCOPE` | `names` | `s`, the names of the scope's stores |
//!
//! - A value that is canonical decimal is a number `n`, whoever wrote it, so that
//!   `increment` is one `ADD` with a condition that keeps the sum within 64 bits.
//! - Every write gives `r` a mark that no other write has. Conditions compare it,
//!   and a failed one brings the item along.
//! - `e` is the end of the key in milliseconds. DynamoDB has no clock in its
//!   expressions, so conditions and filters compare it to an estimate of the
//!   service's clock, made from the `Date` of its answers. `t` is
//!   the same an hour later in seconds, for DynamoDB's own removal of ended items,
//!   which follows within days and is not relied on.
//! - Reads ask for strong consistency.
//! - The keys of a store are one item collection, and lists are queries in its order.
//!   One partition bears 1,000 writes and 3,000 reads of small items in a second;
//!   DynamoDB divides a collection that is hotter by sort key, but not one whose
//!   keys only ever grow. A query reads items whole, so a list of large values is
//!   read at 1 MB a request and paid by their size.
//!
//! Closing a scope asks for the keys of its own partitions and deletes them one by
//! one; nothing scans the table. Writes run to their end also when their caller is
//! gone, so that closing can wait for them.
//!
//! The flavour `aws` takes the same path as the emulators. It was not run against
//! AWS yet.
//!
//! This crate knows neither an engine nor the harness.
#![deny(missing_docs)]

mod clock;
mod config;
mod descriptor;
mod driver;
mod error;
mod link;
mod namespace;
mod provider;
mod record;
mod resources;

use cloud_contract::{Account, Container, Factory, Flavour, Process};

/// The registry's entry of this provider.
pub const FACTORY: Factory = Factory {
    name: descriptor::NAME,
    summary: "Amazon DynamoDB or an emulator of it, over the network",
    flavours: &[LOCAL, AWS, MINISTACK, LOCALSTACK, MOTO],
    needs_directory: false,
    resources: Some(resources::RESOURCES),
    connect: |settings| Box::pin(provider::connect(settings)),
};

/// Emulators take any credentials; these are none of anybody.
const DUMMIES: &[(&str, &str)] = &[
    ("region", "us-east-1"),
    ("access-key-id", "test"),
    ("secret-access-key", "test"),
];

const PATIENT: &[(&str, &str)] = &[("timeout-ms", "25000")];

const LOCAL: Flavour = Flavour {
    name: "local",
    summary: "DynamoDB Local, the emulator of AWS",
    process: Some(Process {
        program: "dynamodb-local",
        arguments: &["-inMemory", "-port", "{port}", "-disableTelemetry"],
        endpoint: "http://127.0.0.1:{port}",
        install: ".ci/servers dynamodb-local",
        ..Process::EMPTY
    }),
    container: Some(Container {
        image: "docker.io/amazon/dynamodb-local",
        tag: "3.3.1",
        digest: "sha256:ff89bd48ff32cd8d9be5fee8873b65b8854dc408f1afe881be6eb00247bc0dab",
        port: 8000,
        command: &[
            "-jar",
            "DynamoDBLocal.jar",
            "-inMemory",
            "-disableTelemetry",
        ],
        endpoint: "http://{host}:{port}",
        ..Container::EMPTY
    }),
    options: DUMMIES,
    patience: PATIENT,
    jobs: 6,
    timeout_scale: 8,
    declares: Some(descriptor::of_emulator),
    ..Flavour::EMPTY
};

const AWS: Flavour = Flavour {
    name: "aws",
    summary: "Amazon DynamoDB in an account",
    account: Some(Account {
        credentials: "the standard chain of the AWS SDK: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, single sign-on, container, instance",
        needs: "a region: AWS_REGION, the profile, or --set region=",
    }),
    declares: Some(descriptor::of_account),
    ..Flavour::EMPTY
};

const MINISTACK: Flavour = Flavour {
    name: "ministack",
    summary: "ministack, an emulator of AWS",
    process: Some(Process {
        program: "ministack",
        environment: &[("BIND_HOST", "127.0.0.1"), ("GATEWAY_PORT", "{port}")],
        endpoint: "http://127.0.0.1:{port}",
        install: "pip install ministack",
        ..Process::EMPTY
    }),
    options: DUMMIES,
    patience: PATIENT,
    expected_failures: include_str!("../expected-failures/ministack.txt"),
    jobs: 2,
    timeout_scale: 8,
    declares: Some(descriptor::of_emulator),
    ..Flavour::EMPTY
};

const LOCALSTACK: Flavour = Flavour {
    name: "localstack",
    summary: "LocalStack, an emulator of AWS, with DynamoDB Local inside",
    process: Some(Process {
        program: "localstack",
        environment: &[
            ("SERVICES", "dynamodb"),
            ("SKIP_SSL_CERT_DOWNLOAD", "1"),
            ("DISABLE_EVENTS", "1"),
            ("GATEWAY_LISTEN", "127.0.0.1:{port}"),
            ("FILESYSTEM_ROOT", "{directory}"),
        ],
        endpoint: "http://127.0.0.1:{port}",
        install: "pip install 'localstack[runtime]==4.14.0'",
        ..Process::EMPTY
    }),
    container: Some(Container {
        image: "docker.io/localstack/localstack",
        tag: "4.14.0",
        digest: "sha256:3ebc37595918b8accb852f8048fef2aff047d465167edd655528065b07bc364a",
        port: 4566,
        environment: &[("SERVICES", "dynamodb")],
        endpoint: "http://{host}:{port}",
        ..Container::EMPTY
    }),
    options: DUMMIES,
    patience: PATIENT,
    jobs: 2,
    timeout_scale: 10,
    declares: Some(descriptor::of_emulator),
    ..Flavour::EMPTY
};

const MOTO: Flavour = Flavour {
    name: "moto",
    summary: "moto, an emulator of AWS that does not lock: a known-bad control",
    process: Some(Process {
        program: "moto_server",
        arguments: &["-H", "127.0.0.1", "-p", "{port}"],
        endpoint: "http://127.0.0.1:{port}",
        install: "pip install 'moto[server,dynamodb]'",
        ..Process::EMPTY
    }),
    options: DUMMIES,
    expected_failures: include_str!("../expected-failures/moto.txt"),
    is_control: true,
    jobs: 4,
    timeout_scale: 4,
    declares: Some(descriptor::of_emulator),
    ..Flavour::EMPTY
};
