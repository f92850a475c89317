//! HOST.toml, version 1: what each name of a guest stands for, and what the guest is
//! given. Every fault is told with its line; a value is repeated in none.

mod read;
mod source;
mod value;

use std::path::Path;
use std::time::Duration;

use cloud_contract::{Capability, ScopeId, Settings, Target};

use crate::failure::Failure;
use source::Source;

/// What a whole manifest says. Services that nothing is on are not in it.
#[derive(Debug)]
pub(crate) struct Manifest {
    pub(crate) guest: GuestSection,
    pub(crate) services: Vec<Service>,
    pub(crate) places: Vec<Place>,
}

/// `[guest]`
#[derive(Debug)]
pub(crate) struct GuestSection {
    pub(crate) memory_bytes: usize,
    pub(crate) handles: usize,
    pub(crate) in_flight_bytes: usize,
    /// Off unless it is set: an application may run for as long as it likes.
    pub(crate) deadline: Option<Duration>,
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<(String, Hidden)>,
}

/// A text that is not to be shown.
#[derive(Clone)]
pub(crate) struct Hidden(pub(crate) String);

impl std::fmt::Debug for Hidden {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("***")
    }
}

/// A provider with its settings; equal ones are one.
#[derive(Debug)]
pub(crate) struct Service {
    /// What the manifest calls it.
    pub(crate) name: String,
    pub(crate) target: Target,
    pub(crate) settings: Settings,
    /// File and line, for messages.
    pub(crate) place: String,
}

/// `[keyvalue.NAME]` or `[blobstore.NAME]`: what stands behind a name of the guest.
#[derive(Debug)]
pub(crate) struct Place {
    pub(crate) capability: Capability,
    /// What the guest opens.
    pub(crate) name: String,
    /// Index into the services.
    pub(crate) service: usize,
    /// The scope of the provider, which holds this place and nothing else.
    pub(crate) scope: ScopeId,
    /// Its name in the service.
    pub(crate) target: String,
    /// File and line, for messages.
    pub(crate) line: String,
}

/// What people call that which a capability opens, also as a key of the manifest.
pub(crate) fn word(capability: Capability) -> &'static str {
    match capability {
        Capability::Keyvalue => "store",
        Capability::Blobstore => "container",
    }
}

impl Manifest {
    /// Reads a manifest, and the variables and files that it names.
    pub(crate) fn open(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            Failure::usage(format!("{}: cannot be read: {error}", path.display()))
        })?;
        Self::read(path, &text, &|name| std::env::var_os(name))
    }

    fn read(path: &Path, text: &str, environment: value::Environment<'_>) -> Result<Self, Failure> {
        let source = Source::new(path, text);
        let manifest = read::manifest(&source, environment);
        match (manifest, source.faults()) {
            (Some(manifest), faults) if faults.is_empty() => Ok(manifest),
            (_, faults) => Err(Failure::usage(faults).help(
                "docs/guide/host.md describes the manifest; `reference-host --help` has one",
            )),
        }
    }
}

#[cfg(test)]
mod tests;
