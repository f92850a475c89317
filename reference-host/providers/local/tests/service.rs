//! What only the service itself can show: the data folder, restarts, other users of it,
//! damage, growth.

mod support;

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::{Expected, ListRequest};
use cloud_contract::{Bytes, ErrorKind, Settings};
use provider_tests::{guest_store, scope, seam, set, set_ttl, store};
use support::connect;

const DATA: &str = "data.redb";

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

/// Connects and expects to be refused, without a word about the path.
async fn refused(folder: &Path) -> ErrorKind {
    let error = connect(folder).await.unwrap_err();
    let text = format!("{error} {error:?}");
    assert!(!text.contains(folder.to_str().unwrap()), "{text}");
    error.kind().clone()
}

fn text(kind: &ErrorKind) -> &str {
    match kind {
        ErrorKind::Other(text) => text,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_seam_holds() {
    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    seam::holds_between(&[provider.clone(), provider]).await;
}

#[tokio::test]
async fn everything_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("made/on/demand");
    let ttl = Duration::from_millis(1_500);
    let written;
    let (version, long) = (
        {
            let provider = connect(&data).await.unwrap();
            let store = guest_store(&provider, "a").await;
            store.set("gone", bytes("x")).await.unwrap();
            store.delete("gone").await.unwrap();
            store.set_expiring("ends", bytes("x"), ttl).await.unwrap();
            written = Instant::now();
            store
                .set("long", Bytes::from(vec![3; 100_000]))
                .await
                .unwrap();
            store.increment("counter", 42).await.unwrap();
            guest_store(&provider, "closed")
                .await
                .set("key", bytes("x"))
                .await
                .unwrap();
            provider.close(&scope("closed", &[])).await.unwrap();
            store
                .swap("key", bytes("x"), Expected::Absent)
                .await
                .unwrap()
        },
        Bytes::from(vec![3; 100_000]),
    );
    let provider = connect(&data).await.unwrap();
    let store = guest_store(&provider, "a").await;
    assert_eq!(store.get("gone").await.unwrap(), None);
    assert_eq!(store.get("long").await.unwrap(), Some(long));
    assert_eq!(store.increment("counter", 1).await.unwrap(), 43);
    assert_eq!(
        store.current("key").await.unwrap().unwrap().version,
        version
    );
    let closed = guest_store(&provider, "closed").await;
    assert_eq!(closed.get("key").await.unwrap(), None);
    if let Some(remaining) = store.remaining("ends").await.unwrap() {
        assert!(remaining.unwrap() <= ttl);
    }
    tokio::time::sleep(ttl.saturating_sub(written.elapsed())).await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(store.get("ends").await.unwrap(), None);
    // Versions go on: deleted and made again, the key has a new one.
    store.delete("key").await.unwrap();
    let again = store
        .swap("key", bytes("x"), Expected::Absent)
        .await
        .unwrap();
    assert_ne!(again, version);
}

#[tokio::test]
async fn a_folder_has_one_user() {
    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    let driver = store(&provider, "a").await;
    assert_eq!(refused(folder.path()).await, ErrorKind::Unavailable);
    drop(provider);
    // A driver that somebody still holds keeps the folder as well.
    assert_eq!(refused(folder.path()).await, ErrorKind::Unavailable);
    drop(driver);
    connect(folder.path()).await.unwrap();
}

#[tokio::test]
async fn the_folder_must_be_usable() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "not a folder").unwrap();
    for path in [file.clone(), file.join("below")] {
        assert!(text(&refused(&path).await).starts_with("directory: "));
    }
    let error = (provider_local::FACTORY.connect)(Settings::default())
        .await
        .unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
}

#[tokio::test]
async fn a_foreign_file_is_refused_and_kept() {
    for content in [&b""[..], b"short", &[0; 100_000], &b"text ".repeat(20_000)] {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join(DATA);
        fs::write(&data, content).unwrap();
        let kind = refused(folder.path()).await;
        assert!(text(&kind).contains("not one of this provider"), "{kind}");
        assert_eq!(fs::read(&data).unwrap(), content);
    }
    // A database of the same library that something else made.
    let folder = tempfile::tempdir().unwrap();
    let database = redb::Database::create(folder.path().join(DATA)).unwrap();
    drop(database);
    let kind = refused(folder.path()).await;
    assert!(text(&kind).contains("not one of this provider"), "{kind}");
}

#[tokio::test]
async fn an_interrupted_first_start_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("data.redb.new"), [0; 4_096]).unwrap();
    let provider = connect(folder.path()).await.unwrap();
    let store = guest_store(&provider, "a").await;
    store.set("key", bytes("value")).await.unwrap();
    assert!(!folder.path().join("data.redb.new").exists());
}

#[tokio::test]
async fn damage_is_an_error_and_no_panic() {
    let folder = tempfile::tempdir().unwrap();
    {
        let provider = connect(folder.path()).await.unwrap();
        let store = guest_store(&provider, "a").await;
        for number in 0..200 {
            let value = Bytes::from(vec![number as u8; 4_000]);
            store.set(&format!("key-{number}"), value).await.unwrap();
        }
    }
    let path = folder.path().join(DATA);
    let whole = fs::read(&path).unwrap();
    let mut noticed = 0;
    // Cut short, and a stretch overwritten in many places. Where the stretch is
    // free space or an older copy, the file opens and holds what it held.
    let cuts = (0..8).map(|part| whole[..whole.len() * part / 8].to_vec());
    let holes = (0..64).map(|part| {
        let mut damaged = whole.clone();
        let start = damaged.len() * part / 64;
        let end = (start + 600).min(damaged.len());
        damaged[start..end].fill(0xa5);
        damaged
    });
    for content in cuts.chain(holes) {
        fs::write(&path, &content).unwrap();
        match connect(folder.path()).await {
            Err(error) => {
                noticed += 1;
                let kind = error.kind().clone();
                assert!(text(&kind).starts_with("the data file "), "{kind}");
            }
            Ok(provider) => {
                let store = guest_store(&provider, "a").await;
                for number in 0..200 {
                    let value = store.get(&format!("key-{number}")).await.unwrap().unwrap();
                    assert!(value.iter().all(|&byte| byte == number as u8));
                }
            }
        }
    }
    assert!(noticed > 20, "{noticed}");
}

#[tokio::test]
async fn closed_scopes_and_ended_keys_give_their_space_back() {
    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    let mut sizes = Vec::new();
    for round in 0..60 {
        let id = format!("round-{round}");
        let store = guest_store(&provider, &id).await;
        let entries = |value: usize| {
            (0..100)
                .map(|number| (format!("{number}"), Bytes::from(vec![1; value])))
                .collect()
        };
        store.set_many(entries(500)).await.unwrap();
        store.set_many(entries(20_000)).await.unwrap();
        let ttl = Duration::from_millis(1);
        for number in 0..20 {
            let value = Bytes::from(vec![1; 5_000]);
            store
                .set_expiring(&format!("ends-{number}"), value, ttl)
                .await
                .unwrap();
        }
        provider.close(&scope(&id, &[])).await.unwrap();
        sizes.push(fs::metadata(folder.path().join(DATA)).unwrap().len());
    }
    // Some 130 MB went through; the file follows what is alive at a time, in
    // steps that depend on where pages happen to be free.
    let largest = sizes.iter().max().unwrap();
    assert!(*largest <= 16 << 20, "{sizes:?}");
}

#[tokio::test]
async fn what_was_written_again_is_not_removed_with_what_ended() {
    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    let driver = store(&provider, "a").await;
    let (short, day) = (Duration::from_millis(40), Duration::from_secs(86_400));
    for key in ["set", "longer", "deleted", "gone"] {
        set_ttl(&driver, key, "1", short).await;
    }
    set(&driver, "set", "1").await;
    set_ttl(&driver, "longer", "1", day).await;
    driver.delete("deleted", Expected::Any).await.unwrap();
    set(&driver, "deleted", "again").await;
    // Past the time at which the writer cleans up.
    tokio::time::sleep(Duration::from_millis(1_300)).await;
    for (key, lives) in [("set", None), ("deleted", None), ("longer", Some(()))] {
        let entry = driver.entry(key).await.unwrap().unwrap();
        assert_eq!(entry.remaining.map(drop), lives, "{key}");
    }
    assert_eq!(driver.entry("gone").await.unwrap(), None);
}

#[tokio::test]
async fn a_cursor_from_elsewhere_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let provider = connect(folder.path()).await.unwrap();
    for id in ["a", "b"] {
        set(&store(&provider, id).await, "b", "").await;
    }
    let driver = store(&provider, "a").await;
    for after in [&b""[..], b"a", b"\xff\xff", &[0xff; 2_000]] {
        let request = ListRequest {
            prefix: "b",
            after: Some(after),
            limit: 10,
        };
        let page = driver.list(request).await.unwrap();
        let expected = if after < &b"b"[..] { vec!["b"] } else { vec![] };
        assert_eq!(page.keys, expected, "{after:?}");
    }
}
