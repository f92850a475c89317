//! `cloud:keyvalue` with borrowed arguments, and what its cases share.
//!
//! The modules `cas`, `counters`, `batch` and `expiry` hold the functions of the
//! interfaces of these names.

pub mod batch;
pub mod cas;
pub mod counters;
pub mod expiry;
mod lifetimes;
mod stores;

pub use crate::bindings::cloud::keyvalue::store::Page;
pub use lifetimes::{Span, TtlLimits};
pub use stores::{KeyReader, KeyStream, Store, open};
