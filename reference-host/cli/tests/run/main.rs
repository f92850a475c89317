//! `reference-host` from outside, as a process: what it runs, what it refuses, how it
//! ends.
#![cfg(unix)]

mod apps;
mod endings;
mod example;
#[cfg(target_os = "linux")]
mod memory;
mod refusals;
#[path = "../support/mod.rs"]
mod support;
