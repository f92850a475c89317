//! Compiled components on disk, keyed by the digest of the component and a
//! fingerprint of the engine: its version, its settings and its target.
//!
//! Loading compiled code is as trusting as loading a library. The folder is
//! therefore one that only this user can write, every file starts with a hash
//! over the rest, and what does not match in any way is compiled again.

use std::collections::hash_map::DefaultHasher;
use std::fs::{File, Metadata};
use std::hash::{Hash as _, Hasher as _};
use std::io::{ErrorKind, Write as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::{Digest, HostError};

const HASH_BYTES: usize = 32;
/// How the names of files end that this module writes and may remove, and how
/// those that are not yet whole.
const SUFFIX: &str = ".cwasm";
const PART_SUFFIX: &str = ".cwasm-part";
/// A file that was not used for so long goes.
const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
/// Its use is noted no more often than this: a note is a write.
const NOTED: Duration = Duration::from_secs(24 * 60 * 60);

/// A cache folder, or none.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: Option<PathBuf>,
}

impl Cache {
    /// Uses `folder` if it is, or can be made, private to this user; otherwise
    /// there is no cache, which costs time but nothing else.
    /// Files that were not used for long are removed: every other component and
    /// every other engine has its own.
    pub(crate) fn open(folder: Option<&Path>) -> Self {
        let folder = folder.filter(|folder| match private_folder(folder) {
            Ok(()) => true,
            Err(reason) => {
                tracing::warn!(%reason, "compiled components are not cached");
                false
            }
        });
        if let Some(folder) = folder
            && let Err(reason) = remove_unused(folder)
        {
            tracing::warn!(%reason, "the cache of compiled components could not be cleared");
        }
        Self {
            folder: folder.map(Path::to_owned),
        }
    }

    /// The component of `bytes`, from the cache or compiled now.
    pub(crate) fn component(
        &self,
        engine: &Engine,
        bytes: &[u8],
        digest: &Digest,
    ) -> Result<Component, HostError> {
        let Some(folder) = &self.folder else {
            return compile(engine, bytes);
        };
        let file = folder.join(format!("{digest}-{:016x}{SUFFIX}", fingerprint(engine)));
        if let Some(component) = load(engine, &file) {
            if let Err(reason) = mark_used(&file) {
                tracing::debug!(%reason, "the use of a compiled component could not be noted");
            }
            return Ok(component);
        }
        let component = compile(engine, bytes)?;
        let stored = component
            .serialize()
            .map_err(|error| error.to_string())
            .and_then(|code| store(folder, &file, &code).map_err(|error| error.to_string()));
        if let Err(reason) = stored {
            tracing::warn!(%reason, "a compiled component could not be cached");
        }
        Ok(component)
    }
}

fn compile(engine: &Engine, bytes: &[u8]) -> Result<Component, HostError> {
    Component::from_binary(engine, bytes)
        .map_err(|error| HostError::InvalidComponent(format!("{error:#}")))
}

fn fingerprint(engine: &Engine) -> u64 {
    let mut hasher = DefaultHasher::new();
    engine.precompile_compatibility_hash().hash(&mut hasher);
    hasher.finish()
}

/// None for every file that is not exactly what [`store`] wrote.
fn load(engine: &Engine, file: &Path) -> Option<Component> {
    let content = std::fs::read(file).ok()?;
    let (hash, code) = content.split_at_checked(HASH_BYTES)?;
    if blake3::hash(code).as_bytes() != hash {
        return None;
    }
    #[expect(
        unsafe_code,
        reason = "the bytes were compiled by this engine version with these settings (the file \
                  name holds both) and written by this user into a folder that no other user can \
                  write; the hash excludes a torn or damaged file"
    )]
    // SAFETY: see the reason above.
    let component = unsafe { Component::deserialize(engine, code) };
    component.ok()
}

/// How long ago a file was written or last noted as used; nothing if the clock
/// was set back since.
fn unused(metadata: &Metadata) -> std::io::Result<Duration> {
    let noted = metadata.modified()?;
    Ok(SystemTime::now().duration_since(noted).unwrap_or_default())
}

fn mark_used(file: &Path) -> std::io::Result<()> {
    let file = File::open(file)?;
    if unused(&file.metadata()?)? > NOTED {
        file.set_modified(SystemTime::now())?;
    }
    Ok(())
}

/// Touches no file that another program keeps there. Another process may remove
/// the same ones, or use one just now: it has read it, or compiles it again.
fn remove_unused(folder: &Path) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name();
        let ours = name
            .to_str()
            .is_some_and(|name| name.ends_with(SUFFIX) || name.ends_with(PART_SUFFIX));
        if !ours {
            continue;
        }
        let removed = entry.metadata().and_then(|metadata| {
            if metadata.is_file() && unused(&metadata)? > KEPT {
                std::fs::remove_file(entry.path())?;
            }
            Ok(())
        });
        match removed {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// Writes beside the final name and renames, so that no reader sees a part.
fn store(folder: &Path, file: &Path, code: &[u8]) -> std::io::Result<()> {
    let mut temporary = tempfile::Builder::new()
        .suffix(PART_SUFFIX)
        .tempfile_in(folder)?;
    temporary.write_all(blake3::hash(code).as_bytes())?;
    temporary.write_all(code)?;
    temporary
        .persist(file)
        .map(drop)
        .map_err(|error| error.error)
}

#[cfg(unix)]
fn private_folder(folder: &Path) -> Result<(), String> {
    use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _};

    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)
        .map_err(|error| format!("the cache folder cannot be made: {error}"))?;
    let metadata = std::fs::symlink_metadata(folder).map_err(|error| error.to_string())?;
    if !metadata.is_dir() {
        Err("the cache folder is not a folder".into())
    } else if metadata.uid() != rustix::process::geteuid().as_raw() {
        Err("the cache folder belongs to another user".into())
    } else if metadata.mode() & 0o022 != 0 {
        Err("other users can write to the cache folder".into())
    } else {
        Ok(())
    }
}

#[cfg(not(unix))]
fn private_folder(folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| error.to_string())
}
