//! Containers.
//!
//! An object is a row and the files that the row names. A file is written under a random
//! name, flushed with its folder, and belongs to an object from the transaction on that
//! names it; it is never changed afterwards. Copies share files, additions and parts are
//! more of them, and the last row that lets go of a file has it removed. No name of a
//! guest is ever part of a path.

mod append;
mod container;
pub(crate) mod files;
mod ledger;
mod reader;
mod record;
mod snapshot;
pub(crate) mod tables;
mod uploads;
mod writer;

pub(crate) use container::Container;

/// How long an upload is kept that nobody touches, in nanoseconds: a day.
pub(crate) const MAX_IDLE_NS: u64 = 86_400 * 1_000_000_000;
/// The smallest part but for the last, in bytes.
pub(crate) const PART_MIN_BYTES: u64 = 1;
/// The largest object, in bytes: what one file can have on the file systems there are.
pub(crate) const OBJECT_MAX_BYTES: u64 = 1 << 40;
/// How many bytes a stream holds between the guest and the disk.
const PIECE: usize = 256 << 10;
