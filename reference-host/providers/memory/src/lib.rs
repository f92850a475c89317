//! The embedded default: everything in the memory of the process, every feature.
//!
//! Data lives as long as the [`Provider`](cloud_contract::Provider) value that
//! [`FACTORY`] opens, and ends with it. There is nothing to install and nothing
//! that must be set, so this is the provider to develop against, the reference for
//! the conformance suite, and the base of the providers that are wrong on purpose.
//!
//! The one option is `store-mib`: how much memory each store may take (1024).
//! A write that would need more is `throttled`.
//!
//! [`KeyvalueStore`] is public so that such a provider can wrap it.
#![deny(missing_docs)]

mod config;
mod descriptor;
mod driver;
mod expiry;
mod namespace;
mod provider;
mod table;

pub use descriptor::descriptor;
pub use driver::KeyvalueStore;
pub use namespace::MemoryNamespace;
pub use provider::MemoryProvider;

use cloud_contract::Factory;

/// The entry of the registry.
pub const FACTORY: Factory = Factory {
    name: descriptor::ID,
    summary: "in the memory of this process; every feature, nothing survives",
    flavours: &[],
    needs_directory: false,
    resources: None,
    connect: provider::connect,
};
