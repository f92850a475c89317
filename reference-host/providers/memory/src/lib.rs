//! The embedded default: everything in the memory of the process.
//!
//! Data lives as long as the [`Provider`](cloud_contract::Provider) value that
//! [`FACTORY`] opens, and ends with it. There is nothing to install and nothing
//! that must be set, so this is the provider to develop against, the reference for
//! the conformance suite, and the base of the providers that are wrong on purpose.
//!
//! The options are `store-mib` and `container-mib`: how much memory each key-value store
//! (1024) and the objects of each container (4096) may take. A write that would need more
//! is `throttled`.
//!
//! [`KeyvalueStore`] and [`MemoryContainer`] are public so that such a provider can wrap
//! them.
#![deny(missing_docs)]

mod blobstore;
mod config;
mod descriptor;
mod keyvalue;
mod namespace;
mod provider;

pub use blobstore::MemoryContainer;
pub use descriptor::descriptor;
pub use keyvalue::KeyvalueStore;
pub use namespace::MemoryNamespace;
pub use provider::MemoryProvider;

use cloud_contract::Factory;

/// The entry of the registry.
pub const FACTORY: Factory = Factory {
    name: descriptor::ID,
    summary: "in the memory of this process; every feature but links, nothing survives",
    flavours: &[],
    needs_directory: false,
    resources: None,
    connect: provider::connect,
};
