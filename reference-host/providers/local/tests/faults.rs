//! `kill -9` while writing: everything acknowledged is there afterwards.
//!
//! The test runs itself again as a child, which writes and prints what was
//! acknowledged, one line for each call, after the call returned. The parent
//! kills it at some moment, opens the folder and compares.

mod support;

use std::collections::{BTreeMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use cloud_contract::Bytes;
use cloud_contract::keyvalue::{Expected, Store, Version};
use provider_tests::{Child, guest_store, say};
use support::connect;

const FOLDER: &str = "PROVIDER_LOCAL_KILL_FOLDER";
const ROUND: &str = "PROVIDER_LOCAL_KILL_ROUND";
const ROUNDS: u64 = 8;
/// How many writes must have been acknowledged; a slow machine takes more rounds.
const ENOUGH: u64 = 500;
/// How long they may take.
const PATIENCE: Duration = Duration::from_secs(60);
const WRITERS: u64 = 6;
/// Keys of each writer.
const KEYS: u64 = 12;

/// The value of the `step`th write of a key: its parts agree, so a mixture of
/// two shows. Lengths vary over both places in which values are stored.
fn value(key: &str, round: u64, step: u64) -> Bytes {
    let unit = format!("{key}/{round}/{step};");
    let times = 1 + (step * 7919) % 200;
    Bytes::from(unit.repeat(usize::try_from(times).unwrap()))
}

/// Which write a value is of; panics if it is none.
fn parse(key: &str, value: &[u8]) -> (u64, u64) {
    let text = std::str::from_utf8(value).unwrap();
    let unit = text.split(';').next().unwrap();
    let mut parts = unit.rsplit('/');
    let step = parts.next().unwrap().parse().unwrap();
    let round = parts.next().unwrap().parse().unwrap();
    assert_eq!(value, self::value(key, round, step), "{key} is torn");
    (round, step)
}

async fn write(store: Arc<dyn Store>, writer: u64, round: u64) {
    let key = |number: u64| format!("w{writer}-{number}");
    for step in 0.. {
        let key = key(step % KEYS);
        say(&format!("try {key} {step}"));
        match step % 5 {
            0 | 1 => {
                let value = value(&key, round, step);
                store.set(&key, value).await.unwrap();
                say(&format!("set {key} {step}"));
            }
            2 => {
                let expected = match store.current(&key).await.unwrap() {
                    None => Expected::Absent,
                    Some(entry) => Expected::Version(entry.version),
                };
                let value = value(&key, round, step);
                let version = store.swap(&key, value, expected).await.unwrap();
                say(&format!("swap {key} {step} {version}"));
            }
            3 => {
                let (value, ttl) = (value(&key, round, step), Duration::from_secs(3_600));
                store.set_expiring(&key, value, ttl).await.unwrap();
                say(&format!("ends {key} {step}"));
            }
            _ => {
                store.delete(&key).await.unwrap();
                say(&format!("delete {key} {step}"));
            }
        }
        if step % 3 == 0 {
            let sum = store
                .increment(&format!("count-{writer}"), 1)
                .await
                .unwrap();
            say(&format!("count count-{writer} {sum}"));
        }
    }
}

/// What the parent runs; on its own it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Ok(folder) = std::env::var(FOLDER) else {
        return;
    };
    let round = std::env::var(ROUND).unwrap().parse().unwrap();
    let provider = connect(Path::new(&folder)).await.unwrap();
    let store = guest_store(&provider, "kill").await;
    let writers = (0..WRITERS).map(|writer| tokio::spawn(write(Arc::clone(&store), writer, round)));
    futures::future::join_all(writers).await;
}

/// What is known of a key: its last acknowledged state, and the write that was
/// under way.
#[derive(Debug, Default, Clone)]
struct Known {
    /// The round and step of the acknowledged value, none if deleted or never
    /// written.
    value: Option<(u64, u64)>,
    version: Option<Version>,
    ends: bool,
    /// The step that was tried after it and not acknowledged.
    open: Option<u64>,
}

/// Runs a child, kills it after `life` and returns what it said.
fn killed(folder: &Path, round: u64, life: Duration) -> Vec<String> {
    let folder = folder.to_str().unwrap();
    let mut child = Child::start(&[(FOLDER, folder), (ROUND, &round.to_string())]);
    let said = child.said();
    let reader = std::thread::spawn(move || said.collect());
    std::thread::sleep(life);
    child.kill();
    reader.join().unwrap()
}

#[tokio::test]
async fn acknowledged_writes_survive() {
    let folder = tempfile::tempdir().unwrap();
    let mut keys: BTreeMap<String, Known> = BTreeMap::new();
    let mut counts: BTreeMap<String, i64> = BTreeMap::new();
    let mut versions: HashSet<(String, Version)> = HashSet::new();
    let mut acknowledged = 0_u64;
    // Not reproducible on purpose: each run kills at other moments.
    let mut random = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_nanos() as u64;
    let begun = Instant::now();
    for round in 0.. {
        if round >= ROUNDS && (acknowledged > ENOUGH || begun.elapsed() > PATIENCE) {
            println!("{acknowledged} acknowledged writes over {round} kills");
            break;
        }
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let life = Duration::from_millis(150 + (random >> 33) % 500);
        for line in killed(folder.path(), round, life) {
            let words: Vec<&str> = line.split(' ').collect();
            let (&[verb, key, number], rest) = words.split_first_chunk().unwrap();
            if verb == "count" {
                counts.insert(key.to_owned(), number.parse().unwrap());
                continue;
            }
            let known = keys.entry(key.to_owned()).or_default();
            let step = number.parse().unwrap();
            if verb == "try" {
                known.open = Some(step);
                continue;
            }
            acknowledged += 1;
            *known = Known {
                value: (verb != "delete").then_some((round, step)),
                version: rest.first().map(|&version| version.into()),
                ends: verb == "ends",
                open: None,
            };
            if let Some(version) = &known.version {
                let fresh = versions.insert((key.to_owned(), version.clone()));
                assert!(fresh, "version {version} of {key} was issued twice");
            }
        }
        check(folder.path(), round, &mut keys, &mut counts, &mut versions).await;
    }
    assert!(acknowledged > ENOUGH, "only {acknowledged} writes");
}

/// Opens the folder and compares; then takes over what it found.
async fn check(
    folder: &Path,
    round: u64,
    keys: &mut BTreeMap<String, Known>,
    counts: &mut BTreeMap<String, i64>,
    versions: &mut HashSet<(String, Version)>,
) {
    let provider = connect(folder).await.unwrap();
    let store = guest_store(&provider, "kill").await;
    for (key, known) in keys.iter_mut() {
        let entry = store.current(key).await.unwrap();
        let found = entry.as_ref().map(|entry| parse(key, &entry.value));
        if found == known.value {
            if let (Some(entry), Some(version)) = (&entry, &known.version) {
                assert_eq!(entry.version, *version, "{key}");
            }
            if let Some(entry) = &entry {
                assert_eq!(entry.remaining.is_some(), known.ends, "{key}");
            }
        } else {
            // The write that was under way may have happened.
            let step = known
                .open
                .unwrap_or_else(|| panic!("{key}: lost {known:?}, is {found:?}"));
            let outcome = (step % 5 != 4).then_some((round, step));
            assert_eq!(found, outcome, "{key}: {known:?}");
        }
        // A write now gets a version that no write before had.
        let expected = entry.map_or(Expected::Absent, |entry| Expected::Version(entry.version));
        let fresh = store
            .swap(key, value(key, round, 0), expected)
            .await
            .unwrap();
        assert!(
            versions.insert((key.clone(), fresh.clone())),
            "{key} {fresh}"
        );
        *known = Known {
            value: Some((round, 0)),
            version: Some(fresh),
            ends: false,
            open: None,
        };
    }
    for (key, count) in counts.iter_mut() {
        let found = store.increment(key, 0).await.unwrap();
        assert!(
            found == *count || found == *count + 1,
            "{key}: {found}, {count}"
        );
        *count = found;
    }
    let listed = store.list("w", None, None).await.unwrap().keys;
    assert_eq!(listed, keys.keys().cloned().collect::<Vec<_>>());
}
