//! Files of a folder, with their paths from there.

use std::path::Path;

use super::{LIMIT, LoadError};

/// A file.
#[derive(Debug, Clone)]
pub(crate) struct File {
    /// From the root that was asked for, with `/`.
    pub(crate) path: String,
    pub(crate) bytes: Vec<u8>,
}

/// How deep folders may lie in each other. `deps` within `deps` is three.
const DEPTH: usize = 8;

/// The WIT, and the wasm that it may depend on, in a folder.
pub(super) fn folder(root: &Path) -> Result<Vec<File>, LoadError> {
    let inner = root.join("wit");
    let root = if inner.is_dir() { &inner } else { root };
    let mut found = Vec::new();
    let mut size = 0;
    walk(root, "", DEPTH, &mut size, &mut found)?;
    found.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

/// What lies beside a package, as what it may depend on: files, and folders of files.
/// What cannot be read is not there.
pub(super) fn beside(path: &Path) -> Vec<File> {
    let path = path.canonicalize().unwrap_or_default();
    let (Some(parent), Some(own)) = (path.parent(), path.file_name().and_then(|own| own.to_str()))
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    if walk(parent, "deps/", 1, &mut 0, &mut found).is_err() {
        return Vec::new();
    }
    let own = format!("deps/{own}");
    found.retain(|file| file.path != own && !file.path.starts_with(&format!("{own}/")));
    found
}

/// The bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, LoadError> {
    let failed = |source| LoadError::Read {
        path: path.display().to_string(),
        source,
    };
    let size = std::fs::metadata(path).map_err(failed)?.len();
    if size > LIMIT as u64 {
        return Err(LoadError::TooLarge {
            place: path.display().to_string(),
            limit: LIMIT,
        });
    }
    std::fs::read(path).map_err(failed)
}

fn walk(
    folder: &Path,
    prefix: &str,
    depth: usize,
    size: &mut usize,
    into: &mut Vec<File>,
) -> Result<(), LoadError> {
    let failed = |source| LoadError::Read {
        path: folder.display().to_string(),
        source,
    };
    for entry in std::fs::read_dir(folder).map_err(failed)? {
        let path = entry.map_err(failed)?.path();
        let Some(name) = path.file_name().and_then(std::ffi::OsStr::to_str) else {
            continue;
        };
        if path.is_dir() {
            // What tools leave behind is no specification.
            if depth > 0 && !name.starts_with('.') && name != "target" && name != "node_modules" {
                walk(&path, &format!("{prefix}{name}/"), depth - 1, size, into)?;
            }
        } else if is_wanted(prefix, name) {
            let bytes = read(&path)?;
            *size += bytes.len();
            if *size > LIMIT {
                return Err(LoadError::TooLarge {
                    place: folder.display().to_string(),
                    limit: LIMIT,
                });
            }
            into.push(File {
                path: format!("{prefix}{name}"),
                bytes,
            });
        }
    }
    Ok(())
}

/// Text wherever it lies; wasm only where it is what others depend on.
pub(super) fn is_wanted(folder: &str, name: &str) -> bool {
    name.ends_with(".wit") || (name.ends_with(".wasm") && is_dependency(folder))
}

/// Whether a folder, with a `/` at its end, lies in one for dependencies.
pub(super) fn is_dependency(folder: &str) -> bool {
    folder.split('/').any(|part| part == "deps")
}
