//! What a command about the specification works on: the root of a checkout, read and
//! indexed. What is wrong with it is told as a wrong argument.

use std::path::{Path, PathBuf};

use conformance_model::{Coverage, Published};
use conformance_spec::{Catalog, Sources, coverage, published};

use crate::Failure;

/// A checkout.
pub(super) struct Checkout {
    pub(super) root: PathBuf,
    pub(super) sources: Sources,
    pub(super) catalog: Catalog,
}

impl Checkout {
    /// Reads the checkout whose root was named, or the one that the current directory
    /// is the root of.
    pub(super) fn read(root: Option<&Path>) -> Result<Self, Failure> {
        let problem = match root {
            None => "the current directory has no folder `wit`".to_owned(),
            Some(root) => match std::fs::metadata(root) {
                Err(error) => format!("cannot read {}: {error}", root.display()),
                Ok(found) if !found.is_dir() => {
                    format!("{} is a file, not a folder", root.display())
                }
                Ok(_) => format!("{} has no folder `wit`", root.display()),
            },
        };
        let root = at_top(root.unwrap_or(Path::new("")));
        if !root.join("wit").is_dir() {
            return Err(Failure::usage(problem).help(
                "name the root of a checkout: the folder that holds `wit` and `conformance`",
            ));
        }
        let sources = Sources::read(root).map_err(Failure::usage)?;
        let catalog = Catalog::new(&sources).map_err(Failure::usage)?;
        Ok(Self {
            root: root.to_owned(),
            sources,
            catalog,
        })
    }

    /// Which cases prove which clauses.
    pub(super) fn coverage(&self) -> Coverage {
        coverage(&self.catalog, self.catalog.cases())
    }

    /// The published runs.
    pub(super) fn published(&self) -> Result<Vec<Published>, Failure> {
        published(&self.root).map_err(|error| {
            Failure::usage(error)
                .help("`conformance spec publish` writes what belongs there; docs/guide/publish.md")
        })
    }
}

/// The checkout, where its `wit` was named instead.
fn at_top(named: &Path) -> &Path {
    match named.parent() {
        Some(above) if named.ends_with("wit") && above.join("conformance/features").is_dir() => {
            above
        }
        _ => named,
    }
}

/// Writes a file, and the folders that it lies in.
pub(super) fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    let failed = |error: std::io::Error| {
        Failure::usage(format!("cannot write {}: {error}", path.display()))
            .help("name a place that can be written")
    };
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(failed)?;
    }
    std::fs::write(path, bytes).map_err(failed)
}
