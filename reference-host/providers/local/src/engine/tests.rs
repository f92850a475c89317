//! The engine over a disk in memory that can fill up, be slow, and lose power.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use cloud_contract::keyvalue::{Conditional, SetOptions};
use redb::{ReadableTableMetadata, StorageBackend, TableDefinition};

use super::*;
use crate::keyvalue::tables::{EXPIRIES, ITEMS, TRASH, VALUES};

/// What the disk has not flushed yet.
#[derive(Debug, Clone)]
enum Pending {
    Length(usize),
    Bytes(usize, Vec<u8>),
}

impl Pending {
    fn apply(&self, image: &mut Vec<u8>) {
        match self {
            Self::Length(length) => image.resize(*length, 0),
            Self::Bytes(start, bytes) => {
                let end = start + bytes.len();
                if image.len() < end {
                    image.resize(end, 0);
                }
                image[*start..end].copy_from_slice(bytes);
            }
        }
    }
}

#[derive(Debug, Default)]
struct Disk {
    /// The content as it reads, and as it was at the last flush with what came
    /// after.
    image: Mutex<Vec<u8>>,
    flushed: Mutex<(Vec<u8>, Vec<Pending>)>,
    full: AtomicBool,
    off: AtomicBool,
    flushes: AtomicU64,
    flush_millis: AtomicU64,
}

impl Disk {
    fn check(&self, writes: bool) -> io::Result<()> {
        if self.off.load(Ordering::SeqCst) {
            Err(io::ErrorKind::NotConnected.into())
        } else if writes && self.full.load(Ordering::SeqCst) {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(())
        }
    }

    fn change(&self, change: Pending) {
        change.apply(&mut self.image.lock().unwrap());
        self.flushed.lock().unwrap().1.push(change);
    }

    /// What is on the disk after the power went: all that was flushed, and any
    /// part of the rest, chosen by `random`.
    fn after_power_loss(&self, mut random: u64) -> Arc<Self> {
        let (mut image, pending) = self.flushed.lock().unwrap().clone();
        for change in pending {
            random = random
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            if random >> 63 == 0 {
                change.apply(&mut image);
            }
        }
        Arc::new(Self {
            image: Mutex::new(image.clone()),
            flushed: Mutex::new((image, Vec::new())),
            ..Self::default()
        })
    }
}

#[derive(Debug)]
struct Backend(Arc<Disk>);

impl StorageBackend for Backend {
    fn len(&self) -> io::Result<u64> {
        self.0.check(false)?;
        Ok(self.0.image.lock().unwrap().len() as u64)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        self.0.check(false)?;
        let start = usize::try_from(offset).unwrap();
        let image = self.0.image.lock().unwrap();
        let bytes = image
            .get(start..start + out.len())
            .ok_or(io::ErrorKind::UnexpectedEof)?;
        out.copy_from_slice(bytes);
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        self.0.check(true)?;
        self.0
            .change(Pending::Length(usize::try_from(length).unwrap()));
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        self.0.check(false)?;
        self.0.flushes.fetch_add(1, Ordering::SeqCst);
        let delay = self.0.flush_millis.load(Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(delay));
        // The power may have gone meanwhile.
        self.0.check(false)?;
        let mut flushed = self.0.flushed.lock().unwrap();
        let (image, pending) = &mut *flushed;
        for change in pending.drain(..) {
            change.apply(image);
        }
        Ok(())
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        self.0.check(true)?;
        let start = usize::try_from(offset).unwrap();
        self.0.change(Pending::Bytes(start, data.to_vec()));
        Ok(())
    }
}

fn start(disk: &Arc<Disk>) -> Result<Engine> {
    let disk = Arc::clone(disk);
    let open = move || {
        let mut builder = Builder::new();
        builder.set_check_integrity_on_open(true);
        let database = builder
            .create_with_backend(Backend(Arc::clone(&disk)))
            .map_err(cannot_open)?;
        match check_format(&database) {
            Err(error) if *error.kind() == ErrorKind::Other(FOREIGN.into()) => {
                initialise(&database)?;
            }
            other => other?,
        }
        Ok(database)
    };
    // These tests have no containers, so the folder need not outlive this.
    let folder = tempfile::tempdir().unwrap();
    let files = Files::open(Folder::open(folder.path()).unwrap()).unwrap();
    Engine::start(Box::new(open), files, None)
}

async fn store(engine: &Engine) -> u64 {
    let names = ["default".to_owned()];
    let open = engine.write(0, move |ledger| ledger.open_scope("scope", &names));
    open.await.unwrap().stores["default"]
}

async fn set(engine: &Engine, store: u64, key: String, value: Vec<u8>) -> Result<u64> {
    let set =
        move |ledger: &mut Ledger<'_>| ledger.set(store, &key, &value, &SetOptions::default());
    match engine.write(0, set).await? {
        Conditional::Done(Some(version)) => Ok(version.parse().unwrap()),
        other => panic!("{other:?}"),
    }
}

fn get(engine: &Engine, store: u64, key: &str) -> Result<Option<Vec<u8>>> {
    let value = engine.read(|snapshot| snapshot.get(store, key))?;
    Ok(value.map(|value| value.to_vec()))
}

fn rows<K: redb::Key, V: redb::Value>(engine: &Engine, table: TableDefinition<'_, K, V>) -> u64 {
    let read = |database: &Database| Ok(database.begin_read()?.open_table(table)?.len()?);
    engine.shared.with(read).unwrap()
}

async fn until(what: &str, mut done: impl FnMut() -> bool) {
    for _ in 0..6_000 {
        if done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{what} did not happen");
}

#[tokio::test]
async fn a_full_disk_fails_writes_and_loses_nothing() {
    let disk = Arc::new(Disk::default());
    let engine = start(&disk).unwrap();
    let store = store(&engine).await;
    let before = set(&engine, store, "key".into(), vec![1; 10])
        .await
        .unwrap();
    disk.full.store(true, Ordering::SeqCst);
    let writes = (0..20).map(|number| {
        let key = format!("lost-{number}");
        set(&engine, store, key, vec![2; 50_000])
    });
    for refused in futures::future::join_all(writes).await {
        assert_eq!(refused.unwrap_err().kind(), &ErrorKind::Unavailable);
    }
    disk.full.store(false, Ordering::SeqCst);
    let after = set(&engine, store, "next".into(), vec![3]).await.unwrap();
    assert!(after > before, "{before} {after}");
    assert_eq!(get(&engine, store, "key").unwrap(), Some(vec![1; 10]));
    assert_eq!(get(&engine, store, "next").unwrap(), Some(vec![3]));
    drop(engine);
    let engine = start(&disk).unwrap();
    assert_eq!(get(&engine, store, "key").unwrap(), Some(vec![1; 10]));
    assert_eq!(get(&engine, store, "next").unwrap(), Some(vec![3]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn acknowledged_writes_survive_power_loss() {
    for round in 0..30_u64 {
        let disk = Arc::new(Disk::default());
        let engine = Arc::new(start(&disk).unwrap());
        let store = store(&engine).await;
        let writers = (0..4).map(|writer| {
            let engine = Arc::clone(&engine);
            tokio::spawn(async move {
                let mut acknowledged = Vec::new();
                for number in 0.. {
                    let key = format!("{writer}-{number}");
                    let value = vec![number as u8; 10 + number * 97 % 3_000];
                    match set(&engine, store, key.clone(), value.clone()).await {
                        Ok(_) => acknowledged.push((key, value)),
                        Err(_) => break,
                    }
                }
                acknowledged
            })
        });
        let writers: Vec<_> = writers.collect();
        tokio::time::sleep(Duration::from_micros(2_000 + round * 317)).await;
        disk.off.store(true, Ordering::SeqCst);
        let mut acknowledged = Vec::new();
        for writer in writers {
            acknowledged.extend(writer.await.unwrap());
        }
        drop(engine);
        for random in 0..4 {
            let disk = disk.after_power_loss(round << 32 | random << 8 | 1);
            let engine = start(&disk).unwrap();
            for (key, value) in &acknowledged {
                assert_eq!(
                    get(&engine, store, key).unwrap().as_ref(),
                    Some(value),
                    "{key}"
                );
            }
            if !acknowledged.is_empty() {
                set(&engine, store, "next".into(), vec![1]).await.unwrap();
            }
        }
    }
}

#[tokio::test]
async fn waiting_writes_share_a_flush() {
    let disk = Arc::new(Disk::default());
    let engine = start(&disk).unwrap();
    let store = store(&engine).await;
    disk.flush_millis.store(200, Ordering::SeqCst);
    let before = disk.flushes.load(Ordering::SeqCst);
    let writes = (0..200).map(|number| set(&engine, store, format!("{number}"), vec![1]));
    let versions = futures::future::join_all(writes).await;
    let mut versions: Vec<u64> = versions.into_iter().map(Result::unwrap).collect();
    let flushes = disk.flushes.load(Ordering::SeqCst) - before;
    assert!((1..=4).contains(&flushes), "{flushes}");
    versions.sort_unstable();
    versions.dedup();
    assert_eq!(versions.len(), 200);
}

#[tokio::test]
async fn what_changes_nothing_costs_no_flush() {
    let disk = Arc::new(Disk::default());
    let engine = start(&disk).unwrap();
    let store = store(&engine).await;
    set(&engine, store, "key".into(), b"text".to_vec())
        .await
        .unwrap();
    let before = disk.flushes.load(Ordering::SeqCst);
    for number in 0..10 {
        let id = format!("scope-{number}");
        let names = ["default".to_owned()];
        engine
            .write(0, move |ledger| ledger.open_scope(&id, &names))
            .await
            .unwrap();
        engine
            .write(0, move |ledger| {
                ledger.delete(store, "absent", &Default::default())
            })
            .await
            .unwrap();
        let refused = engine.write(0, move |ledger| ledger.increment(store, "key", 1));
        assert_eq!(refused.await.unwrap_err().kind(), &ErrorKind::WrongType);
    }
    assert_eq!(disk.flushes.load(Ordering::SeqCst), before);
}

#[tokio::test]
async fn dead_records_are_removed_without_being_asked_for() {
    let disk = Arc::new(Disk::default());
    let engine = start(&disk).unwrap();
    let store = store(&engine).await;
    let options = SetOptions {
        ttl: Some(Duration::from_millis(5)),
        ..SetOptions::default()
    };
    engine
        .write(0, move |ledger| {
            for number in 0..5_000 {
                let value = vec![1; 500 + number];
                ledger.set(store, &format!("ends-{number}"), &value, &options)?;
            }
            for number in 0..5_000 {
                let value = vec![1; 500 + number];
                let options = SetOptions::default();
                ledger.set(store, &format!("stays-{number}"), &value, &options)?;
            }
            Ok(())
        })
        .await
        .unwrap();
    until("expiry", || rows(&engine, EXPIRIES) == 0).await;
    assert_eq!(rows(&engine, ITEMS), 5_000);
    engine
        .write(0, |ledger| ledger.close_scope("scope"))
        .await
        .unwrap();
    let closed = get(&engine, store, "stays-1").unwrap_err();
    assert_eq!(closed.kind(), &ErrorKind::NotFound);
    until("removal", || rows(&engine, TRASH) == 0).await;
    assert_eq!(rows(&engine, ITEMS), 0);
    assert_eq!(rows(&engine, VALUES), 0);
}

#[tokio::test]
async fn a_large_call_waits_for_room_and_goes_through() {
    let disk = Arc::new(Disk::default());
    let engine = start(&disk).unwrap();
    let store = store(&engine).await;
    let writes = (0..8_u64).map(|number| {
        let set = move |ledger: &mut Ledger<'_>| {
            ledger.set(store, &format!("{number}"), b"x", &SetOptions::default())
        };
        // As if each held more than the queue may hold together.
        engine.write(usize::MAX, set)
    });
    for written in futures::future::join_all(writes).await {
        written.unwrap();
    }
}
