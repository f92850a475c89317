//! What the providers of containers have in common that keep many scopes in one bucket of a
//! service: what things are called in it, the places of a list, the pieces in which bytes are
//! sent, the writes that are on their way when a scope is closed, what was abandoned, and how
//! long signatures last. Must not know any service.

mod abandoned;
mod begun;
mod coding;
mod looks;
mod marks;
mod pieces;
mod place;
mod region;
mod registration;
mod signature;

pub use abandoned::abandoned_after;
pub use begun::begun;
pub use coding::{SEGMENT_BYTES, decode, digits, divided, encode};
pub use looks::Looks;
pub use marks::{
    CONTAINER_NAME_BYTES, container_mark, container_name, is_ordinary, of_scope, open_mark,
};
pub use pieces::Pieces;
pub use place::Place;
pub use region::Region;
pub use registration::{GIVEN_UP, OnItsWay, Registration};
pub use signature::{SIGNATURE_LOSS, signature_lifetime};
