//! Where a fault of key-value stands: below the portable layer, or above it.

pub(crate) mod driver;
pub(crate) mod store;
