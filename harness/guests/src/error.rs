//! What can go wrong, and file access that says which file it was.

use std::path::{Path, PathBuf};

/// Why guests could not be built or compared.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(
        "no folder from here upwards holds conformance/guests; name the repository with --root"
    )]
    NoRepository,
    #[error("{path}: {source}")]
    Io {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot run {program}: {source}")]
    Start {
        program: String,
        source: std::io::Error,
    },
    #[error("{program} failed with {status}")]
    Program { program: String, status: String },
    #[error("no compiler for the guests (see the lines above): {0}")]
    Toolchain(String),
    #[error("{0} printed what this program cannot read: {1}")]
    Output(String, String),
    #[error("guest {guest}: {problem}")]
    Guest { guest: String, problem: String },
    #[error("guest {guest} cannot be made a component: {detail}")]
    Encode { guest: String, detail: String },
    #[error("{path}: {detail}; run: cargo run -p guest-builder")]
    Manifest { path: PathBuf, detail: String },
}

impl Error {
    /// 3 where the machine lacks something, 2 where something is written wrongly.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Toolchain(_) | Self::Start { .. } => 3,
            _ => 2,
        }
    }
}

fn io(path: &Path) -> impl FnOnce(std::io::Error) -> Error + '_ {
    |source| Error::Io {
        path: path.to_path_buf(),
        source,
    }
}

pub(crate) fn read(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(io(path))
}

/// Replaces a file in one step, so that a reader never sees half of it.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), Error> {
    let beside = path.with_extension(format!("{}.tmp", std::process::id()));
    std::fs::write(&beside, bytes).map_err(io(&beside))?;
    std::fs::rename(&beside, path).map_err(io(path))
}

pub(crate) fn remove(path: &Path) -> Result<(), Error> {
    std::fs::remove_file(path).map_err(io(path))
}

pub(crate) fn create_folder(path: &Path) -> Result<(), Error> {
    std::fs::create_dir_all(path).map_err(io(path))
}

/// The entries of a folder, in the order of their names.
pub(crate) fn files(folder: &Path) -> Result<Vec<PathBuf>, Error> {
    let entries = std::fs::read_dir(folder).map_err(io(folder))?;
    let mut paths = entries
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(io(folder))?;
    paths.sort();
    Ok(paths)
}
