//! The catalogue: faults by capability, and by the area of its specification.

mod blobstore;
mod keyvalue;

use std::sync::LazyLock;

use crate::Mutant;

/// A fault in front of `open` and `describe`.
macro_rules! platform {
    ($fault:expr) => {
        $crate::mutant::Layer::Platform(|| std::sync::Arc::new($fault))
    };
}

use platform;

/// Every mutant, ordered by capability and area.
#[must_use]
pub fn mutants() -> &'static [Mutant] {
    static ALL: LazyLock<Vec<Mutant>> =
        LazyLock::new(|| [keyvalue::mutants(), blobstore::mutants()].concat());
    &ALL
}
