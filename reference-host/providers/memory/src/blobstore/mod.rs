//! Containers.

mod container;
mod containers;
mod objects;
mod past;
mod pending;
mod pieces;
mod uploads;

pub use container::MemoryContainer;
pub(crate) use containers::Containers;
pub(crate) use uploads::{MAX_IDLE, PART_MIN_BYTES};
