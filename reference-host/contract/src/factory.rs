//! How a provider is made: from settings, and with which server started first.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;

use futures::future::BoxFuture;

use crate::{Provider, Result};

/// What a user can set about a provider. Debug output hides the values, which
/// may hold credentials.
#[derive(Clone, Default)]
pub struct Settings {
    /// Where the service listens, in the provider's own notation.
    pub endpoint: Option<String>,
    /// A folder for providers that store on disk.
    pub directory: Option<PathBuf>,
    /// Further settings of the provider, by name.
    pub options: BTreeMap<String, String>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("endpoint", &self.endpoint.as_ref().map(|_| "***"))
            .field("directory", &self.directory.as_ref().map(|_| "***"))
            .field("options", &self.options.keys().collect::<Vec<_>>())
            .finish()
    }
}

/// A server program that a harness can start for a provider. `{port}` and
/// `{directory}` stand for a free loopback port and a fresh folder.
#[derive(Debug, Clone, Copy)]
pub struct Server {
    /// The program, looked up in `PATH`.
    pub program: &'static str,
    /// Its arguments.
    pub arguments: &'static [&'static str],
    /// The endpoint that the provider then connects to.
    pub endpoint: &'static str,
    /// One command that installs the program on a common system.
    pub install: &'static str,
}

/// Opens a provider.
pub type Connect = fn(Settings) -> BoxFuture<'static, Result<Arc<dyn Provider>>>;

/// An entry of the registry.
#[derive(Debug, Clone, Copy)]
pub struct Factory {
    /// The provider's id: `redis`.
    pub name: &'static str,
    /// One line for people.
    pub summary: &'static str,
    /// The server to start when no endpoint is given; none for providers that
    /// run inside the host.
    pub server: Option<Server>,
    /// Whether the provider needs [`Settings::directory`].
    pub needs_directory: bool,
    /// Opens it; fails rather than hangs when the service does not answer.
    pub connect: Connect,
}
