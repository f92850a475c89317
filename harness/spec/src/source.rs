//! The text of the specification: embedded, or from a folder.

use std::path::Path;

use include_dir::{Dir, include_dir};

use crate::SpecError;

/// A file: its path from the root of its folder, with `/`, and its text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Source {
    /// For example `types/errors.wit`.
    pub path: String,
    /// The whole text.
    pub text: String,
}

/// All files of the specification, sorted by path.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// The files of `wit/`. The files of one folder make one package.
    pub wit: Vec<Source>,
    /// The pages of `wit/`, which explain it. There may be none.
    pub pages: Vec<Source>,
    /// The files of `conformance/features/`.
    pub features: Vec<Source>,
    /// The files of `proposals/`, pages and facts. There may be none.
    pub proposals: Vec<Source>,
    /// The list of the cases, if there is one.
    pub cases: Option<Source>,
}

static WIT: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../wit");
static FEATURES: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../conformance/features");
static PROPOSALS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/../../proposals");
static CASES: &str = include_str!("../../../conformance/components/cases.json");

/// Where the kinds lie, from the root of the repository, and the endings of their
/// files.
pub(crate) const WIT_FILES: (&str, &[&str]) = ("wit", &["wit"]);
pub(crate) const PAGE_FILES: (&str, &[&str]) = ("wit", &["md"]);
pub(crate) const FEATURE_FILES: (&str, &[&str]) = ("conformance/features", &["toml"]);
pub(crate) const PROPOSAL_FILES: (&str, &[&str]) = ("proposals", &["md", "toml"]);
/// The folder and the file with the list of the cases.
pub(crate) const CASE_FILE: (&str, &str) = ("conformance/components", "cases.json");

impl Sources {
    /// The specification that this program was built with.
    #[must_use]
    pub fn embedded() -> Self {
        let files = |folder: &Dir<'_>, (_, endings): (&str, &[&str])| {
            let mut found = Vec::new();
            embedded_in(folder, endings, &mut found);
            found.sort();
            found
        };
        Self {
            wit: files(&WIT, WIT_FILES),
            pages: files(&WIT, PAGE_FILES),
            features: files(&FEATURES, FEATURE_FILES),
            proposals: files(&PROPOSALS, PROPOSAL_FILES),
            cases: Some(Source {
                path: CASE_FILE.1.to_owned(),
                text: CASES.to_owned(),
            }),
        }
    }

    /// The specification in a checkout, by its root.
    ///
    /// # Errors
    /// A folder or file that cannot be read; no WIT, or no features.
    pub fn read(root: &Path) -> Result<Self, SpecError> {
        let files = |(folder, endings): (&str, &[&str])| {
            let folder = root.join(folder);
            let mut found = Vec::new();
            read_folder(&folder, &folder, endings, &mut found)?;
            found.sort();
            Ok(found)
        };
        let sources = Self {
            wit: files(WIT_FILES)?,
            pages: files(PAGE_FILES)?,
            features: files(FEATURE_FILES)?,
            proposals: files(PROPOSAL_FILES)?,
            cases: read_cases(root)?,
        };
        for (files, (folder, _), kind) in [
            (&sources.wit, WIT_FILES, "wit"),
            (&sources.features, FEATURE_FILES, "toml"),
        ] {
            if files.is_empty() {
                let path = root.join(folder).display().to_string();
                return Err(SpecError::Empty { path, kind });
            }
        }
        Ok(sources)
    }
}

/// The list of the cases of a checkout. One without guests has none.
pub(crate) fn read_cases(root: &Path) -> Result<Option<Source>, SpecError> {
    let (folder, file) = CASE_FILE;
    let path = root.join(folder).join(file);
    match std::fs::read_to_string(&path) {
        Ok(text) => Ok(Some(Source {
            path: file.to_owned(),
            text,
        })),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(failed(&path, error)),
    }
}

/// The texts with one of these endings in an embedded folder and those within.
fn embedded_in(folder: &Dir<'_>, endings: &[&str], into: &mut Vec<Source>) {
    for file in folder.files() {
        if let Some(text) = file.contents_utf8()
            && has_ending(file.path(), endings)
        {
            into.push(Source {
                path: slashed(file.path()),
                text: text.to_owned(),
            });
        }
    }
    for inner in folder.dirs() {
        embedded_in(inner, endings, into);
    }
}

fn has_ending(path: &Path, endings: &[&str]) -> bool {
    path.extension()
        .is_some_and(|ending| endings.iter().any(|known| ending == *known))
}

fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    parts.join("/")
}

fn read_folder(
    folder: &Path,
    root: &Path,
    endings: &[&str],
    into: &mut Vec<Source>,
) -> Result<(), SpecError> {
    for path in entries(folder)? {
        if path.is_dir() {
            read_folder(&path, root, endings, into)?;
        } else if has_ending(&path, endings) {
            let text = std::fs::read_to_string(&path).map_err(|source| failed(&path, source))?;
            into.push(Source {
                path: slashed(path.strip_prefix(root).unwrap_or(&path)),
                text,
            });
        }
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
