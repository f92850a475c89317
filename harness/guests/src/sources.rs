//! One digest over everything that a guest is built from.

use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::error::{self, Error};

/// The endings of the files that count. Documentation does not; the toolchain
/// script does not either, because the manifest names the compiler it found.
const ENDINGS: [&str; 4] = ["rs", "toml", "lock", "wit"];
/// Folders that hold what was built, and settings for those who run it.
const BUILT: [&str; 3] = ["target", "component", "hosts"];

/// The digest of all sources in some folders under `root`, by path and content, in
/// hexadecimal. What was built from them lies in a folder of its own and has no part.
pub(crate) fn digest(root: &Path, folders: &[PathBuf]) -> Result<String, Error> {
    let mut paths = Vec::new();
    for folder in folders {
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
            let name = path.file_name().unwrap_or_default();
            if !BUILT.iter().any(|built| name == *built) {
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
