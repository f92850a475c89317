//! One file for each subcommand: its arguments in, an exit code or a failure out.

pub(crate) mod completions;
pub(crate) mod controls;
pub(crate) mod doctor;
pub(crate) mod explain;
pub(crate) mod gc;
pub(crate) mod list;
pub(crate) mod matrix;
pub(crate) mod providers;
pub(crate) mod run;
pub(crate) mod schema;
pub(crate) mod selftest;
pub(crate) mod spec;
