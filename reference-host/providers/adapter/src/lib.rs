//! A provider in another process, in any language, reached through JSON lines on
//! its standard input and output. `docs/guide/adapter.md` is the protocol.
//!
//! ## Settings
//!
//! - `command`: the program and its arguments, split into words as a shell does
//!   (blanks, quotes, backslashes) and run without one.
//! - `timeout-ms`: how long one call may take (default 10000).
//! - `start-timeout-ms`: how long the program may take from its start to its first
//!   answer (default 9000).
//!
//! ## The process
//!
//! One process serves the provider for its whole life. It is not started again
//! when it ended: what it held is gone, and a service that comes back empty is
//! another one. From then on every call is `unavailable`. Its standard error is
//! that of the host: its owner reads it, no report holds it. What the process was
//! given up for is one line there, as no caller has a place for it.
//!
//! When nobody needs it any more, its input ends, and it has a second to end as
//! well. That holds where the runtime ends first, which then waits for it. Where
//! the host is killed, a shell that waits for that (on Unix) does the same.
//!
//! A process that breaks the protocol (a line that is no answer, an answer that
//! nobody waits for, a line without an end) is killed: from there on nothing that
//! it says can be told from something else.
//!
//! This crate knows neither an engine nor the harness.
#![deny(missing_docs)]

mod child;
mod config;
mod descriptor;
mod driver;
mod error;
mod form;
mod link;
mod namespace;
mod provider;
mod watchdog;
mod wire;
mod words;

use cloud_contract::Factory;

/// The registry's entry of this provider.
pub const FACTORY: Factory = Factory {
    name: descriptor::NAME,
    summary: "a provider of your own in any language, over JSON lines; --set command=...",
    flavours: &[],
    needs_directory: false,
    resources: None,
    connect: |settings| Box::pin(provider::connect(settings)),
};
