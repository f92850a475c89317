//! The command from outside, as a process: exit codes, messages, files.
#![cfg(unix)]

mod accounts;
mod commands;
mod endings;
mod launching;
mod support;
mod unruly;
mod vendor;
