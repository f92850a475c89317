//! Google Cloud Storage as a provider of `cloud:blobstore`.
//!
//! ## Settings
//!
//! - endpoint: none for the service itself, `https://host[:port]` for another of its
//!   endpoints, `http://host:port` for an emulator. No credentials are ever sent to an
//!   endpoint of `http`.
//! - options: `bucket`, which is required; `project`, in which a run makes its bucket, by
//!   default what `GOOGLE_CLOUD_PROJECT` names; `location`, where it makes it; `history`,
//!   `on` for a bucket of a run that keeps the states of objects (default `off`);
//!   `timeout-ms`, how long one call may take (default 20000); `abandoned-after-s`, see
//!   below (default 43200, half a day).
//! - credentials: the application default credentials of Google's libraries: the file
//!   that `GOOGLE_APPLICATION_CREDENTIALS` names, what `gcloud auth application-default
//!   login` wrote, or the metadata server.
//!
//! ## How a container lies in a bucket
//!
//! All scopes share one bucket, since buckets are few and named worldwide.
//!
//! | object | what it is |
//! |---|---|
//! | `SCOPE/in/CONTAINER/NAME` | an object |
//! | `SCOPE/is/CONTAINER` | says that the container is there |
//! | `SCOPE/open` | says that the scope is open |
//! | `_parts/SCOPE/CONTAINER/ID/...` | an upload of a guest, and what is to be appended |
//!
//! - A name stays as it is but for control characters, of which the service refuses two,
//!   and for a dot at the beginning of a segment, which clients of links would resolve:
//!   see `names.rs`. The order of the bytes is kept, so that a list is the service's.
//! - The generation of an object is its version. Conditions are those of the service on
//!   generations, decided in the request that writes.
//! - Metadata are custom metadata; a value that is not printable ASCII is base 64 behind
//!   a `=`.
//! - What does not fit into 8 MiB is a resumable upload, in pieces of that size. It is
//!   ended however the write fails. What a host leaves that dies in the middle, the
//!   service lets go of within a week: only the address of the upload could end it before,
//!   and who has that can write, so it is written down nowhere.
//! - An object is read in one request of the API that is not JSON, whose answers say all of
//!   an object in their header. What is asked for again where an answer breaks off is of
//!   the same generation. Where such an answer fails or says less, a look at the object
//!   comes first.
//! - The time of modification is in whole seconds, as that header has it.
//! - The parts of an upload are objects of their own, composed in the end. So is what is
//!   appended, which then is composed with the object, on the condition that it is still
//!   the one that was found.
//! - Below `_parts/`, an ID with an object `begun` is an upload of a guest, which stays. All
//!   else is there for some calls of a host. Who opens a container removes, behind the
//!   call and at most once an hour, what is older than `abandoned-after-s` by the clock of
//!   the service: its host died in the middle. It is three hours at least. With
//!   `end-all-under-way` (`yes`) it is removed however young it is, of whatever host: for who
//!   knows that no other one writes, and for tests. What nobody opens again keeps what was
//!   left.
//! - A request that the service throttles, as it does with more than one write of one
//!   object in a second, is sent again for half of a call's time.
//!
//! Closing a scope lists what starts with its name and a slash, and deletes that. Writes
//! run to their end also when their caller is gone, so that closing can wait for them.
//!
//! ## What depends on the bucket and on the credentials
//!
//! - `blob.history` is declared where the bucket has object versioning.
//! - `blob.atomic-move` is declared where it has not: what a move leaves of its source in
//!   such a bucket is not documented. It is never declared of an emulator.
//! - `blob.multipart` is declared unless the soft delete of the bucket keeps parts for
//!   longer than six days. New buckets have one of seven days; that of a run has none.
//! - `blob.links` is declared where the credentials can sign: with the key of a service
//!   account for a second less than 7 days; by the service for others, whose keys come
//!   and go, for a second less than 12 hours.
//! - What guests forget, a rule of the bucket has to remove, and it is the operator's; none
//!   is made here: it should delete what starts with `_parts/` and is older than any upload
//!   lasts.
//!
//! ## Why no client library
//!
//! `google-cloud-storage` 1.21 asks for all but bytes by gRPC, which emulators and
//! proxies of the JSON API do not answer. `object_store` 0.14 has conditions on `put`
//! alone: none on deletions and copies, no generations, no compose. So this is a thin
//! client of the JSON API over the `reqwest` that is here anyway, with tokens and
//! signatures by `google-cloud-auth`, which Firestore's client uses as well.
//!
//! The flavour `gcp` takes the same path as the emulator, but was not run against an
//! account yet; moves and links were not run against any service.
//!
//! This crate knows neither an engine nor the harness.
#![deny(missing_docs)]

mod abandoned;
mod access;
mod config;
mod descriptor;
mod driver;
mod error;
mod link;
mod metadata;
mod names;
mod namespace;
mod object;
mod provider;
mod resources;
mod sweep;

use cloud_contract::{Account, Factory, Flavour, Process};

/// The registry's entry of this provider.
pub const FACTORY: Factory = Factory {
    name: descriptor::NAME,
    summary: "Google Cloud Storage",
    flavours: &[EMULATOR, GCP],
    needs_directory: false,
    resources: Some(resources::RESOURCES),
    connect: |settings| Box::pin(provider::connect(settings)),
};

const EMULATOR: Flavour = Flavour {
    name: "fake-gcs-server",
    summary: "fake-gcs-server, an emulator that keeps all in memory",
    process: Some(Process {
        program: "fake-gcs-server",
        arguments: &[
            "-scheme",
            "http",
            "-host",
            "127.0.0.1",
            "-port",
            "{port}",
            "-backend",
            "memory",
            "-public-host",
            "127.0.0.1:{port}",
            "-external-url",
            "http://127.0.0.1:{port}",
            "-log-level",
            "warn",
        ],
        endpoint: "http://127.0.0.1:{port}",
        install: "go install github.com/fsouza/fake-gcs-server@v1.54.0",
        ..Process::EMPTY
    }),
    options: &[("history", "on")],
    // Each write of it looks through all objects of the bucket, one after the other.
    jobs: 4,
    timeout_scale: 8,
    expected_failures: include_str!("../expected-failures/fake-gcs-server.txt"),
    declares: Some(descriptor::of_emulator),
    ..Flavour::EMPTY
};

const GCP: Flavour = Flavour {
    name: "gcp",
    summary: "Cloud Storage in a Google Cloud project",
    account: Some(Account {
        credentials: "application default credentials: GOOGLE_APPLICATION_CREDENTIALS, \
                      gcloud auth application-default login, or the metadata server",
        needs: "a project to make a bucket in: GOOGLE_CLOUD_PROJECT or --set project=",
    }),
    declares: Some(descriptor::of_gcp),
    ..Flavour::EMPTY
};
