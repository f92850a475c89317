//! `conformance/components/manifest.toml`: what the components are and what they
//! were built from and with.

use std::fmt::Write;
use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::error::{self, Error};
use crate::toolchain::Versions;

/// The file's name, beside the components.
pub(crate) const FILE: &str = "manifest.toml";
/// The version of its schema.
pub(crate) const SCHEMA: u32 = 1;

const HEAD: &str = "# Written by `cargo run -p guest-builder`; do not edit.\n";

/// The whole file.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Manifest {
    pub(crate) schema: u32,
    /// SHA-256 over all sources of the guests and the WIT.
    pub(crate) sources: String,
    pub(crate) toolchain: Versions,
    #[serde(rename = "component")]
    pub(crate) components: Vec<Component>,
}

/// One component.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Component {
    pub(crate) name: String,
    pub(crate) sha256: String,
    /// In bytes.
    pub(crate) size: u64,
    /// The interfaces whose functions it calls.
    pub(crate) imports: Vec<String>,
}

impl Component {
    /// The file's name, beside the manifest.
    pub(crate) fn file(&self) -> String {
        format!("{}.wasm", self.name)
    }
}

impl Manifest {
    pub(crate) fn read(folder: &Path) -> Result<Self, Error> {
        let path = folder.join(FILE);
        let wrong = |detail: String| Error::Manifest {
            path: path.clone(),
            detail,
        };
        let text = String::from_utf8(error::read(&path)?).map_err(|e| wrong(e.to_string()))?;
        let manifest: Self = toml::from_str(&text).map_err(|e| wrong(e.to_string()))?;
        if manifest.schema != SCHEMA {
            return Err(wrong(format!("schema {} is not {SCHEMA}", manifest.schema)));
        }
        Ok(manifest)
    }

    pub(crate) fn render(&self) -> Result<String, Error> {
        let text = toml::to_string(self).map_err(|error| Error::Manifest {
            path: FILE.into(),
            detail: error.to_string(),
        })?;
        Ok([HEAD, &text].concat())
    }

    /// Says which components `fresh` has otherwise.
    pub(crate) fn differences(&self, fresh: &Self) -> String {
        let mut text = "the rebuilt components differ:".to_owned();
        let find = |list: &[Component], name: &str| -> String {
            let entry = list.iter().find(|component| component.name == name);
            entry.map_or("none".to_owned(), |entry| entry.sha256.clone())
        };
        let mut names: Vec<&str> = self
            .components
            .iter()
            .chain(&fresh.components)
            .map(|component| component.name.as_str())
            .collect();
        names.sort_unstable();
        names.dedup();
        for name in names {
            let (old, new) = (find(&self.components, name), find(&fresh.components, name));
            if old != new {
                // Writing to a string cannot fail.
                let _ = write!(text, "\n  {name}: committed {old}, rebuilt {new}");
            }
        }
        text
    }
}
