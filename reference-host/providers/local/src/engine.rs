//! A data folder in use: its lock, its database, and the way back after the
//! disk failed.
//!
//! Reads run on the thread that asks. The database caches pages in memory and
//! reads the rest from the file, so a read is some microseconds, mostly less
//! than handing it to another thread would cost; it waits neither for writes nor
//! for a flush. Writes go to the writing thread.

use std::fmt;
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::Path;
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, PoisonError, RwLock};
use std::thread::JoinHandle;

use cloud_contract::{Error, ErrorKind, Result};
use redb::backends::FileBackend;
use redb::{
    Builder, Database, DatabaseError, ReadableDatabase, StorageError, TableError, WriteTransaction,
};
use tokio::sync::Semaphore;

use crate::blobstore::files::Files;
use crate::blobstore::tables::FILES;
use crate::clock::Clock;
use crate::config::Config;
use crate::error::{self, DAMAGED, Fault};
use crate::folder::{Folder, is_in_the_way};
use crate::ledger::Ledger;
use crate::snapshot::Snapshot;
use crate::tables::{FORMAT, FORMAT_WITHOUT_CONTAINERS, META, META_FORMAT};
use crate::writer::{self, Call, Job, Writer};

const LOCK_FILE: &str = "lock";
const DATA_FILE: &str = "data.redb";
/// A database that is being made; it gets its name when it is complete.
const NEW_FILE: &str = "data.redb.new";
/// The folder with the bytes of objects.
const BLOB_FOLDER: &str = "blobs";

/// Waiting calls may take this much memory, in KiB; further ones wait outside.
const QUEUE_KIB: usize = 64 * 1024;

/// Opens the database of the folder.
type Open = Box<dyn Fn() -> Result<Database> + Send + Sync>;

/// What readers and the writer share.
pub(crate) struct Shared {
    /// None after the disk failed and while it does.
    database: RwLock<Option<Database>>,
    open: Open,
    clock: Clock,
    files: Arc<Files>,
    /// Held for as long as anybody may use the database.
    _lock: Option<File>,
}

impl Shared {
    pub(crate) fn clock(&self) -> &Clock {
        &self.clock
    }

    pub(crate) fn files(&self) -> &Arc<Files> {
        &self.files
    }

    pub(crate) fn is_open(&self) -> bool {
        self.database
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .is_some()
    }

    /// Opens the database again if it was given up. The database repairs itself
    /// from its last commit when it opens.
    pub(crate) fn reopen(&self) -> Result<()> {
        if self.is_open() {
            return Ok(());
        }
        // Whatever it is: guests are told no more of the folder than that it is away.
        let gone = |error| Error::with_source(ErrorKind::Unavailable, error);
        let opened = (self.open)().map_err(gone)?;
        *self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner) = Some(opened);
        tracing::info!("the data file is open again");
        // What a commit that failed has named or not is known only now.
        if let Err(error) = self.sweep() {
            tracing::warn!(%error, "files of objects that are gone stay where they are");
        }
        Ok(())
    }

    /// Closes the database after a failure, which leaves it unusable until it is
    /// opened again.
    pub(crate) fn give_up(&self) {
        let failed = self
            .database
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        drop(failed);
    }

    /// Hands the open database to `use_it`. The lock is held for its beginning
    /// of a transaction only: transactions keep what they need.
    fn with<T>(&self, use_it: impl FnOnce(&Database) -> Result<T, Fault>) -> Result<T, Fault> {
        let database = self.database.read().unwrap_or_else(PoisonError::into_inner);
        match &*database {
            Some(database) => use_it(database),
            None => {
                let cause = "the data file was closed after a failure";
                Err(Error::with_source(ErrorKind::Unavailable, cause).into())
            }
        }
    }

    /// Removes the files that no object has. Nothing may be committed meanwhile.
    fn sweep(&self) -> Result<()> {
        let transaction = self.with(|database| Ok(database.begin_read()?))?;
        let named = transaction.open_table(FILES).map_err(Fault::from)?;
        let is_named = |file| Ok(named.get(file).map_err(Fault::from)?.is_some());
        self.files.sweep(is_named)
    }

    pub(crate) fn begin_write(&self) -> Result<WriteTransaction, Fault> {
        self.with(|database| Ok(database.begin_write()?))
    }

    fn snapshot(&self) -> Result<Snapshot, Fault> {
        let now = self.clock.now();
        let transaction = self.with(|database| Ok(database.begin_read()?))?;
        Ok(Snapshot::new(now, transaction))
    }
}

/// An open data folder.
pub(crate) struct Engine {
    shared: Arc<Shared>,
    /// None only while it is dropped.
    queue: Option<Sender<Box<dyn Job>>>,
    budget: Arc<Semaphore>,
    writer: Option<JoinHandle<()>>,
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// Opens a data folder, making what is missing. Blocks.
    ///
    /// # Errors
    /// `unavailable` if another process has it; `other` if it holds something
    /// else, links among them, or cannot be used.
    pub(crate) fn open(config: &Config) -> Result<Self> {
        let directory = &config.directory;
        let unusable = |error: io::Error| unusable(&error, directory);
        fs::create_dir_all(directory).map_err(unusable)?;
        let folder = Folder::open(directory).map_err(unusable)?;
        let lock = lock(&folder, directory)?;
        match folder.write(DATA_FILE) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                create(&folder, directory, &builder(config))?;
            }
            other => drop(other.map_err(|error| data_fails(error, directory))?),
        }
        let blobs = folder
            .folder(BLOB_FOLDER)
            .map_err(|error| refused(&error, BLOB_FOLDER, directory))?;
        let files = Files::open(blobs).map_err(unusable)?;
        let config = config.clone();
        let open = move || {
            let database = open(&folder, &config)?;
            check_format(&database)?;
            Ok(database)
        };
        let engine = Self::start(Box::new(open), files, Some(lock))?;
        engine.shared.sweep()?;
        Ok(engine)
    }

    /// Opens the database and starts the writer.
    fn start(open: Open, files: Arc<Files>, lock: Option<File>) -> Result<Self> {
        let shared = Arc::new(Shared {
            database: RwLock::new(Some(open()?)),
            open,
            clock: Clock::default(),
            files,
            _lock: lock,
        });
        let (queue, jobs) = mpsc::channel();
        let writer = Writer::new(Arc::clone(&shared), jobs);
        let thread = std::thread::Builder::new()
            .name("local-writer".to_owned())
            .spawn(move || writer.run())
            .map_err(|error| Error::with_source(ErrorKind::Unavailable, error))?;
        Ok(Self {
            shared,
            queue: Some(queue),
            budget: Arc::new(Semaphore::new(QUEUE_KIB)),
            writer: Some(thread),
        })
    }

    /// The bytes of objects.
    pub(crate) fn files(&self) -> &Arc<Files> {
        self.shared.files()
    }

    /// Reads the latest committed state.
    pub(crate) fn read<T>(&self, read: impl FnOnce(&Snapshot) -> Result<T, Fault>) -> Result<T> {
        let snapshot = self.shared.snapshot()?;
        Ok(read(&snapshot)?)
    }

    /// Carries out a change and returns once it is committed. `bytes` is about
    /// what the change holds in memory. Dropped, it happens whole or not at all.
    pub(crate) async fn write<T, F>(&self, bytes: usize, change: F) -> Result<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Ledger<'_>) -> Result<T, Fault> + Send + 'static,
    {
        let share = (bytes / 1024 + 1).min(QUEUE_KIB);
        // At most QUEUE_KIB, which fits; the semaphore is never closed.
        let share = u32::try_from(share).unwrap_or(u32::MAX);
        let permit = Arc::clone(&self.budget)
            .acquire_many_owned(share)
            .await
            .map_err(|_| writer::ended())?;
        let (call, answer) = Call::new(change, permit);
        self.queue
            .as_ref()
            .and_then(|queue| queue.send(Box::new(call)).ok())
            .ok_or_else(writer::ended)?;
        answer.await.map_err(|_| writer::ended())?
    }
}

/// Ends the writer and waits for it, so that the folder is free when the last
/// user of the provider is gone. It has at most one transaction to finish.
impl Drop for Engine {
    fn drop(&mut self) {
        drop(self.queue.take());
        if let Some(writer) = self.writer.take()
            && writer.join().is_err()
        {
            tracing::error!("the writing thread panicked");
        }
        self.shared.files().settle();
    }
}

fn builder(config: &Config) -> Builder {
    let mut builder = Builder::new();
    builder.set_cache_size(config.cache_bytes);
    builder.set_check_integrity_on_open(config.verify);
    builder
}

/// Takes the folder for this process, until the file is closed.
fn lock(folder: &Folder, directory: &Path) -> Result<File> {
    let file = folder
        .write_or_create(LOCK_FILE)
        .map_err(|error| refused(&error, LOCK_FILE, directory))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(in_use()),
        Err(TryLockError::Error(error)) => Err(unusable(&error, directory)),
    }
}

fn in_use() -> Error {
    let cause = "the data folder is in use by another process, or by another provider of this one";
    Error::with_source(ErrorKind::Unavailable, cause)
}

/// The folder cannot be created, written or listed. The path is for the host's
/// log only.
fn unusable(error: &io::Error, directory: &Path) -> Error {
    let text = "directory: the data folder cannot be created or written";
    Error::with_source(
        ErrorKind::Other(text.into()),
        format!("{}: {error}", directory.display()),
    )
}

/// As `unusable`, but for something of this name that is a link, or else not
/// what it should be: whoever put it there has to know what to take away.
fn refused(error: &io::Error, name: &str, directory: &Path) -> Error {
    if !is_in_the_way(error) {
        return unusable(error, directory);
    }
    let should_be = if name == BLOB_FOLDER {
        "folder"
    } else {
        "file"
    };
    let text = format!("directory: in the data folder, {name} is a link or no {should_be}");
    Error::with_source(
        ErrorKind::Other(text.into()),
        format!("{}: {error}", directory.display()),
    )
}

/// Makes an empty database under another name and gives it its own when it is
/// on the disk, so that a crash leaves either none or a complete one.
fn create(folder: &Folder, directory: &Path, builder: &Builder) -> Result<()> {
    let unusable = |error: io::Error| unusable(&error, directory);
    match folder.remove(NEW_FILE) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(unusable(error)),
        // What a crash left behind was never used.
        Ok(()) | Err(_) => {}
    }
    let file = folder.create(NEW_FILE).map_err(unusable)?;
    let backend = FileBackend::new(file).map_err(cannot_open)?;
    let database = builder.create_with_backend(backend).map_err(cannot_open)?;
    initialise(&database)?;
    database.close().map_err(cannot_open)?;
    folder
        .rename(NEW_FILE, DATA_FILE)
        .and_then(|()| folder.sync())
        .map_err(unusable)?;
    // The entry of the folder itself, where it is new and the system lets us.
    if let Some(parent) = directory
        .parent()
        .filter(|parent| !parent.as_os_str().is_empty())
        && let Err(error) = Folder::open(parent).and_then(|parent| parent.sync())
    {
        tracing::warn!(%error, "cannot flush the folder above the data folder");
    }
    Ok(())
}

/// A link stays one; whatever else keeps the file from being opened may pass.
fn data_fails(error: io::Error, directory: &Path) -> Error {
    if is_in_the_way(&error) {
        refused(&error, DATA_FILE, directory)
    } else {
        cannot_open(StorageError::Io(error).into())
    }
}

/// Opens the database.
fn open(folder: &Folder, config: &Config) -> Result<Database> {
    let fails = |error| data_fails(error, &config.directory);
    let file = folder.write(DATA_FILE).map_err(fails)?;
    // The database would take an empty file for one that it is to fill.
    if file.metadata().map_err(fails)?.len() == 0 {
        return Err(ErrorKind::Other(FOREIGN.into()).into());
    }
    let backend = FileBackend::new(file).map_err(cannot_open)?;
    builder(config)
        .create_with_backend(backend)
        .map_err(cannot_open)
}

fn initialise(database: &Database) -> Result<()> {
    let fill = || -> Result<(), Fault> {
        let transaction = database.begin_write()?;
        let clock = Clock::default();
        let mut ledger = Ledger::open(&transaction, &clock, 0)?;
        ledger.initialise()?;
        ledger.finish()?;
        Ok(transaction.commit()?)
    };
    Ok(fill()?)
}

/// Refuses a database that something else made, and brings an older one up to date.
fn check_format(database: &Database) -> Result<()> {
    let read = || -> Result<Option<u64>, Fault> {
        let transaction = database.begin_read()?;
        match transaction.open_table(META) {
            Ok(meta) => Ok(meta.get(META_FORMAT)?.map(|format| format.value())),
            Err(TableError::Storage(error)) => Err(error.into()),
            Err(_) => Ok(None),
        }
    };
    match read()? {
        Some(FORMAT) => Ok(()),
        Some(FORMAT_WITHOUT_CONTAINERS) => initialise(database),
        Some(_) => {
            let text = "the data file was written by another version of this provider";
            Err(ErrorKind::Other(text.into()).into())
        }
        None => Err(ErrorKind::Other(FOREIGN.into()).into()),
    }
}

const FOREIGN: &str = "the data file is not one of this provider";

fn cannot_open(error: DatabaseError) -> Error {
    match error {
        DatabaseError::DatabaseAlreadyOpen | DatabaseError::LockProtocolMismatch => in_use(),
        // What redb says of a file that does not begin as its own.
        DatabaseError::Storage(StorageError::Io(error))
            if error.kind() == io::ErrorKind::InvalidData =>
        {
            Error::with_source(ErrorKind::Other(FOREIGN.into()), error)
        }
        // A file that ends before its own header says.
        DatabaseError::Storage(StorageError::Io(error))
            if error.kind() == io::ErrorKind::UnexpectedEof =>
        {
            Error::with_source(DAMAGED, error)
        }
        other => error::storage(other.into()),
    }
}

#[cfg(test)]
mod tests;
