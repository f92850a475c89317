//! A disk without room in the middle of a write: what was there is there, nothing else
//! is, and once there is room everything goes on.
//!
//! The test runs itself again as a child that may make no file larger than it says. The
//! system then breaks off a write where the room ends, as a full disk does. A shell
//! starts the child, to keep the signal from it that comes with it.
#![cfg(unix)]

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;
use std::time::Duration;

use cloud_contract::blobstore::{Driver, Expected};
use cloud_contract::{Bytes, ErrorKind};
use provider_tests::blob::{body_in, bytes, container, list, options, put, read};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use support::{connect, until};

const FOLDER: &str = "PROVIDER_LOCAL_FULL_FOLDER";
const DONE: &str = "@the child has come to its end";
const FULL: ErrorKind = ErrorKind::Throttled { retry_after: None };

/// Sets how large a file may be from here on.
fn room(bytes: Option<u64>) {
    let maximum = getrlimit(Resource::Fsize).maximum;
    let limit = Rlimit {
        current: bytes.or(maximum),
        maximum,
    };
    setrlimit(Resource::Fsize, limit).unwrap();
}

/// The sizes of all files with bytes of objects.
fn files(folder: &Path) -> Vec<u64> {
    let files = fs::read_dir(folder.join("blobs")).unwrap();
    // One that is removed meanwhile has none.
    let mut sizes: Vec<u64> = files
        .filter_map(|file| Some(file.unwrap().metadata().ok()?.len()))
        .collect();
    sizes.sort_unstable();
    sizes
}

#[tokio::test]
async fn a_full_disk_leaves_what_was_there_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let ended = Command::new("sh")
        .args(["-c", "trap '' XFSZ; exec \"$0\" \"$@\""])
        .arg(std::env::current_exe().unwrap())
        .args(["child", "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ended.stdout);
    let errors = String::from_utf8_lossy(&ended.stderr);
    let is_done = ended.status.success() && said.contains(DONE);
    assert!(is_done, "{}: {said}{errors}", ended.status);
}

/// What the parent runs; on its own it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let folder = Path::new(&folder);
    no_room_for_bytes(folder).await;
    no_room_for_rows(folder).await;
    println!("{DONE}");
}

async fn no_room_for_bytes(folder: &Path) {
    let provider = connect(folder).await.unwrap();
    let driver = container(&provider, "a").await;
    let old = bytes(300_000, 1);
    let version = put(&driver, "k", old.clone()).await;
    let upload = driver.begin("k", "x".to_owned(), Vec::new()).await.unwrap();
    let part = driver.put_part("k", &upload, 1, 1_000, body_in(&bytes(1_000, 2), 99));
    let part = part.await.unwrap();
    let before = files(folder);

    // As much as the database has, and not what is coming.
    room(Some(4 << 20));
    let large = bytes(10_000_000, 3);
    // In small pieces and in one, so that it ends inside the first write and a later one.
    for piece in [50_000, large.len()] {
        let body = || body_in(&large, piece);
        let over = driver.put("k", body(), options(Expected::Any)).await;
        assert_eq!(over.unwrap_err().kind(), &FULL);
        let new = driver.put("new", body(), options(Expected::Absent)).await;
        assert_eq!(new.unwrap_err().kind(), &FULL);
        let added = driver.append("k", body(), None).await;
        assert_eq!(added.unwrap_err().kind(), &FULL);
        for number in [1, 2] {
            let sent = driver.put_part("k", &upload, number, 10_000_000, body());
            assert_eq!(sent.await.unwrap_err().kind(), &FULL);
        }
        let found = driver.head("k").await.unwrap().unwrap();
        assert_eq!(found.version, version);
        assert_eq!(read(&driver, "k").await.unwrap(), Some(old.clone()));
        assert_eq!(read(&driver, "new").await.unwrap(), None);
        assert_eq!(list(&driver, "", 9).await, [("k".to_owned(), 300_000)]);
        let parts = driver.parts("k", &upload).await.unwrap();
        assert_eq!(parts.len(), 1);
        // What was written of it is given back while the provider runs.
        until("the room is free again", || files(folder) == before).await;
        // What needs little room is written.
        put(&driver, "small", bytes(10, 4)).await;
        driver.delete("small", None).await.unwrap();
    }

    room(None);
    put(&driver, "new", large.clone()).await;
    assert_eq!(read(&driver, "new").await.unwrap(), Some(large));
    let parts = [part];
    let complete = driver.complete("k", &upload, &parts, &Expected::Any);
    complete.await.unwrap();
    assert_eq!(read(&driver, "k").await.unwrap(), Some(bytes(1_000, 2)));
    until("one file for each", || files(folder) == [1_000, 10_000_000]).await;
}

/// The bytes find room and the row that names them does not.
async fn no_room_for_rows(folder: &Path) {
    let provider = connect(folder).await.unwrap();
    let driver = container(&provider, "a").await;
    room(Some(4_096));
    for name in ["k", "late"] {
        let put = driver.put(name, body_in(&bytes(100, 5), 9), options(Expected::Any));
        // It may have happened, so this is not what says that it has not.
        assert_eq!(put.await.unwrap_err().kind(), &ErrorKind::Unavailable);
    }
    room(None);
    // The database was given up. It is open again some seconds later at the latest.
    for attempt in 0.. {
        let after = driver.put("after", body_in(&bytes(10, 6), 9), options(Expected::Any));
        match after.await {
            Ok(_) => break,
            Err(error) if attempt < 600 => assert_eq!(error.kind(), &ErrorKind::Unavailable),
            Err(error) => panic!("not in a minute: {error}"),
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    for (name, old) in [("k", Some(bytes(1_000, 2))), ("late", None)] {
        let found = read(&driver, name).await.unwrap();
        assert!(found == old || found == Some(bytes(100, 5)), "{name}");
    }
    assert_eq!(read(&driver, "after").await.unwrap(), Some(bytes(10, 6)));
    let sizes = sizes(&driver).await;
    until("as many files as objects", || files(folder) == sizes).await;
    // And the same for whoever comes later.
    drop((driver, provider));
    let provider = connect(folder).await.unwrap();
    let driver = container(&provider, "a").await;
    assert_eq!(self::sizes(&driver).await, sizes);
    assert_eq!(files(folder), sizes);
    let content: Option<Bytes> = read(&driver, "after").await.unwrap();
    assert_eq!(content, Some(bytes(10, 6)));
}

/// The sizes of all objects.
async fn sizes(driver: &Arc<dyn Driver>) -> Vec<u64> {
    let objects = list(driver, "", 100).await;
    let mut sizes: Vec<u64> = objects.iter().map(|(_, size)| *size).collect();
    sizes.sort_unstable();
    sizes
}
