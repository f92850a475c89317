//! Containers: each an object store bucket of NATS, in the layout that its other clients
//! have. What they leave open is decided here: conditions, who lets go of which bytes,
//! and how a part of an object is found.

mod abandoned;
mod bucket;
mod chunks;
mod container;
mod containers;
mod list;
mod meta;
mod object;
mod put;
mod reader;
mod remove;
mod rename;
mod residue;
mod search;
mod survey;
mod upload;
mod wire;

pub(crate) use self::containers::Containers;
pub(crate) use self::residue::RESIDUE_MAX;

/// The longest name of an object. Four bytes stand for three in a subject, which has to
/// fit into the 4 KiB that the server takes for one line, together with the names of a
/// domain, a stream (twice) and an inbox.
pub(crate) const NAME_BYTES: usize = 2_048;
/// JetStream itself sets no limit: this is what was thought of, 8 Mi messages.
pub(crate) const OBJECT_BYTES: u64 = 1 << 40;
/// The most bytes of a message of an object, as other clients have it.
pub(crate) const CHUNK_BYTES: usize = 128 << 10;
/// How many messages of an object are on their way at a time, in each direction.
pub(crate) const CHUNKS_AT_ONCE: usize = 16;
