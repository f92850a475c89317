//! `cloud:keyvalue`.

mod batch;
mod cas;
mod counters;
mod expiry;
mod store;
