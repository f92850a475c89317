//! Conversion between the WIT types and the contract's, one file per interface.
//! No policy here: no check, no limit, no branch on a provider.

mod batch;
mod cas;
mod counters;
mod errors;
mod expiry;
mod features;
mod keys;
mod store;

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
        path: ["../../wit/types", "../../wit/keyvalue", "../../wit/platform"],
        world: "cloud:platform/platform",
        imports: {
            "cloud:keyvalue/store.[method]store.keys": store | trappable,
            default: trappable,
        },
        with: { "cloud:keyvalue/store.store": crate::state::StoreHandle },
    });
}

use generated::cloud as wit;

/// Provides every interface of `cloud:platform` to guests.
pub(crate) fn add_to_linker(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    generated::Platform::add_to_linker::<State, Cloud>(linker, |state| state)
}
