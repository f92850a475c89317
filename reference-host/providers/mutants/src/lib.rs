//! Providers that are wrong on purpose, each in one named way.
//!
//! A conformance suite is worth what it can find. Each [`Mutant`] is the memory
//! provider with a single fault: a case whose clauses the mutant names must fail
//! against it. The suite's self-test runs every mutant and reports the ones that
//! survive, and the cases that never killed any.
//!
//! A fault stands in one of four places ([`mutant`](Mutant) says which): in what
//! the provider declares, in the driver below the portable layer, in the store
//! that a guest sees above it, or in front of `open` and `describe`. Whatever a
//! fault does not name goes through untouched.
#![deny(missing_docs)]

mod blobstore;
mod faults;
mod keyvalue;
mod links;
mod mutant;
mod platform;
mod provider;

pub use faults::mutants;
pub use mutant::Mutant;

use cloud_contract::Factory;

/// One entry of a registry for all of them: the setting `fault` names the mutant.
pub const FACTORY: Factory = Factory {
    name: "mutants",
    summary: "memory with one fault, which the setting `fault` names",
    flavours: &[],
    needs_directory: false,
    resources: None,
    connect: mutant::connect,
};
