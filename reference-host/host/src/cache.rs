//! Compiled components on disk, keyed by the digest of the component and a
//! fingerprint of the engine: its version, its settings and its target.
//!
//! Loading compiled code is as trusting as loading a library. The folder is
//! therefore one that only this user can write, every file starts with a hash
//! over the rest, and what does not match in any way is compiled again.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use wasmtime::Engine;
use wasmtime::component::Component;

use crate::{Digest, HostError};

const HASH_BYTES: usize = 32;

/// A cache folder, or none.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: Option<PathBuf>,
}

impl Cache {
    /// Uses `folder` if it is, or can be made, private to this user; otherwise
    /// there is no cache, which costs time but nothing else.
    pub(crate) fn open(folder: Option<&Path>) -> Self {
        let folder = folder.filter(|folder| match private_folder(folder) {
            Ok(()) => true,
            Err(reason) => {
                tracing::warn!(%reason, "compiled components are not cached");
                false
            }
        });
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
        let file = folder.join(format!("{digest}-{:016x}.cwasm", fingerprint(engine)));
        if let Some(component) = load(engine, &file) {
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

/// Writes beside the final name and renames, so that no reader sees a part.
fn store(folder: &Path, file: &Path, code: &[u8]) -> std::io::Result<()> {
    let mut temporary = tempfile::NamedTempFile::new_in(folder)?;
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
