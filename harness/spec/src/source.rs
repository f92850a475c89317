//! The text of the specification: embedded, or from a folder.

use std::path::Path;

use crate::SpecError;

/// A file: its path from the root of its folder, with `/`, and its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// For example `keyvalue/store.wit`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// All files of the specification, sorted by path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sources {
    /// The files of `wit/`. The files of one folder make one package.
    pub wit: Vec<Source>,
    /// The files of `conformance/features/`.
    pub features: Vec<Source>,
}

macro_rules! embed {
    ($root:literal: $($path:literal),* $(,)?) => {
        &[$(($path, include_str!(concat!("../../../", $root, "/", $path)))),*]
    };
}

/// What is embedded. A test compares it with the folders.
const WIT: &[(&str, &str)] = embed!("wit":
    "keyvalue/batch.wit",
    "keyvalue/cas.wit",
    "keyvalue/counters.wit",
    "keyvalue/expiry.wit",
    "keyvalue/package.wit",
    "keyvalue/store.wit",
    "keyvalue/transactions.wit",
    "keyvalue/watch.wit",
    "platform/package.wit",
    "types/durations.wit",
    "types/errors.wit",
    "types/features.wit",
    "types/package.wit",
    "types/pages.wit",
    "types/versions.wit",
);

const FEATURES: &[(&str, &str)] = embed!("conformance/features":
    "keyvalue.toml",
);

impl Sources {
    /// The specification that this program was built with.
    #[must_use]
    pub fn embedded() -> Self {
        let owned = |files: &[(&str, &str)]| {
            let mut sources: Vec<Source> = files
                .iter()
                .map(|&(path, text)| Source {
                    path: path.to_owned(),
                    text: text.to_owned(),
                })
                .collect();
            sources.sort();
            sources
        };
        Self {
            wit: owned(WIT),
            features: owned(FEATURES),
        }
    }

    /// The specification in two folders: `wit`, which has a folder for each
    /// package, and `features`.
    ///
    /// # Errors
    /// A folder or file that cannot be read, or a folder without files.
    pub fn read(wit: &Path, features: &Path) -> Result<Self, SpecError> {
        let mut sources = Self {
            wit: Vec::new(),
            features: Vec::new(),
        };
        for package in entries(wit)? {
            if package.is_dir() {
                read_folder(&package, wit, "wit", &mut sources.wit)?;
            }
        }
        read_folder(features, features, "toml", &mut sources.features)?;
        for (files, path, kind) in [
            (&sources.wit, wit, "wit"),
            (&sources.features, features, "toml"),
        ] {
            if files.is_empty() {
                let path = path.display().to_string();
                return Err(SpecError::Empty { path, kind });
            }
        }
        sources.wit.sort();
        sources.features.sort();
        Ok(sources)
    }
}

fn read_folder(
    folder: &Path,
    root: &Path,
    kind: &str,
    into: &mut Vec<Source>,
) -> Result<(), SpecError> {
    for path in entries(folder)? {
        if path.extension().is_none_or(|extension| extension != kind) {
            continue;
        }
        let text = std::fs::read_to_string(&path).map_err(|source| failed(&path, source))?;
        let name = path.strip_prefix(root).unwrap_or(&path);
        let name: Vec<_> = name.iter().map(|part| part.to_string_lossy()).collect();
        into.push(Source {
            path: name.join("/"),
            text,
        });
    }
    Ok(())
}

fn entries(folder: &Path) -> Result<Vec<std::path::PathBuf>, SpecError> {
    std::fs::read_dir(folder)
        .and_then(|entries| {
            entries
                .map(|entry| entry.map(|entry| entry.path()))
                .collect()
        })
        .map_err(|source| failed(folder, source))
}

fn failed(path: &Path, source: std::io::Error) -> SpecError {
    SpecError::Read {
        path: path.display().to_string(),
        source,
    }
}
