//! `cloud:blobstore`.

mod admin;
mod append;
mod atomic_move;
mod conditional_copy;
mod conditional_delete;
mod container;
mod convert;
mod delivery;
mod history;
mod intake;
mod links;
mod multipart;
mod weight;
