//! One component, the same bytes, with each manifest of its example: the digest and the
//! answers are the same on every service.
//!
//! Starts the servers that it finds on this machine. With `ONE_BINARY_ALL` set, one
//! that is missing is a failure.
#![cfg(unix)]

mod machine;
mod server;
mod shelf;
#[path = "../support/mod.rs"]
mod support;
mod tally;
