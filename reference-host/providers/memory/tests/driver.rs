//! The rules of the driver, rule by rule.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use cloud_contract::keyvalue::{
    Conditional, Driver, Entry, Expected, KeyPage, ListRequest, SetOptions, Version,
};
use cloud_contract::{Error, ErrorKind};
use provider_memory::KeyvalueStore;

fn bytes(text: &str) -> Bytes {
    Bytes::copy_from_slice(text.as_bytes())
}

async fn write(store: &KeyvalueStore, key: &str, value: &str) -> Version {
    let done = store.set(key, bytes(value), SetOptions::default()).await;
    match done.unwrap() {
        Conditional::Done(Some(version)) => version,
        other => panic!("{other:?}"),
    }
}

async fn expiring(store: &KeyvalueStore, key: &str, value: &str, milliseconds: u64) {
    let options = SetOptions {
        expected: Expected::Any,
        ttl: Some(Duration::from_millis(milliseconds)),
    };
    store.set(key, bytes(value), options).await.unwrap();
}

async fn swap(
    store: &KeyvalueStore,
    key: &str,
    value: &str,
    expected: Expected,
) -> Conditional<Option<Version>> {
    let options = SetOptions {
        expected,
        ttl: None,
    };
    store.set(key, bytes(value), options).await.unwrap()
}

async fn entry(store: &KeyvalueStore, key: &str) -> Entry {
    store.entry(key).await.unwrap().unwrap()
}

async fn page(store: &KeyvalueStore, prefix: &str, after: Option<&[u8]>, limit: usize) -> KeyPage {
    let request = ListRequest {
        prefix,
        after,
        limit,
    };
    store.list(request).await.unwrap()
}

#[tokio::test]
async fn set_get_exists_delete() {
    let store = KeyvalueStore::new();
    assert_eq!(store.get("k").await, Ok(None));
    assert_eq!(store.exists("k").await, Ok(false));
    write(&store, "k", "").await;
    assert_eq!(store.get("k").await, Ok(Some(Bytes::new())));
    assert_eq!(store.exists("k").await, Ok(true));
    write(&store, "k", "longer").await;
    write(&store, "k", "v").await;
    write(&store, "k\0", "other").await;
    assert_eq!(store.get("k").await, Ok(Some(bytes("v"))));
    let deleted = store.delete("k", Expected::Any).await;
    assert_eq!(deleted, Ok(Conditional::Done(())));
    let deleted = store.delete("k", Expected::Any).await;
    assert_eq!(deleted, Ok(Conditional::Done(())));
    assert_eq!(store.get("k").await, Ok(None));
    assert_eq!(store.get("k\0").await, Ok(Some(bytes("other"))));
}

#[tokio::test]
async fn pages_end_exactly_where_the_list_ends() {
    let store = KeyvalueStore::new();
    for key in ["p/1", "p/2", "p/3", "p/4", "q"] {
        write(&store, key, "").await;
    }
    let first = page(&store, "p/", None, 2).await;
    assert_eq!(first.keys, ["p/1", "p/2"]);
    let second = page(&store, "p/", first.next.as_deref(), 2).await;
    assert_eq!(second.keys, ["p/3", "p/4"]);
    assert_eq!(
        second.next, None,
        "the page is full and the list at its end"
    );
    assert_eq!(page(&store, "p/", None, 4).await.next, None);
    assert!(page(&store, "p/", None, 3).await.next.is_some());
    assert_eq!(page(&store, "none", None, 9).await, KeyPage::default());
}

#[tokio::test]
async fn a_list_goes_on_after_a_deleted_key_and_past_new_ones() {
    let store = KeyvalueStore::new();
    for key in ["b", "d", "f"] {
        write(&store, key, "").await;
    }
    let first = page(&store, "", None, 2).await;
    store.delete("d", Expected::Any).await.unwrap();
    write(&store, "a", "").await;
    write(&store, "e", "").await;
    let second = page(&store, "", first.next.as_deref(), 9).await;
    assert_eq!(second.keys, ["e", "f"]);
}

#[tokio::test]
async fn a_cursor_that_is_no_text_is_refused() {
    let store = KeyvalueStore::new();
    let request = ListRequest {
        prefix: "",
        after: Some(b"\xff"),
        limit: 1,
    };
    let error = store.list(request).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
}

#[tokio::test]
async fn conditional_writes_compare_versions() {
    let store = KeyvalueStore::new();
    let first = match swap(&store, "k", "1", Expected::Absent).await {
        Conditional::Done(Some(version)) => version,
        other => panic!("{other:?}"),
    };
    assert_eq!(entry(&store, "k").await.version, first);
    let held = Some(entry(&store, "k").await);
    let stale = swap(&store, "k", "2", Expected::Absent).await;
    assert_eq!(stale, Conditional::Stale(held.clone()));
    for never_issued in [
        "",
        "no such version",
        &first.to_uppercase(),
        &format!("0{first}"),
    ] {
        if never_issued == first {
            continue;
        }
        let stale = swap(&store, "k", "2", Expected::Version(never_issued.into())).await;
        assert_eq!(stale, Conditional::Stale(held.clone()), "{never_issued:?}");
    }
    let done = swap(&store, "k", "1", Expected::Version(first.clone())).await;
    assert!(matches!(&done, Conditional::Done(Some(second)) if *second != first));
    let stale = store.delete("k", Expected::Version(first.clone())).await;
    assert!(matches!(stale, Ok(Conditional::Stale(Some(_)))));
    let now = entry(&store, "k").await.version;
    let done = store.delete("k", Expected::Version(now)).await;
    assert_eq!(done, Ok(Conditional::Done(())));
    let stale = swap(&store, "k", "3", Expected::Version(first.clone())).await;
    assert_eq!(stale, Conditional::Stale(None));
    let stale = store.delete("k", Expected::Version(first)).await;
    assert_eq!(stale, Ok(Conditional::Stale(None)));
    assert_eq!(store.exists("k").await, Ok(false));
}

#[tokio::test]
async fn counters_add_exactly_or_change_nothing() {
    let store = KeyvalueStore::new();
    assert_eq!(store.increment("n", i64::MIN).await, Ok(i64::MIN));
    let before = entry(&store, "n").await;
    let over = store.increment("n", -1).await;
    assert_eq!(over, Err(Error::from(ErrorKind::OutOfRange)));
    assert_eq!(entry(&store, "n").await, before);
    assert_eq!(store.increment("n", i64::MAX).await, Ok(-1));
    assert_eq!(store.increment("n", 1).await, Ok(0));
    assert_eq!(store.get("n").await, Ok(Some(bytes("0"))));
    for text in ["", "+5", "05", "-0", " 5", "x"] {
        write(&store, "t", text).await;
        let wrong = store.increment("t", 0).await;
        assert_eq!(wrong, Err(Error::from(ErrorKind::WrongType)), "{text:?}");
    }
}

#[tokio::test]
async fn increment_keeps_a_lifetime_and_a_plain_write_ends_it() {
    let store = KeyvalueStore::new();
    expiring(&store, "n", "1", 60_000).await;
    store.increment("n", 1).await.unwrap();
    assert!(entry(&store, "n").await.remaining.is_some());
    write(&store, "n", "1").await;
    assert_eq!(entry(&store, "n").await.remaining, None);
    expiring(&store, "n", "1", 60_000).await;
    store.set_many(&[("n".to_owned(), bytes("2"))]).await;
    assert_eq!(entry(&store, "n").await.remaining, None);
}

#[tokio::test]
async fn a_key_that_ended_is_absent_everywhere() {
    let store = KeyvalueStore::new();
    for key in ["a", "b", "c", "d"] {
        expiring(&store, key, "9", 300).await;
    }
    write(&store, "z", "9").await;
    let version = entry(&store, "a").await.version;
    assert!(entry(&store, "a").await.remaining.unwrap() <= Duration::from_millis(300));
    assert_eq!(page(&store, "", None, 9).await.keys.len(), 5);
    tokio::time::sleep(Duration::from_millis(305)).await;
    assert_eq!(store.get("a").await, Ok(None));
    assert_eq!(store.exists("a").await, Ok(false));
    assert_eq!(store.entry("a").await, Ok(None));
    assert_eq!(page(&store, "", None, 9).await.keys, ["z"]);
    let page = page(&store, "", None, 1).await;
    assert_eq!(page.next, None);
    let many = store.get_many(&["a".to_owned(), "z".to_owned()]).await;
    assert_eq!(many, [Ok(None), Ok(Some(bytes("9")))]);
    let stale = store.delete("a", Expected::Version(version.clone())).await;
    assert_eq!(stale, Ok(Conditional::Stale(None)));
    let stale = swap(&store, "b", "1", Expected::Version(version)).await;
    assert_eq!(stale, Conditional::Stale(None));
    assert_eq!(store.increment("c", 5).await, Ok(5));
    assert_eq!(entry(&store, "c").await.remaining, None);
    let done = swap(&store, "d", "1", Expected::Absent).await;
    assert!(matches!(done, Conditional::Done(Some(_))));
}

#[tokio::test]
async fn batches_answer_item_by_item() {
    let store = KeyvalueStore::new();
    let entries = [("b".to_owned(), bytes("2")), ("a".to_owned(), bytes("1"))];
    assert_eq!(store.set_many(&entries).await, [Ok(()), Ok(())]);
    let keys = ["a", "x", "b", "a"].map(str::to_owned);
    let values = store.get_many(&keys).await;
    let expected = [Some("1"), None, Some("2"), Some("1")].map(|value| Ok(value.map(bytes)));
    assert_eq!(values, expected);
    assert_eq!(
        store.delete_many(&keys).await,
        [Ok(()), Ok(()), Ok(()), Ok(())]
    );
    assert_eq!(store.exists("a").await, Ok(false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_increments_all_count() {
    let store = Arc::new(KeyvalueStore::new());
    let tasks: Vec<_> = (0..8)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut sums = Vec::new();
                for _ in 0..500 {
                    sums.push(store.increment("n", 1).await.unwrap());
                }
                sums
            })
        })
        .collect();
    let mut sums = std::collections::BTreeSet::new();
    for task in tasks {
        sums.extend(task.await.unwrap());
    }
    assert_eq!(sums.len(), 4_000);
    assert_eq!(store.get("n").await, Ok(Some(bytes("4000"))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn of_concurrent_creators_one_wins() {
    let store = Arc::new(KeyvalueStore::new());
    let tasks: Vec<_> = (0..32)
        .map(|number| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let done = swap(&store, "k", &number.to_string(), Expected::Absent).await;
                matches!(done, Conditional::Done(_))
            })
        })
        .collect();
    let mut winners = 0;
    for task in tasks {
        winners += usize::from(task.await.unwrap());
    }
    assert_eq!(winners, 1);
}

/// In a batch each item has room or not for itself.
#[tokio::test]
async fn a_full_store_throttles_what_would_grow() {
    let throttled = || Error::from(ErrorKind::Throttled { retry_after: None });
    let store = KeyvalueStore::bounded(4_096);
    let value = Bytes::from(vec![7; 3_000]);
    write(&store, "small", "v").await;
    let version = entry(&store, "small").await.version;
    let entries = ["a", "b"].map(|key| (key.to_owned(), value.clone()));
    assert_eq!(
        store.set_many(&entries).await,
        [Ok(()), Err(throttled())],
        "there is room for one of them"
    );
    let set = store.set("b", value.clone(), SetOptions::default()).await;
    assert_eq!(set, Err(throttled()));
    let options = SetOptions {
        expected: Expected::Version(version.clone()),
        ttl: None,
    };
    let swapped = store.set("small", value.clone(), options).await;
    assert_eq!(swapped, Err(throttled()));
    for number in 0.. {
        let counted = store.increment(&format!("n{number}"), 1).await;
        if counted.is_err() {
            assert_eq!(counted, Err(throttled()));
            break;
        }
    }
    // All is as it was, and there is room again for what takes none.
    assert_eq!(entry(&store, "small").await.version, version);
    assert_eq!(store.get("b").await, Ok(None));
    assert_eq!(store.increment("n0", 1).await, Ok(2));
    store.delete("a", Expected::Any).await.unwrap();
    store.set("b", value, SetOptions::default()).await.unwrap();
}
