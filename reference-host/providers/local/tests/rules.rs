//! The rules of key-value stores, through the portable layer.

mod common;

use std::sync::Arc;
use std::time::Duration;

use cloud_contract::keyvalue::{BatchError, Expected, ListRequest, SwapError};
use cloud_contract::{Bytes, ErrorKind, Provider};
use futures::future::join_all;
use tempfile::TempDir;

async fn fixture() -> (TempDir, Arc<dyn Provider>) {
    let folder = tempfile::tempdir().unwrap();
    let provider = common::connect(folder.path()).await.unwrap();
    (folder, provider)
}

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

#[tokio::test]
async fn values_come_back_whatever_they_are() {
    let (_folder, provider) = fixture().await;
    let store = common::store(&provider, "a", "default").await;
    let long: Bytes = (0..3_000_000_u32).map(|byte| byte as u8).collect();
    // Short, long and short again under one key: both places on disk are used.
    for value in [
        Bytes::new(),
        bytes("\0\u{ff}"),
        Bytes::from(vec![7; 1_024]),
        Bytes::from(vec![8; 1_025]),
        long.clone(),
        bytes("short"),
        Bytes::from(vec![0; 16 << 20]),
        Bytes::new(),
    ] {
        store.set("key", value.clone()).await.unwrap();
        assert_eq!(store.get("key").await.unwrap(), Some(value));
        assert!(store.exists("key").await.unwrap());
    }
    store.set("key", long).await.unwrap();
    store.delete("key").await.unwrap();
    store.delete("key").await.unwrap();
    assert_eq!(store.get("key").await.unwrap(), None);
    assert!(!store.exists("key").await.unwrap());
}

#[tokio::test]
async fn keys_are_exact_bytes_in_order() {
    let (_folder, provider) = fixture().await;
    let store = common::store(&provider, "a", "default").await;
    let longest = "k".repeat(1_024);
    let mut keys = vec![
        "\0",
        "\0\0",
        "..",
        "/",
        "a",
        "a/b",
        "A",
        "%",
        "\u{e9}",
        "e\u{301}",
        "\u{10ffff}",
        longest.as_str(),
    ];
    for key in &keys {
        store.set(key, bytes(key)).await.unwrap();
    }
    keys.sort_unstable();
    let page = store.list("", None, None).await.unwrap();
    assert_eq!(page.keys, keys);
    assert_eq!(page.cursor, None);
    for key in keys {
        assert_eq!(store.get(key).await.unwrap(), Some(bytes(key)));
    }
}

#[tokio::test]
async fn stores_and_scopes_are_apart() {
    let (_folder, provider) = fixture().await;
    let one = common::store(&provider, "a", "default").await;
    let same = common::store(&provider, "a", "default").await;
    let others = [
        common::store(&provider, "a", "other").await,
        common::store(&provider, "b", "default").await,
        common::store(&provider, "aa", "default").await,
    ];
    one.set("key", bytes("value")).await.unwrap();
    assert_eq!(same.get("key").await.unwrap(), Some(bytes("value")));
    for other in &others {
        assert_eq!(other.get("key").await.unwrap(), None);
        assert!(other.list("", None, None).await.unwrap().keys.is_empty());
    }
    let namespace = provider.open(&common::scope("a")).await.unwrap();
    let missing = namespace.keyvalue("missing").await.unwrap_err();
    assert_eq!(missing.kind(), &ErrorKind::NotFound);
}

#[tokio::test]
async fn a_closed_scope_is_gone_and_opens_empty() {
    let (_folder, provider) = fixture().await;
    let scope = common::scope("a");
    let store = common::store(&provider, "a", "default").await;
    let neighbour = common::store(&provider, "b", "default").await;
    let long = Bytes::from(vec![1; 5_000]);
    for number in 0..700 {
        store
            .set(&format!("key-{number}"), long.clone())
            .await
            .unwrap();
    }
    let day = Duration::from_secs(86_400);
    store.set_expiring("ends", long, day).await.unwrap();
    neighbour.set("key", bytes("stays")).await.unwrap();
    provider.close(&scope).await.unwrap();
    provider.close(&scope).await.unwrap();
    provider.close(&common::scope("never")).await.unwrap();
    // The old handle cannot reach into the new scope, nor write into the void.
    let fresh = common::store(&provider, "a", "default").await;
    assert!(fresh.list("", None, None).await.unwrap().keys.is_empty());
    for error in [
        store.get("key-1").await.unwrap_err(),
        store.exists("key-1").await.unwrap_err(),
        store.list("", None, None).await.unwrap_err(),
        store.set("key-1", bytes("lost")).await.unwrap_err(),
        store.delete("key-1").await.unwrap_err(),
        store.increment("counter", 1).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), &ErrorKind::NotFound);
    }
    assert_eq!(fresh.get("key-1").await.unwrap(), None);
    assert_eq!(neighbour.get("key").await.unwrap(), Some(bytes("stays")));
}

#[tokio::test]
async fn lists_page_by_prefix_and_survive_changes() {
    let (_folder, provider) = fixture().await;
    let store = common::store(&provider, "a", "default").await;
    for number in 0..25 {
        store
            .set(&format!("p/{number:02}"), bytes(""))
            .await
            .unwrap();
    }
    for other in ["o", "p", "p.", "p0", "q"] {
        store.set(other, bytes("")).await.unwrap();
    }
    let first = store.list("p/", None, Some(10)).await.unwrap();
    assert_eq!(first.keys.len(), 10);
    // Around the place of the cursor, and the key of the cursor itself.
    store.delete("p/09").await.unwrap();
    store.set("p/085", bytes("")).await.unwrap();
    let second = store
        .list("p/", first.cursor.as_deref(), Some(15))
        .await
        .unwrap();
    assert_eq!(second.keys.len(), 15);
    assert_eq!(second.keys[0], "p/10");
    // The list ends exactly with the page, so there is no cursor.
    assert_eq!(second.cursor, None);
    let none = store.list("p/x", None, None).await.unwrap();
    assert!(none.keys.is_empty() && none.cursor.is_none());
}

#[tokio::test]
async fn a_cursor_from_elsewhere_does_no_harm() {
    let (_folder, provider) = fixture().await;
    let driver = common::driver(&provider, "a").await;
    let namespace = provider.open(&common::scope("a")).await.unwrap();
    let other = namespace.keyvalue("other").await.unwrap();
    for driver in [&driver, &other] {
        driver
            .set("b", bytes(""), Default::default())
            .await
            .unwrap();
    }
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

#[tokio::test]
async fn swaps_compare_versions() {
    let (_folder, provider) = fixture().await;
    let store = common::store(&provider, "a", "default").await;
    let first = store
        .swap("key", bytes("1"), Expected::Absent)
        .await
        .unwrap();
    let current = store.current("key").await.unwrap().unwrap();
    assert_eq!((&current.value[..], &current.version), (&b"1"[..], &first));
    let stale = Err(SwapError::Stale(Some(current)));
    assert_eq!(
        store.swap("key", bytes("2"), Expected::Absent).await,
        stale.clone().map(|()| first.clone())
    );
    for never in ["", "0", "x", "-1", "18446744073709551616", &"9".repeat(256)] {
        let expected = Expected::Version(never.into());
        let swapped = store.swap("key", bytes("2"), expected).await;
        assert_eq!(swapped, stale.clone().map(|()| first.clone()), "{never}");
        assert_eq!(store.delete_if("key", never.into()).await, stale, "{never}");
    }
    // The same number, otherwise spelled, is another text.
    let spelled = format!("0{first}");
    assert_eq!(store.delete_if("key", spelled.into()).await, stale);
    let second = store
        .swap("key", bytes("1"), Expected::Version(first.clone()))
        .await
        .unwrap();
    assert_ne!(first, second);
    store.delete_if("key", second.clone()).await.unwrap();
    assert_eq!(
        store.delete_if("key", second.clone()).await,
        Err(SwapError::Stale(None))
    );
    assert_eq!(
        store
            .swap("key", bytes("3"), Expected::Version(second.clone()))
            .await,
        Err(SwapError::Stale(None))
    );
    let third = store
        .swap("key", bytes("1"), Expected::Absent)
        .await
        .unwrap();
    assert!(![first, second].contains(&third));
}

#[tokio::test]
async fn every_kind_of_write_changes_the_version() {
    let (_folder, provider) = fixture().await;
    let store = common::store(&provider, "a", "default").await;
    let mut seen = std::collections::HashSet::new();
    for round in 0..6 {
        match round {
            0 => store.set("key", bytes("1")).await.unwrap(),
            1 => store.set("key", bytes("1")).await.unwrap(),
            2 => drop(store.increment("key", 0).await.unwrap()),
            3 => store
                .set_many(vec![("key".into(), bytes("1"))])
                .await
                .unwrap(),
            4 => store
                .set_expiring("key", bytes("1"), Duration::from_secs(60))
                .await
                .unwrap(),
            _ => {
                store.delete("key").await.unwrap();
                store.set("key", bytes("1")).await.unwrap();
            }
        }
        let entry = store.current("key").await.unwrap().unwrap();
        assert!(seen.insert(entry.version), "{round}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_swaps_wins() {
    let (_folder, provider) = fixture().await;
    let store = common::store(&provider, "a", "default").await;
    for round in 0..10 {
        let expected = match store.current("key").await.unwrap() {
            None => Expected::Absent,
            Some(entry) => Expected::Version(entry.version),
        };
        let swaps = (0..16).map(|number| {
            let (store, expected) = (Arc::clone(&store), expected.clone());
            tokio::spawn(async move {
                let value = bytes(&format!("{round}-{number}"));
                store.swap("key", value, expected).await.is_ok()
            })
        });
        let won = join_all(swaps).await;
        assert_eq!(
            won.into_iter().filter(|won| *won.as_ref().unwrap()).count(),
            1
        );
    }
}

#[tokio::test]
async fn counters_are_exact() {
    let (_folder, provider) = fixture().await;
    let store = common::store(&provider, "a", "default").await;
    assert_eq!(store.increment("new", i64::MIN).await.unwrap(), i64::MIN);
    assert_eq!(store.increment("new", i64::MAX).await.unwrap(), -1);
    assert_eq!(store.get("new").await.unwrap(), Some(bytes("-1")));
    store.set("set", bytes("41")).await.unwrap();
    assert_eq!(store.increment("set", 1).await.unwrap(), 42);

    let minute = Duration::from_secs(60);
    for (value, delta, kind) in [
        (bytes("042"), 1, ErrorKind::WrongType),
        (bytes(""), 0, ErrorKind::WrongType),
        (Bytes::from(vec![b'1'; 5_000]), 1, ErrorKind::WrongType),
        (bytes(&i64::MAX.to_string()), 1, ErrorKind::OutOfRange),
        (bytes(&i64::MIN.to_string()), -1, ErrorKind::OutOfRange),
    ] {
        store
            .set_expiring("key", value.clone(), minute)
            .await
            .unwrap();
        let before = store.current("key").await.unwrap().unwrap();
        let error = store.increment("key", delta).await.unwrap_err();
        assert_eq!(error.kind(), &kind);
        let after = store.current("key").await.unwrap().unwrap();
        assert_eq!((after.value, after.version), (value, before.version));
        assert!(after.remaining.is_some());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_increments_all_count() {
    let (_folder, provider) = fixture().await;
    let store = common::store(&provider, "a", "default").await;
    let tasks = (0..20).map(|_| {
        let store = Arc::clone(&store);
        tokio::spawn(async move {
            let mut sums = Vec::new();
            for _ in 0..25 {
                sums.push(store.increment("key", 1).await.unwrap());
            }
            sums
        })
    });
    let mut sums: Vec<i64> = join_all(tasks)
        .await
        .into_iter()
        .flat_map(Result::unwrap)
        .collect();
    sums.sort_unstable();
    assert_eq!(sums, (1..=500).collect::<Vec<_>>());
}

#[tokio::test]
async fn batches_answer_in_order() {
    let (_folder, provider) = fixture().await;
    let store = common::store(&provider, "a", "default").await;
    let entries: Vec<_> = (0..1_000)
        .map(|number| (format!("key-{number}"), bytes(&number.to_string())))
        .collect();
    store.set_many(entries).await.unwrap();
    let keys = ["key-999", "absent", "key-0", "key-999"];
    let values = store
        .get_many(keys.map(str::to_owned).to_vec())
        .await
        .unwrap();
    assert_eq!(
        values,
        [
            Some(bytes("999")),
            None,
            Some(bytes("0")),
            Some(bytes("999"))
        ]
    );
    store
        .delete_many(keys.map(str::to_owned).to_vec())
        .await
        .unwrap();
    assert!(!store.exists("key-999").await.unwrap());
    assert!(store.exists("key-1").await.unwrap());
    let many = vec!["key".to_owned(); 1_001];
    assert!(matches!(
        store.get_many(many).await,
        Err(BatchError::Refused { .. })
    ));
}

#[tokio::test]
async fn an_ended_key_is_absent_everywhere_at_once() {
    let (_folder, provider) = fixture().await;
    let store = common::store(&provider, "a", "default").await;
    let ttl = Duration::from_millis(60);
    store.set_expiring("key", bytes("1"), ttl).await.unwrap();
    let version = store.current("key").await.unwrap().unwrap().version;
    let remaining = store.remaining("key").await.unwrap().unwrap().unwrap();
    assert!(remaining > Duration::ZERO && remaining <= ttl);
    tokio::time::sleep(ttl).await;
    assert_eq!(store.get("key").await.unwrap(), None);
    assert!(!store.exists("key").await.unwrap());
    assert!(store.list("", None, None).await.unwrap().keys.is_empty());
    assert_eq!(store.current("key").await.unwrap(), None);
    assert_eq!(store.remaining("key").await.unwrap(), None);
    assert_eq!(store.get_many(vec!["key".into()]).await.unwrap(), [None]);
    assert_eq!(
        store.delete_if("key", version.clone()).await,
        Err(SwapError::Stale(None))
    );
    let swap = store.swap("key", bytes("2"), Expected::Version(version.clone()));
    assert_eq!(swap.await, Err(SwapError::Stale(None)));
    store.set_expiring("count", bytes("5"), ttl).await.unwrap();
    tokio::time::sleep(ttl).await;
    assert_eq!(store.increment("count", 1).await.unwrap(), 1);
    assert_eq!(store.remaining("count").await.unwrap(), Some(None));
    let fresh = store
        .swap("key", bytes("3"), Expected::Absent)
        .await
        .unwrap();
    assert_ne!(fresh, version);
    assert_eq!(store.remaining("key").await.unwrap(), Some(None));
}

#[tokio::test]
async fn a_later_write_decides_the_lifetime() {
    let (_folder, provider) = fixture().await;
    let store = common::store(&provider, "a", "default").await;
    let (short, day) = (Duration::from_millis(40), Duration::from_secs(86_400));
    for key in ["set", "swap", "many", "longer", "counter", "deleted"] {
        store.set_expiring(key, bytes("1"), short).await.unwrap();
    }
    store.set("set", bytes("1")).await.unwrap();
    let version = store.current("swap").await.unwrap().unwrap().version;
    store
        .swap("swap", bytes("1"), Expected::Version(version))
        .await
        .unwrap();
    store
        .set_many(vec![("many".into(), bytes("1"))])
        .await
        .unwrap();
    store.set_expiring("longer", bytes("1"), day).await.unwrap();
    store.increment("counter", 1).await.unwrap();
    store.delete("deleted").await.unwrap();
    store.set("deleted", bytes("again")).await.unwrap();
    // Past the deadline, and past the time at which the writer cleans up.
    tokio::time::sleep(Duration::from_millis(1_300)).await;
    for permanent in ["set", "swap", "many", "deleted"] {
        assert_eq!(store.remaining(permanent).await.unwrap(), Some(None));
    }
    let longer = store.remaining("longer").await.unwrap().unwrap().unwrap();
    assert!(longer > day - Duration::from_secs(60) && longer <= day);
    assert_eq!(store.get("counter").await.unwrap(), None);
}

#[tokio::test]
async fn a_dropped_call_is_old_or_new() {
    let (_folder, provider) = fixture().await;
    let store = common::store(&provider, "a", "default").await;
    for round in 0..50_u64 {
        let (old, new) = (format!("old-{round}"), format!("new-{round}"));
        store.set("key", bytes(&old)).await.unwrap();
        let call = store.set("key", bytes(&new));
        drop(tokio::time::timeout(Duration::from_micros(round * 10), call).await);
        let value = store.get("key").await.unwrap().unwrap();
        assert!(value == bytes(&old) || value == bytes(&new));
    }
    store.set("key", bytes("last")).await.unwrap();
    assert_eq!(store.get("key").await.unwrap(), Some(bytes("last")));
}
