//! The ways in which a service can be stood up for a provider: data that a harness
//! acts on, and a door for those who bring a way of their own.

use std::fmt;

use async_trait::async_trait;
use futures::future::BoxFuture;

use crate::{Result, Settings};

/// A server program that a harness can start. In arguments, environment and
/// endpoint, `{port}` and `{port.2}` to `{port.8}` stand for free loopback ports and
/// `{directory}` for a fresh folder.
#[derive(Debug, Clone, Copy)]
pub struct Process {
    /// The program, looked up in `PATH` and where `.ci/servers` installs.
    pub program: &'static str,
    /// Further folders in which it may lie, `*` standing for any one name; the last
    /// in the order of versions counts.
    pub folders: &'static [&'static str],
    /// Its arguments.
    pub arguments: &'static [&'static str],
    /// Variables of its environment, beside those of the harness.
    pub environment: &'static [(&'static str, &'static str)],
    /// Commands that are run to their end before the first start, each with the
    /// program as its first word.
    pub prepare: &'static [&'static [&'static str]],
    /// It refuses to run as root; a harness that is root becomes somebody else.
    pub refuses_root: bool,
    /// The endpoint that the provider then connects to.
    pub endpoint: &'static str,
    /// One command that installs the program on a common system.
    pub install: &'static str,
}

impl Process {
    /// A program without arguments, to name the fields that differ.
    pub const EMPTY: Self = Self {
        program: "",
        folders: &[],
        arguments: &[],
        environment: &[],
        prepare: &[],
        refuses_root: false,
        endpoint: "",
        install: "",
    };
}

/// A container image that a harness can start. In the command, the environment and
/// the endpoint, `{host}` and `{port}` stand for where its port is published.
#[derive(Debug, Clone, Copy)]
pub struct Container {
    /// The image without a tag, with its registry: `docker.io/library/redis`.
    pub image: &'static str,
    /// The tag.
    pub tag: &'static str,
    /// The digest that the tag stood for when it was pinned: `sha256:...`.
    pub digest: &'static str,
    /// The port that the service listens on inside.
    pub port: u16,
    /// What the container runs, where it is not what the image runs by itself.
    pub command: &'static [&'static str],
    /// Variables of its environment.
    pub environment: &'static [(&'static str, &'static str)],
    /// The endpoint that the provider then connects to.
    pub endpoint: &'static str,
}

impl Container {
    /// An image without a name, to name the fields that differ.
    pub const EMPTY: Self = Self {
        image: "",
        tag: "",
        digest: "",
        port: 0,
        command: &[],
        environment: &[],
        endpoint: "",
    };
}

/// A service in an account of a cloud vendor. Its SDK finds endpoint and
/// credentials by itself, and requests may cost money.
#[derive(Debug, Clone, Copy)]
pub struct Account {
    /// Where the SDK looks for credentials, for people.
    pub credentials: &'static str,
    /// What must be set besides, for people; empty if nothing.
    pub needs: &'static str,
}

/// A way to stand a service up that a provider brings along.
#[derive(Debug, Clone, Copy)]
pub struct Launcher {
    /// What reports call it; not `process`, `container`, `endpoint`, `embedded`.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// Starts the service, with the settings that the user made.
    pub launch: StartService,
}

/// Starts a service.
pub type StartService = fn(Settings) -> BoxFuture<'static, Result<Box<dyn Service>>>;

/// A service that was started for a run.
#[async_trait]
pub trait Service: Send + Sync + fmt::Debug {
    /// How the provider reaches it: the user's settings with what is new.
    fn settings(&self) -> Settings;

    /// Ends it as a crash would, keeping its data where a crash does.
    ///
    /// # Errors
    /// `unsupported` with `kill` where this cannot be done.
    async fn kill(&mut self) -> Result<()> {
        Err(crate::Error::unsupported("kill"))
    }

    /// Starts it again after [`Service::kill`], reachable as before.
    ///
    /// # Errors
    /// `unsupported` with `restart` where this cannot be done, `unavailable`.
    async fn restart(&mut self) -> Result<()> {
        Err(crate::Error::unsupported("restart"))
    }

    /// Ends it and removes what it left. Returns the last lines that it wrote,
    /// for its owner alone: they may name endpoints and paths.
    async fn stop(self: Box<Self>) -> Vec<String>;
}
