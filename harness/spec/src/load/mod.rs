//! WIT from wherever a person keeps it: a folder, a file, a git revision, a package
//! in wasm, a component. It knows nothing of clauses, features and cases.

mod binary;
mod files;
mod revision;
mod text;

use std::path::Path;

use wit_parser::{PackageId, Resolve};

pub(crate) use files::File;

/// More than any specification needs, and far less than the parser's offsets can
/// count.
const LIMIT: usize = 64 << 20;

/// Why no WIT could be loaded.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum LoadError {
    /// Nothing goes by the name that was given.
    #[error("{0} is neither a file, nor a folder, nor a revision of this git repository")]
    Unknown(String),
    /// A file or folder could not be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A revision has nothing at a path.
    #[error("{path} does not exist in {revision}")]
    Absent {
        /// The path, from the root of the repository.
        path: String,
        /// The revision, as it was named.
        revision: String,
    },
    /// There is nothing to load.
    #[error("{0} holds no wit files")]
    Empty(String),
    /// There is too much to load.
    #[error("{place} holds more than {limit} bytes of wit")]
    TooLarge {
        /// Where.
        place: String,
        /// How much may be there.
        limit: usize,
    },
    /// A file that is neither WIT nor wasm.
    #[error(
        "{0} is neither wit text nor wasm: its name does not end in .wit and it does not begin as wasm does"
    )]
    Kind(String),
    /// Git cannot be asked, or refuses.
    #[error("git cannot show {revision}: {reason}")]
    Git {
        /// What was asked for.
        revision: String,
        /// What it said.
        reason: String,
    },
    /// The text is not WIT, or its packages do not fit together.
    #[error("{0}")]
    Wit(String),
    /// The bytes are no WIT package and no component.
    #[error("{place} is no wit package and no component: {reason}")]
    Wasm {
        /// Which file.
        place: String,
        /// What is wrong.
        reason: String,
    },
}

/// Packages of WIT, resolved.
#[derive(Debug, Clone)]
pub struct Wit {
    /// How the user named it.
    pub(crate) label: String,
    pub(crate) resolve: Resolve,
    /// What was asked for, without the packages that it depends on.
    pub(crate) packages: Vec<PackageId>,
    /// Whether it is a component, which has of an interface only what it uses.
    pub(crate) is_component: bool,
    /// Whether it was text, which has comments and gates if it wants to.
    pub(crate) is_text: bool,
}

impl Wit {
    /// Loads what a name stands for: the path of a folder or file; otherwise a git
    /// revision such as `main` or `v0.1.0`, or `REVISION:PATH`, of the repository
    /// that the current directory is in.
    ///
    /// Of a folder with a folder `wit` in it, that one is meant; of a revision, its
    /// `wit` at the top. What a package depends on lies in its folder `deps`, or
    /// beside it.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn load(name: &str) -> Result<Self, LoadError> {
        Self::load_from(name, Path::new(""))
    }

    /// The same, with paths and the repository seen from a folder.
    ///
    /// # Errors
    /// [`LoadError`].
    pub fn load_from(name: &str, folder: &Path) -> Result<Self, LoadError> {
        let path = &folder.join(name);
        let mut wit = if path.is_dir() {
            text::resolve_beside(files::folder(path)?, || files::beside(path), name)
        } else if path.exists() {
            Self::file(name, files::read(path)?, || files::beside(path))
        } else {
            revision::load(name, folder)
        }?;
        name.clone_into(&mut wit.label);
        Ok(wit)
    }

    /// Loads text, as if each pair were a file: its path with `/`, and what it
    /// holds. The files of one folder make one package; what lies in a folder
    /// `deps` is there for others alone.
    ///
    /// # Errors
    /// [`LoadError::Wit`], [`LoadError::Empty`], [`LoadError::TooLarge`].
    pub fn from_text<'a>(
        files: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self, LoadError> {
        let files = files
            .into_iter()
            .map(|(path, text)| File {
                path: path.to_owned(),
                bytes: text.as_bytes().to_vec(),
            })
            .collect();
        text::resolve(files, "the text")
    }

    /// Loads a WIT package or a component.
    ///
    /// # Errors
    /// [`LoadError::Wasm`].
    pub fn from_wasm(bytes: &[u8]) -> Result<Self, LoadError> {
        binary::decode(bytes, "the file")
    }

    /// A file by its content; `others` are those beside it.
    fn file(
        name: &str,
        bytes: Vec<u8>,
        others: impl FnOnce() -> Vec<File>,
    ) -> Result<Self, LoadError> {
        if bytes.starts_with(b"\0asm") {
            return binary::decode(&bytes, name);
        }
        if !name.ends_with(".wit") {
            return Err(LoadError::Kind(name.to_owned()));
        }
        // What was asked for is no dependency, wherever it lies.
        let file_name = name.rsplit('/').next().unwrap_or(name);
        let path = if files::is_dependency(name) {
            file_name
        } else {
            name
        };
        let file = File {
            path: path.to_owned(),
            bytes,
        };
        text::resolve_beside(vec![file], others, name)
    }
}

/// The tools below work on values of one call alone, so nothing is left half done
/// when they panic; some do on damaged input.
fn guarded<T>(
    work: impl FnOnce() -> Result<T, LoadError>,
    otherwise: impl FnOnce() -> LoadError,
) -> Result<T, LoadError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err(otherwise()))
}
