//! The wasmtime side of the seam: runs guest components against a
//! [`cloud_contract::Platform`].
//!
//! Owns the engine and its settings, the cache of compiled components, the
//! limits of an instance, admission, and bindings that convert and nothing else.
//! Must not know any provider, and holds no rule of the specification: those
//! stand in the contract's portable layer.
#![deny(missing_docs)]

mod admission;
mod bindings;
mod budget;
mod cache;
mod config;
mod digest;
mod engine;
mod error;
mod guest;
mod host;
mod state;
mod ticker;

pub use admission::max_map_count;
pub use config::{HostConfig, InstanceLimits};
pub use digest::Digest;
pub use error::{HostError, Trap};
pub use guest::Guest;
pub use host::Host;
pub use state::State;
/// The engine, for harnesses that bind exports of their own.
pub use wasmtime;

/// The engine with its version, for reports: `wasmtime 48.0.8`.
#[must_use]
pub fn engine_name() -> String {
    format!("wasmtime {}", wasmtime_environ::VERSION)
}
