//! Key-value stores.

mod expiry;
mod store;
mod table;

pub use store::KeyvalueStore;
