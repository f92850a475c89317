//! Conversion between the WIT types and the contract's, one file per interface.
//! No policy here: no check, no limit, no branch on a provider.

mod blobstore;
mod errors;
mod features;
mod keyvalue;
mod names;

use std::time::Duration;

use wasmtime::component::Linker;

use crate::State;
use crate::state::Cloud;

#[allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    unused_qualifications,
    reason = "generated code"
)]
mod generated {
    wasmtime::component::bindgen!({
        path: [
            "../../wit/types",
            "../../wit/keyvalue",
            "../../wit/blobstore",
            "../../wit/platform",
        ],
        world: "cloud:platform/platform",
        imports: {
            "cloud:keyvalue/store.[method]store.keys": store | trappable,
            "cloud:blobstore/container.[method]container.put": store | trappable,
            "cloud:blobstore/container.[method]container.names": store | trappable,
            "cloud:blobstore/multipart.put-part": store | trappable,
            "cloud:blobstore/append.append": store | trappable,
            default: trappable,
        },
        with: {
            "cloud:keyvalue/store.store": crate::state::StoreHandle,
            "cloud:blobstore/container.container": crate::state::ContainerHandle,
        },
    });
}

use generated::cloud as wit;

/// The outcome of a host function: a trap outside, the WIT result inside.
type Outcome<T, E = wit::types::errors::Error> = wasmtime::Result<Result<T, E>>;

/// A span as the WIT has it: nanoseconds, at most what 64 bits hold.
fn nanoseconds(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

/// Provides every interface of `cloud:platform` to guests.
pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    generated::Platform::add_to_linker::<State, Cloud>(linker, |state| state)
}
