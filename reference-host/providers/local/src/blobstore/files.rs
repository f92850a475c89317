//! The folder with the bytes of objects: which files are in use, and how they go.
//!
//! A file is *held* while somebody writes or reads it. One that is let go of while it is
//! held is removed by the last who holds it. Removing takes a while for large files, so a
//! thread of its own does it.

use std::borrow::Cow;
use std::collections::hash_map::RandomState;
use std::collections::{HashMap, HashSet};
use std::fmt;
use std::fs::File;
use std::hash::BuildHasher as _;
use std::io;
use std::pin::Pin;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};

use cloud_contract::{Error, ErrorKind, Result};
use futures::FutureExt as _;
use tokio::task::JoinHandle;

use crate::folder::{Folder, is_in_the_way};

/// The length of a file's name: a number in hexadecimal digits.
const NAME_CHARS: usize = 32;

/// The files of one data folder.
pub(crate) struct Files {
    folder: Arc<Folder>,
    held: Mutex<Held>,
    removals: Sender<Removal>,
}

#[derive(Default)]
struct Held {
    /// By how many.
    files: HashMap<u128, usize>,
    /// Those to remove when nobody holds them any longer.
    doomed: HashSet<u128>,
}

enum Removal {
    File(u128),
    /// Everything before this is done.
    Settled(Sender<()>),
}

/// Shows no path.
impl fmt::Debug for Files {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Files").finish_non_exhaustive()
    }
}

impl Files {
    /// Uses a folder, and begins the thread that removes.
    pub(crate) fn open(folder: Folder) -> io::Result<Arc<Self>> {
        let folder = Arc::new(folder);
        let (removals, queue) = mpsc::channel();
        let from = Arc::clone(&folder);
        std::thread::Builder::new()
            .name("local-files".to_owned())
            .spawn(move || remove_all(&from, &queue))?;
        Ok(Arc::new(Self {
            folder,
            held: Mutex::default(),
            removals,
        }))
    }

    /// Each step of a user leaves it whole, so poison says nothing.
    fn held(&self) -> MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A new file, open for writing, which goes again unless it is kept. Blocks.
    pub(crate) fn create(self: &Arc<Self>) -> io::Result<(NewFile, File)> {
        loop {
            let file = random();
            let new = NewFile {
                files: Arc::clone(self),
                file,
                is_kept: false,
            };
            *self.held().files.entry(file).or_default() += 1;
            match self.folder.create(&name(file)) {
                Ok(open) => return Ok((new, open)),
                // Somebody else's; it stays.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => new.keep(),
                Err(error) => {
                    new.keep();
                    return Err(error);
                }
            }
        }
    }

    /// Opens a file for reading. Blocks.
    pub(crate) fn read(&self, file: u128) -> io::Result<File> {
        self.folder.read(&name(file))
    }

    /// Flushes the folder, so that its new files are found after a crash. Blocks.
    pub(crate) fn sync(&self) -> io::Result<()> {
        self.folder.sync()
    }

    /// Keeps files from going while the caller reads them. They may have gone before:
    /// whoever asks looks afterwards whether an object still has them.
    pub(crate) fn hold(self: &Arc<Self>, files: Vec<u128>) -> Hold {
        let mut held = self.held();
        for &file in &files {
            *held.files.entry(file).or_default() += 1;
        }
        drop(held);
        Hold {
            files: Arc::clone(self),
            held: files,
        }
    }

    /// Removes a file that no object has any longer, once nobody holds it.
    pub(crate) fn remove(&self, file: u128) {
        let mut held = self.held();
        if held.files.contains_key(&file) {
            held.doomed.insert(file);
        } else {
            self.send(Removal::File(file));
        }
    }

    fn release(&self, held: &mut Held, file: u128) {
        let Some(times) = held.files.get_mut(&file) else {
            return;
        };
        *times -= 1;
        if *times == 0 {
            held.files.remove(&file);
            if held.doomed.remove(&file) {
                self.send(Removal::File(file));
            }
        }
    }

    /// The thread lives as long as the sender.
    fn send(&self, removal: Removal) {
        drop(self.removals.send(removal));
    }

    /// Waits until everything is removed that was to be so far. Blocks.
    pub(crate) fn settle(&self) {
        let (done, settled) = mpsc::channel();
        self.send(Removal::Settled(done));
        if settled.recv().is_err() {
            tracing::error!("the thread that removes files has ended");
        }
    }

    /// Removes the files that `is_named` does not know and nobody holds. Blocks.
    pub(crate) fn sweep(&self, mut is_named: impl FnMut(u128) -> Result<bool>) -> Result<()> {
        let unreadable = |error| Error::with_source(ErrorKind::Unavailable, error);
        for name in self.folder.names().map_err(unreadable)? {
            let name = name.map_err(unreadable)?;
            // What has another name is not ours.
            let Some(file) = name.to_str().and_then(number) else {
                continue;
            };
            if !is_named(file)? && !self.held().files.contains_key(&file) {
                remove(&self.folder, file);
            }
        }
        Ok(())
    }
}

/// A file that no object has yet. Dropped, it is removed.
#[derive(Debug)]
pub(crate) struct NewFile {
    files: Arc<Files>,
    file: u128,
    is_kept: bool,
}

impl NewFile {
    pub(crate) fn number(&self) -> u128 {
        self.file
    }

    /// Leaves the file where it is.
    pub(crate) fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        let mut held = self.files.held();
        if !self.is_kept {
            held.doomed.insert(self.file);
        }
        self.files.release(&mut held, self.file);
    }
}

/// Files that are being read.
#[derive(Debug)]
pub(crate) struct Hold {
    files: Arc<Files>,
    held: Vec<u128>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut held = self.files.held();
        for &file in &self.held {
            self.files.release(&mut held, file);
        }
    }
}

/// What the thread does, until nobody can send any more.
fn remove_all(folder: &Folder, queue: &Receiver<Removal>) {
    for removal in queue {
        match removal {
            Removal::File(file) => remove(folder, file),
            Removal::Settled(done) => drop(done.send(())),
        }
    }
}

/// What cannot be removed now is removed at the next start.
fn remove(folder: &Folder, file: u128) {
    match folder.remove(&name(file)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            tracing::warn!(%error, "a file of an object that is gone stays");
        }
        Ok(()) | Err(_) => {}
    }
}

fn name(file: u128) -> String {
    format!("{file:0NAME_CHARS$x}")
}

/// The number of a file of ours.
fn number(name: &str) -> Option<u128> {
    let is_ours = name.len() == NAME_CHARS
        && name
            .bytes()
            .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
    is_ours.then(|| u128::from_str_radix(name, 16).ok())?
}

/// Any number.
pub(super) fn random() -> u128 {
    let half = || u128::from(RandomState::new().hash_one(()));
    half() << 64 | half()
}

/// What a guest sees of a disk that does not do as it is told. Nothing has happened then.
pub(super) fn failed(error: io::Error) -> Error {
    let kind = match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            FULL
        }
        io::ErrorKind::NotFound | io::ErrorKind::UnexpectedEof => DAMAGED,
        // Somebody has put something else in the place of a file.
        _ if is_in_the_way(&error) => DAMAGED,
        _ => by_code(&error).unwrap_or(ErrorKind::Unavailable),
    };
    Error::with_source(kind, error)
}

const FULL: ErrorKind = ErrorKind::Throttled { retry_after: None };
const DAMAGED: ErrorKind = ErrorKind::Other(Cow::Borrowed("the object is damaged"));

/// What the standard library has no kind for.
#[cfg(unix)]
fn by_code(error: &io::Error) -> Option<ErrorKind> {
    use rustix::io::Errno;
    match Errno::from_io_error(error)? {
        // Too many files are open.
        Errno::MFILE | Errno::NFILE => Some(FULL),
        _ => None,
    }
}

#[cfg(not(unix))]
fn by_code(_: &io::Error) -> Option<ErrorKind> {
    None
}

/// Work that was begun on a thread that may block. It goes on when this is dropped, and
/// what it returns is dropped then.
pub(super) struct Begun<T>(JoinHandle<io::Result<T>>);

impl<T> Future for Begun<T> {
    type Output = Result<T>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        self.0.poll_unpin(context).map(|ended| match ended {
            Ok(done) => done.map_err(failed),
            Err(error) => Err(Error::with_source(ErrorKind::Unavailable, error)),
        })
    }
}

/// Begins blocking work.
pub(super) fn begin<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Begun<T> {
    Begun(tokio::task::spawn_blocking(work))
}

/// Does blocking work, and waits for its end.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T> {
    begin(work).await
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn files() -> (tempfile::TempDir, Arc<Files>) {
        let folder = tempfile::tempdir().unwrap();
        let files = Files::open(Folder::open(folder.path()).unwrap()).unwrap();
        (folder, files)
    }

    fn there(folder: &impl AsRef<Path>, files: &Files) -> usize {
        files.settle();
        std::fs::read_dir(folder).unwrap().count()
    }

    #[test]
    fn a_file_stays_until_the_last_lets_go_of_it() {
        let (folder, files) = files();
        let (new, _) = files.create().unwrap();
        let number = new.number();
        let readers = [files.hold(vec![number]), files.hold(vec![number, number])];
        new.keep();
        files.remove(number);
        assert_eq!(there(&folder, &files), 1);
        for reader in readers {
            assert_eq!(there(&folder, &files), 1);
            drop(reader);
        }
        assert_eq!(there(&folder, &files), 0);
        files.remove(number);
        assert_eq!(there(&folder, &files), 0);
    }

    #[test]
    fn a_file_that_is_not_kept_goes() {
        let (folder, files) = files();
        let (new, open) = files.create().unwrap();
        assert_eq!(there(&folder, &files), 1);
        drop(new);
        assert_eq!(there(&folder, &files), 0);
        drop(open);
    }

    #[test]
    fn a_sweep_takes_what_is_ours_and_not_named() {
        let (folder, files) = files();
        let (held, _) = files.create().unwrap();
        let [named, lost] = [(); 2].map(|()| {
            let (new, _) = files.create().unwrap();
            let number = new.number();
            new.keep();
            number
        });
        let others = ["readme", "0123", &"A".repeat(32), &"g".repeat(32)];
        for other in others {
            std::fs::write(folder.path().join(other), "").unwrap();
        }
        files.sweep(|file| Ok(file == named)).unwrap();
        assert_eq!(there(&folder, &files), 2 + others.len());
        assert!(files.read(named).is_ok());
        assert!(files.read(held.number()).is_ok());
        assert!(files.read(lost).is_err());
    }

    #[test]
    fn a_disk_that_is_full_may_have_room_again() {
        use io::ErrorKind::{FileTooLarge, QuotaExceeded, StorageFull};
        for kind in [StorageFull, QuotaExceeded, FileTooLarge] {
            assert_eq!(failed(kind.into()).kind(), &FULL);
        }
        if cfg!(target_os = "linux") {
            // A device that is always full.
            let mut full = File::options().write(true).open("/dev/full").unwrap();
            let error = io::Write::write(&mut full, b"x").unwrap_err();
            assert_eq!(failed(error).kind(), &FULL);
        }
    }

    #[test]
    fn names_read_back() {
        for file in [0, 1, u128::MAX, random()] {
            assert_eq!(number(&name(file)), Some(file));
        }
        for other in ["", "..", &"0".repeat(31), &"0".repeat(33), &"+".repeat(32)] {
            assert_eq!(number(other), None);
        }
    }
}
