//! `cloud:blobstore` with borrowed arguments, and what its cases share.
//!
//! The modules `admin`, `append`, `atomic_move`, `conditional_copy`,
//! `conditional_delete`, `history`, `links` and `multipart` hold the functions of the
//! interfaces of these names; `pauses` holds guests that pause, `in_turn` streams that are
//! written in turn.

pub mod admin;
pub mod append;
pub mod atomic_move;
pub mod conditional_copy;
pub mod conditional_delete;
mod containers;
mod described;
mod foreign;
pub mod history;
pub mod in_turn;
pub mod links;
mod listing;
mod meeting;
mod moments;
pub mod multipart;
mod names;
mod objects;
mod patience;
pub mod pauses;
mod refusals;
mod show;
mod sight;
mod streams;

pub use crate::bindings::cloud::blobstore::container::{
    DeleteManyError, FailedName, Info, Item, Listing, ObjectItem, Precondition, PutOptions, Range,
    RefusedNames,
};
pub use containers::{Container, open, options, range};
pub use described::{Described, ODD_TYPES, ODD_VALUES, is_described, odd_objects, put_described};
pub use foreign::foreign_versions;
pub use listing::{NameReader, NameStream};
pub use meeting::{meet, rounds, share};
pub use moments::{Moment, is_listed_as_told};
pub use names::{BadName, ODD_NAMES, bad_names, longest_names, name_limit, odd_names};
pub use objects::{Object, is_exactly, names_of, put_all, with_bytes};
pub use patience::{patiently, settle, unless_expired};
pub use pauses::Pause;
pub use refusals::{refused_midway, unless_failed};
pub use sight::{Sight, sees_the_other};
pub use streams::{Answer, ByteReader, Content, Writer};
