//! Where calls take an open folder and a name.

use std::ffi::{OsStr, OsString};
use std::fs::File;
use std::io;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use rustix::fs::{AtFlags, CWD, Dir, Mode, OFlags};
use rustix::io::Errno;

const FOLDER: OFlags = OFlags::RDONLY
    .union(OFlags::DIRECTORY)
    .union(OFlags::CLOEXEC);

/// For files. A pipe in the place of one would keep its opener waiting for ever, but for
/// `NONBLOCK`, which says nothing to a file.
const FILE: OFlags = OFlags::NOFOLLOW
    .union(OFlags::NONBLOCK)
    .union(OFlags::CLOEXEC);

/// A folder that is open. All its functions block.
#[derive(Debug)]
pub(crate) struct Folder(File);

impl Folder {
    /// Opens the folder that has this path, which may lead through links.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        let open = || rustix::fs::openat(CWD, path, FOLDER, Mode::empty());
        Ok(Self(File::from(rustix::io::retry_on_intr(open)?)))
    }

    /// The folder of this name, made if it is missing.
    ///
    /// # Errors
    /// Those of the system; [`is_in_the_way`] tells what is no folder.
    pub(crate) fn folder(&self, name: &str) -> io::Result<Self> {
        match rustix::fs::mkdirat(&self.0, name, Mode::from_raw_mode(0o777)) {
            Ok(()) | Err(Errno::EXIST) => {}
            Err(error) => return Err(error.into()),
        }
        Ok(Self(self.open_at(name, FOLDER | OFlags::NOFOLLOW)?))
    }

    /// Opens a file for reading.
    ///
    /// # Errors
    /// Those of the system; [`is_in_the_way`] tells what is no file.
    pub(crate) fn read(&self, name: &str) -> io::Result<File> {
        self.file(name, OFlags::RDONLY)
    }

    /// Opens a file for reading and writing.
    ///
    /// # Errors
    /// As of `read`.
    pub(crate) fn write(&self, name: &str) -> io::Result<File> {
        self.file(name, OFlags::RDWR)
    }

    /// Opens a file for reading and writing, making it if it is missing.
    ///
    /// # Errors
    /// As of `read`.
    pub(crate) fn write_or_create(&self, name: &str) -> io::Result<File> {
        self.file(name, OFlags::RDWR | OFlags::CREATE)
    }

    /// Makes a file, open for reading and writing.
    ///
    /// # Errors
    /// Those of the system: `AlreadyExists` where anything has the name.
    pub(crate) fn create(&self, name: &str) -> io::Result<File> {
        self.open_at(name, FILE | OFlags::RDWR | OFlags::CREATE | OFlags::EXCL)
    }

    fn file(&self, name: &str, how: OFlags) -> io::Result<File> {
        let file = self.open_at(name, FILE | how)?;
        if file.metadata()?.is_file() {
            Ok(file)
        } else {
            Err(io::Error::new(io::ErrorKind::IsADirectory, "not a file"))
        }
    }

    fn open_at(&self, name: &str, how: OFlags) -> io::Result<File> {
        let open = || rustix::fs::openat(&self.0, name, how, Mode::from_raw_mode(0o666));
        Ok(File::from(rustix::io::retry_on_intr(open)?))
    }

    /// Gives a file another name, which it takes from whatever has it.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn rename(&self, old: &str, new: &str) -> io::Result<()> {
        Ok(rustix::fs::renameat(&self.0, old, &self.0, new)?)
    }

    /// Removes a file, or a link and not what it leads to.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn remove(&self, name: &str) -> io::Result<()> {
        Ok(rustix::fs::unlinkat(&self.0, name, AtFlags::empty())?)
    }

    /// The names of what is in the folder, and maybe `.` and `..`.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn names(&self) -> io::Result<impl Iterator<Item = io::Result<OsString>>> {
        let entries = Dir::read_from(&self.0)?;
        Ok(entries.map(|entry| Ok(OsStr::from_bytes(entry?.file_name().to_bytes()).to_owned())))
    }

    /// Flushes the folder, so that its new names are found after a crash.
    ///
    /// # Errors
    /// Those of the system.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.0.sync_all()
    }
}

/// Whether a name was refused because what has it is a link, or no file where one should
/// be, or no folder.
pub(crate) fn is_in_the_way(error: &io::Error) -> bool {
    use io::ErrorKind::{IsADirectory, NotADirectory};
    // Some systems say `MLINK` of links; and where a folder should be, most say that a
    // link is none.
    let is_link = matches!(
        Errno::from_io_error(error),
        Some(Errno::LOOP | Errno::MLINK)
    );
    is_link || matches!(error.kind(), IsADirectory | NotADirectory)
}
