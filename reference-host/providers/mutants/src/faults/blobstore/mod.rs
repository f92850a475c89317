//! Faults of blob stores: one file for each area of the specification, each with its
//! faults and, at its end or start, the list of the mutants made of them.

mod append;
mod basic;
mod upload_ends;
mod upload_parts;
mod uploads;

use crate::Mutant;

/// A fault below the portable layer.
macro_rules! driver {
    ($fault:expr) => {
        $crate::mutant::Layer::ContainerDriver(|| std::sync::Arc::new($fault))
    };
}

/// A fault in front of an open container.
macro_rules! container {
    ($fault:expr) => {
        $crate::mutant::Layer::Container(|| std::sync::Arc::new($fault))
    };
}

use {container, driver};

/// Every mutant of blob stores, ordered by area.
pub(super) fn mutants() -> Vec<Mutant> {
    [
        basic::MUTANTS,
        uploads::MUTANTS,
        upload_parts::MUTANTS,
        upload_ends::MUTANTS,
        append::MUTANTS,
    ]
    .concat()
}
