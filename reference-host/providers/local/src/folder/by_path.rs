//! Where calls take paths only. Links take rights of their own there, so what is looked
//! at once is enough.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

/// A folder. All its functions block.
pub(crate) struct Folder(PathBuf);

/// Shows no path.
impl std::fmt::Debug for Folder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Folder").finish_non_exhaustive()
    }
}

impl Folder {
    /// Opens the folder that has this path, which may lead through links.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Ok(Self(path.canonicalize()?))
    }

    /// The folder of this name, made if it is missing.
    ///
    /// # Errors
    /// Those of the system; [`is_in_the_way`] tells what is no folder.
    pub(crate) fn folder(&self, name: &str) -> io::Result<Self> {
        let path = self.0.join(name);
        match fs::create_dir(&path) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
            Ok(()) | Err(_) => {}
        }
        if fs::symlink_metadata(&path)?.is_dir() {
            Ok(Self(path))
        } else {
            Err(io::ErrorKind::NotADirectory.into())
        }
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// Those of the system; [`is_in_the_way`] tells what is no file.
    pub(crate) fn read(&self, name: &str) -> io::Result<File> {
        self.file(name, File::options().read(true))
    }

    /// Opens a file for reading and writing.
    ///
    /// # Errors
    /// As of `read`.
    pub(crate) fn write(&self, name: &str) -> io::Result<File> {
        self.file(name, File::options().read(true).write(true))
    }

    /// Opens a file for reading and writing, making it if it is missing.
    ///
    /// # Errors
    /// As of `read`.
    pub(crate) fn write_or_create(&self, name: &str) -> io::Result<File> {
        let mut options = File::options();
        let options = options.read(true).write(true);
        self.file(name, options.create(true).truncate(false))
    }

    /// Makes a file, open for reading and writing.
    ///
    /// # Errors
    /// Those of the system: `AlreadyExists` where anything has the name.
    pub(crate) fn create(&self, name: &str) -> io::Result<File> {
        File::create_new(self.0.join(name))
    }

    fn file(&self, name: &str, options: &OpenOptions) -> io::Result<File> {
        let path = self.0.join(name);
        match fs::symlink_metadata(&path) {
            Ok(found) if !found.is_file() => Err(io::ErrorKind::IsADirectory.into()),
            Ok(_) | Err(_) => options.open(path),
        }
    }

    /// Gives a file another name, which it takes from whatever has it.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn rename(&self, old: &str, new: &str) -> io::Result<()> {
        fs::rename(self.0.join(old), self.0.join(new))
    }

    /// Removes a file, or a link and not what it leads to.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        fs::remove_file(self.0.join(name))
    }

    /// The names of what is in the folder, and maybe `.` and `..`.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn names(&self) -> io::Result<impl Iterator<Item = io::Result<OsString>>> {
        let entries = fs::read_dir(&self.0)?;
        Ok(entries.map(|entry| Ok(entry?.file_name())))
    }

    /// Flushes the folder, so that its new names are found after a crash.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn sync(&self) -> io::Result<()> {
        File::open(&self.0)?.sync_all()
    }
}

/// Whether a name was refused because what has it is a link, or no file where one should
/// be, or no folder.
pub(crate) fn is_in_the_way(error: &io::Error) -> bool {
    use io::ErrorKind::{IsADirectory, NotADirectory};
    matches!(error.kind(), IsADirectory | NotADirectory)
}
