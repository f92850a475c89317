//! `kill -9` in the middle of writes of objects: what was there is there, whole; what was
//! acknowledged is; and nothing else is left, neither rows nor files.
//!
//! The test runs itself again as a child, which writes and says so. The parent kills it,
//! opens the folder and compares.

mod support;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use cloud_contract::Bytes;
use cloud_contract::blobstore::{Body, Driver, Expected, PutOptions};
use provider_tests::blob::{STUCK, body_in, bytes, container, list, options, put, read, stuck};
use provider_tests::{Child, say};
use support::connect;

const FOLDER: &str = "PROVIDER_LOCAL_BLOB_FOLDER";
const ROUND: &str = "PROVIDER_LOCAL_BLOB_ROUND";
const ROUNDS: u64 = 20;
/// What the child of a round does; the rounds take turns.
const PLANS: [&str; 5] = ["over", "new", "append", "part", "race"];
const WRITERS: u64 = 4;
const OLD_BYTES: usize = 3_000_000;

/// From nothing at all to several flushes, and nothing after it.
fn idle(round: u64) -> Body {
    let size = [0, 1, 200_000, 5_000_000, 70_000_000][(round / 5 % 5) as usize];
    stuck(bytes(size, round + 100))
}

/// What a write of the race writes.
fn state(mark: u64) -> Bytes {
    let size = [0, 10, 70_000, 400_000][(mark % 4) as usize];
    bytes(size, mark)
}

/// Writes one object after the other, again and again.
async fn race(driver: Arc<dyn Driver>, writer: u64, round: u64) {
    let name = format!("race-{writer}");
    // No two writes of all rounds have one mark.
    for mark in (round << 32).. {
        say(&format!("try {name} {mark}"));
        let options = PutOptions {
            metadata: vec![("mark".into(), mark.to_string())],
            ..options(Expected::Any)
        };
        let content = state(mark);
        driver
            .put(&name, body_in(&content, 50_000), options)
            .await
            .unwrap();
        say(&format!("put {name} {mark}"));
    }
}

/// What the parent runs; on its own it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let round: u64 = std::env::var(ROUND).unwrap().parse().unwrap();
    let provider = connect(Path::new(&folder)).await.unwrap();
    let driver = container(&provider, "kill").await;
    let ended = match PLANS[(round % 5) as usize] {
        "over" => {
            let options = options(Expected::Any);
            driver.put("old", idle(round), options).await.map(drop)
        }
        "new" => {
            let options = options(Expected::Absent);
            driver.put("new", idle(round), options).await.map(drop)
        }
        "append" => driver.append("old", idle(round), None).await.map(drop),
        "part" => {
            let upload = driver.begin("old", "x".to_owned(), Vec::new()).await;
            let upload = upload.unwrap();
            let part = bytes(100_000, round);
            let sent = driver.put_part("old", &upload, 1, 100_000, body_in(&part, 9_999));
            sent.await.unwrap();
            say(&format!("upload {upload}"));
            let sent = driver.put_part("old", &upload, 2, 1 << 30, idle(round));
            sent.await.map(drop)
        }
        _ => {
            let writers =
                (0..WRITERS).map(|writer| tokio::spawn(race(Arc::clone(&driver), writer, round)));
            futures::future::join_all(writers).await;
            Ok(())
        }
    };
    panic!("the child has come to an end: {ended:?}");
}

/// Runs a child, kills it when it is stuck, or in the middle of its race, and returns
/// what it said.
fn killed(folder: &Path, round: u64) -> Vec<String> {
    let folder = folder.to_str().unwrap();
    let mut child = Child::start(&[(FOLDER, folder), (ROUND, &round.to_string())]);
    let mut said = Vec::new();
    let (mut acknowledged, mut is_killed) = (0, false);
    for words in child.said() {
        acknowledged += usize::from(words.starts_with("put "));
        let is_stuck = words == STUCK;
        said.push(words);
        if !is_killed && (is_stuck || acknowledged > 4 + round as usize) {
            // Not at the word alone: what it has read is on its way to the disk.
            std::thread::sleep(Duration::from_millis(round * 3 % 40));
            child.kill();
            is_killed = true;
        }
    }
    assert!(is_killed, "the child ended by itself: {said:?}");
    said
}

/// The sizes of all files with bytes of objects.
fn files(folder: &Path) -> Vec<u64> {
    let files = fs::read_dir(folder.join("blobs")).unwrap();
    files
        .map(|file| file.unwrap().metadata().unwrap().len())
        .collect()
}

#[tokio::test]
async fn a_kill_in_the_middle_leaves_what_was_there_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let old = bytes(OLD_BYTES, 1);
    let version = {
        let provider = connect(folder.path()).await.unwrap();
        put(&container(&provider, "kill").await, "old", old.clone()).await
    };
    let mut most_files = 0;
    // The mark of each name's write that holds.
    let mut race: BTreeMap<String, u64> = BTreeMap::new();
    for round in 0..ROUNDS {
        let said = killed(folder.path(), round);
        most_files = most_files.max(files(folder.path()).len());
        let provider = connect(folder.path()).await.unwrap();
        let driver = container(&provider, "kill").await;

        let found = driver.head("old").await.unwrap().unwrap();
        assert_eq!(found.version, version, "{round}");
        assert_eq!(
            read(&driver, "old").await.unwrap(),
            Some(old.clone()),
            "{round}"
        );
        let mut tried: BTreeMap<String, u64> = BTreeMap::new();
        let mut upload = None;
        for line in &said {
            let words: Vec<&str> = line.split(' ').collect();
            match words[..] {
                ["try", name, mark] => drop(tried.insert(name.into(), mark.parse().unwrap())),
                ["put", name, mark] => drop(race.insert(name.into(), mark.parse().unwrap())),
                ["upload", id] => upload = Some(id.to_owned()),
                _ => {}
            }
        }
        if let Some(upload) = upload {
            let parts = driver.parts("old", &upload).await.unwrap();
            assert_eq!(
                parts.len(),
                1,
                "the part that was acknowledged, and no other"
            );
            assert_eq!(files(folder.path()).len(), 1 + with_bytes(&driver).await);
            driver.abort("old", &upload).await.unwrap();
            support::until("the part goes", || {
                files(folder.path()).iter().all(|&size| size != 100_000)
            })
            .await;
        }
        for (name, mark) in tried {
            let found = driver.head(&name).await.unwrap();
            let found = found.map(|found| found.metadata[0].1.parse().unwrap());
            if found == Some(mark) {
                // The one that was under way has happened after all.
                race.insert(name, mark);
            } else {
                assert_eq!(found, race.get(&name).copied(), "{round} {name}");
            }
        }
        for (name, &mark) in &race {
            assert_eq!(
                read(&driver, name).await.unwrap(),
                Some(state(mark)),
                "{name}"
            );
        }
        let listed: Vec<String> = list(&driver, "", 3)
            .await
            .into_iter()
            .map(|(name, _)| name)
            .collect();
        let expected: Vec<String> = ["old".to_owned()]
            .into_iter()
            .chain(race.keys().cloned())
            .collect();
        assert_eq!(listed, expected, "{round}");
        // The space of what did not happen is free again.
        assert_eq!(
            files(folder.path()).len(),
            with_bytes(&driver).await,
            "{round}"
        );
        let sizes: u64 = list(&driver, "", 100)
            .await
            .iter()
            .map(|(_, size)| size)
            .sum();
        assert_eq!(files(folder.path()).iter().sum::<u64>(), sizes, "{round}");
    }
    assert!(most_files > 1, "no kill has left anything to remove");
}

/// How many objects have bytes.
async fn with_bytes(driver: &Arc<dyn Driver>) -> usize {
    let objects = list(driver, "", 100).await;
    objects.iter().filter(|(_, size)| *size > 0).count()
}
