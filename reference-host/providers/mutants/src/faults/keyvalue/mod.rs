//! Faults of key-value: one file for each area of the specification, each with its
//! faults and, at its end or start, the list of the mutants made of them.

mod arguments;
mod basic;
mod batch;
mod batch_lives;
mod chunks;
mod concurrency;
mod contention;
mod counters;
mod counting;
mod cursors;
mod errors;
mod expiry;
mod features;
mod handles;
mod keys;
mod lifetimes;
mod limits;
mod list;
mod names;
mod open;
mod order;
mod overtaken;
mod races;
mod refusals;
mod session;
mod several;
mod streams;
mod swap;
pub(super) mod tools;
mod values;
mod versions;

use crate::Mutant;

/// A fault below the portable layer.
macro_rules! driver {
    ($fault:expr) => {
        $crate::mutant::Layer::StoreDriver(|| std::sync::Arc::new($fault))
    };
}

/// A fault in front of an open store.
macro_rules! store {
    ($fault:expr) => {
        $crate::mutant::Layer::Store(|| std::sync::Arc::new($fault))
    };
}

use super::platform;
use {driver, store};

/// Every mutant of key-value, ordered by area.
pub(super) fn mutants() -> Vec<Mutant> {
    [
        open::MUTANTS,
        names::MUTANTS,
        handles::MUTANTS,
        features::MUTANTS,
        limits::MUTANTS,
        keys::MUTANTS,
        arguments::MUTANTS,
        values::MUTANTS,
        basic::MUTANTS,
        session::MUTANTS,
        list::MUTANTS,
        order::MUTANTS,
        cursors::MUTANTS,
        streams::MUTANTS,
        swap::MUTANTS,
        races::MUTANTS,
        versions::MUTANTS,
        counters::MUTANTS,
        counting::MUTANTS,
        batch::MUTANTS,
        refusals::MUTANTS,
        chunks::MUTANTS,
        batch_lives::MUTANTS,
        expiry::MUTANTS,
        lifetimes::MUTANTS,
        errors::MUTANTS,
        concurrency::MUTANTS,
        contention::MUTANTS,
        several::MUTANTS,
        overtaken::MUTANTS,
    ]
    .concat()
}
