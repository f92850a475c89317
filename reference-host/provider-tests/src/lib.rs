//! What the tests of providers have in common, beside the conformance suite: a server
//! of their own, a wire that can be cut, and the tests that each of them would write
//! again.
//!
//! The suite proves what a guest can see. Here is what it cannot: how a provider fails
//! when its service is absent, dies, stalls or loses replies ([`faults`]), and what the
//! seam asks of scopes and of several hosts on one service ([`seam`]); for containers both
//! are in [`blob`]. What is special to one service stays in the tests of its provider.
//!
//! This crate knows no provider, and nothing but tests uses it.
#![deny(missing_docs)]

pub mod blob;
mod calls;
mod child;
mod config;
pub mod faults;
pub mod seam;
mod server;
mod wire;

pub use calls::{get, guest_store, list, page, scope, set, set_ttl, store, swap, version};
pub use child::{Child, say};
pub use config::{Given, assert_refused, settings};
pub use server::{Server, Subject, not_run};
pub use wire::Wire;
