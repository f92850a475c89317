//! `cloud:keyvalue`: what a driver implements, and what a guest sees.

pub mod counter;
mod driver;
mod metered;
mod portable;
mod rules;
mod store;

pub use driver::{Conditional, Driver, Entry, Expected, KeyPage, ListRequest, SetOptions, Version};
pub use portable::Portable;
pub use store::{BatchError, BatchResult, KeyStream, Page, Store, SwapError};
