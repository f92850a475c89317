//! A provider that brings its service and a way to stand it up along: a tiny
//! key-value server over TCP, a provider that is its client, and a launcher.
//!
//! - `server`: the service. It knows nothing of cloud-wit.
//! - `wire`: how its messages look.
//! - `client`: connections to it.
//! - `provider`: the seam of cloud-wit, made of calls of the client.
//! - `launcher`: starts, kills and restarts the server for a test.

mod client;
mod launcher;
mod provider;
pub mod server;
mod wire;

use cloud_contract::{Factory, Flavour, Launcher};

/// What a registry, or a test, needs to know.
pub static FACTORY: Factory = Factory {
    name: "tiny-service",
    summary: "a tiny key-value server, over TCP",
    flavours: &[Flavour {
        name: "tiny-service",
        summary: "the server of this crate",
        launcher: Some(LAUNCHER),
        ..Flavour::EMPTY
    }],
    needs_directory: false,
    resources: None,
    connect: |settings| Box::pin(provider::connect(settings)),
};

/// The way to stand the server up; `--endpoint HOST:PORT` names one that runs.
pub const LAUNCHER: Launcher = Launcher {
    name: "in-process",
    summary: "the server, inside of the process that tests it",
    launch: |settings| Box::pin(launcher::launch(settings)),
};
