//! One digest over everything that a guest is built from.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{self, Error};

/// The folders whose files count, from the root of the repository.
const FOLDERS: [&str; 2] = ["conformance/guests", "wit"];
/// The endings of the files that count. Documentation does not; the toolchain
/// script does not either, because the manifest names the compiler it found.
const ENDINGS: [&str; 4] = ["rs", "toml", "lock", "wit"];

/// The digest of all sources under `root`, by path and content, in hexadecimal.
pub(crate) fn digest(root: &Path) -> Result<String, Error> {
    let mut paths = Vec::new();
    for folder in FOLDERS {
        collect(&root.join(folder), &mut paths)?;
    }
    let mut named = Vec::new();
    for path in paths {
        let relative = path.strip_prefix(root).unwrap_or(&path);
        let parts: Vec<_> = relative.iter().map(|part| part.to_string_lossy()).collect();
        named.push((parts.join("/"), error::read(&path)?));
    }
    named.sort();
    let mut all = Sha256::new();
    for (name, content) in named {
        all.update(format!("{name}\n{}\n", content.len()));
        all.update(content);
    }
    Ok(hex(&all.finalize()))
}

/// The digest of `bytes`, in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) -> Result<(), Error> {
    for path in error::files(folder)? {
        if path.is_dir() {
            if path.file_name().is_none_or(|name| name != "target") {
                collect(&path, paths)?;
            }
        } else if path
            .extension()
            .is_some_and(|ending| ENDINGS.iter().any(|known| ending == *known))
        {
            paths.push(path);
        }
    }
    Ok(())
}
