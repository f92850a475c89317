//! What is to be checked, from wherever a person points at: a checkout, a folder of
//! WIT, one file.

use std::path::{Path, PathBuf};

use super::Roots;
use crate::source::{CASE_FILE, FEATURE_FILES, PAGE_FILES, PROPOSAL_FILES, WIT_FILES};
use crate::{Source, Sources, SpecError};

/// All files together may have as many bytes. No specification comes near it.
const LIMIT: u64 = 64 << 20;

/// How deep folders may lie in each other.
const DEPTH: usize = 8;

/// How much of a specification there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// `wit/` with all that belongs to it.
    Checkout,
    /// WIT alone.
    Folder,
    /// One file of WIT.
    File,
}

/// What is to be checked.
#[derive(Debug)]
pub(super) struct Input {
    pub(super) kind: Kind,
    /// The folder that the paths begin in.
    pub(super) root: PathBuf,
    pub(super) sources: Sources,
    pub(super) roots: Roots,
}

impl Input {
    /// Reads the files.
    pub(super) fn open(path: &Path) -> Result<Self, SpecError> {
        let metadata = std::fs::metadata(path).map_err(|source| failed(path, source))?;
        let mut reader = Reader::default();
        if metadata.is_file() {
            return reader.file(path);
        }
        if !metadata.is_dir() {
            return Err(SpecError::Kind(path.display().to_string()));
        }
        if path.join(WIT_FILES.0).is_dir() {
            reader.checkout(path)
        } else {
            reader.folder(path)
        }
    }
}

/// Reads files as long as they are not too much.
#[derive(Default)]
struct Reader {
    bytes: u64,
}

impl Reader {
    fn file(&mut self, path: &Path) -> Result<Input, SpecError> {
        if path.extension().is_none_or(|ending| ending != "wit") {
            return Err(SpecError::Kind(path.display().to_string()));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let source = self.source(path, name.into_owned())?;
        Ok(Input {
            kind: Kind::File,
            root: path.parent().unwrap_or(Path::new("")).to_owned(),
            sources: Sources {
                wit: vec![source],
                ..Sources::default()
            },
            roots: Roots::wit_alone(),
        })
    }

    fn folder(&mut self, path: &Path) -> Result<Input, SpecError> {
        let mut sources = Sources::default();
        // Not every file below: the folder may be anything, a home or a disk.
        self.files(path, "", 0, WIT_FILES.1, &mut sources.wit)?;
        if sources.wit.is_empty() {
            for (inner, name) in folders(path)? {
                self.files(&inner, &name, 0, WIT_FILES.1, &mut sources.wit)?;
                self.dependencies(&inner, &format!("{name}/deps"), &mut sources.wit)?;
            }
        } else {
            self.dependencies(path, "deps", &mut sources.wit)?;
        }
        if !sources.wit.is_empty() {
            self.files(path, "", 0, PAGE_FILES.1, &mut sources.pages)?;
        }
        Input::sound(Kind::Folder, path, sources, Roots::wit_alone())
    }

    fn dependencies(
        &mut self,
        of: &Path,
        prefix: &str,
        into: &mut Vec<Source>,
    ) -> Result<(), SpecError> {
        let folder = of.join("deps");
        leads_somewhere(&folder, "deps")?;
        if folder.is_dir() {
            self.files(&folder, prefix, DEPTH, WIT_FILES.1, into)?;
        }
        Ok(())
    }

    fn checkout(&mut self, root: &Path) -> Result<Input, SpecError> {
        let mut sources = Sources::default();
        for ((folder, endings), into) in [
            (WIT_FILES, &mut sources.wit),
            (PAGE_FILES, &mut sources.pages),
            (FEATURE_FILES, &mut sources.features),
            (PROPOSAL_FILES, &mut sources.proposals),
        ] {
            let folder = root.join(folder);
            if folder.is_dir() {
                self.files(&folder, "", DEPTH, endings, into)?;
            }
        }
        let (folder, file) = CASE_FILE;
        let path = root.join(folder).join(file);
        if path.is_file() {
            sources.cases = Some(self.source(&path, file.to_owned())?);
        }
        Input::sound(Kind::Checkout, root, sources, Roots::default())
    }

    /// The files of a folder with one of these endings, and those of the folders in
    /// it.
    fn files(
        &mut self,
        folder: &Path,
        prefix: &str,
        depth: usize,
        endings: &[&str],
        into: &mut Vec<Source>,
    ) -> Result<(), SpecError> {
        let named = |name: &str| match prefix {
            "" => name.to_owned(),
            _ => format!("{prefix}/{name}"),
        };
        for (path, name) in entries(folder)? {
            let wanted = path
                .extension()
                .is_some_and(|ending| endings.iter().any(|known| ending == *known));
            if wanted || path.extension().is_none() {
                leads_somewhere(&path, &name)?;
            }
            if wanted && path.is_file() {
                into.push(self.source(&path, named(&name))?);
            } else if depth > 0 && is_folder(&path) {
                self.files(&path, &named(&name), depth - 1, endings, into)?;
            }
        }
        into.sort();
        Ok(())
    }

    fn source(&mut self, path: &Path, name: String) -> Result<Source, SpecError> {
        let size = std::fs::metadata(path).map_err(|e| failed(path, e))?.len();
        self.bytes = self.bytes.saturating_add(size);
        if self.bytes > LIMIT {
            return Err(SpecError::TooLarge {
                bytes: usize::try_from(self.bytes).unwrap_or(usize::MAX),
                limit: usize::try_from(LIMIT).unwrap_or(usize::MAX),
            });
        }
        let bytes = std::fs::read(path).map_err(|source| failed(path, source))?;
        let text = String::from_utf8(bytes).map_err(|error| SpecError::Utf8 {
            path: path.display().to_string(),
            at: error.utf8_error().valid_up_to(),
        })?;
        Ok(Source { path: name, text })
    }
}

impl Input {
    fn sound(kind: Kind, path: &Path, sources: Sources, roots: Roots) -> Result<Self, SpecError> {
        if sources.wit.is_empty() {
            return Err(SpecError::Empty {
                path: path.join(roots.wit).display().to_string(),
                kind: "wit",
            });
        }
        Ok(Self {
            kind,
            root: path.to_owned(),
            sources,
            roots,
        })
    }
}

/// A folder, and not a link to one, which may lead in a circle.
fn is_folder(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Whether a link, if it is one, has a target: what is not there cannot be checked. What
/// hides behind a dot are traces of editors.
fn leads_somewhere(path: &Path, name: &str) -> Result<(), SpecError> {
    match std::fs::read_link(path) {
        Ok(target) if !name.starts_with('.') && !path.exists() => Err(SpecError::Link {
            path: path.display().to_string(),
            target: target.display().to_string(),
        }),
        _ => Ok(()),
    }
}

/// The entries of a folder with their names; names that are no text are left out.
fn entries(folder: &Path) -> Result<Vec<(PathBuf, String)>, SpecError> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(|source| failed(folder, source))? {
        let path = entry.map_err(|source| failed(folder, source))?.path();
        if let Some(name) = path.file_name().and_then(std::ffi::OsStr::to_str) {
            let name = name.to_owned();
            found.push((path, name));
        }
    }
    found.sort();
    Ok(found)
}

fn folders(folder: &Path) -> Result<Vec<(PathBuf, String)>, SpecError> {
    let mut found = entries(folder)?;
    found.retain(|(path, _)| is_folder(path));
    Ok(found)
}

fn failed(path: &Path, source: std::io::Error) -> SpecError {
    SpecError::Read {
        path: path.display().to_string(),
        source,
    }
}
