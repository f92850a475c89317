//! Where a fault of blob stores stands: below the portable layer, or above it.

pub(crate) mod container;
pub(crate) mod driver;
