//! The rules of the store, its versions, counters, batches and lists.

mod support;

use cloud_contract::keyvalue::{Conditional, Expected, SetOptions};
use cloud_contract::{Bytes, Durability, ErrorKind, limit};
use support::{Server, get, list, page, scope, set, store, swap, version};

#[tokio::test]
async fn values_and_keys_are_exact() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let driver = store(&server.provider().await).await;
    let keys = [
        "a",
        "a\0",
        "\0",
        "\r\n",
        "{a}",
        "}",
        ":",
        "*",
        "?[a]",
        "é",
        "e\u{301}",
        "\u{10ffff}",
        " a",
        "a ",
        "..",
        "%00",
        "v",
        "r",
    ];
    for key in keys {
        set(&driver, key, key).await;
    }
    for key in keys {
        assert_eq!(get(&driver, key).await.as_deref(), Some(key));
        assert!(driver.exists(key).await.unwrap());
    }
    let mut sorted = keys.map(str::to_owned).to_vec();
    sorted.sort();
    assert_eq!(list(&driver, "", 5).await, sorted);
    for key in keys {
        let done = driver.delete(key, Expected::Any).await.unwrap();
        assert_eq!(done, Conditional::Done(()));
        assert!(!driver.exists(key).await.unwrap());
    }
    assert!(list(&driver, "", 5).await.is_empty());

    let all: Vec<u8> = (0..=255).collect();
    let limit = server.provider().await;
    let longest = limit.descriptor().limit(limit::KV_VALUE_MAX_BYTES).unwrap();
    let longest_key = limit.descriptor().limit(limit::KV_KEY_MAX_BYTES).unwrap();
    let key = "k".repeat(usize::try_from(longest_key).unwrap());
    for value in [
        Bytes::new(),
        Bytes::from(all),
        Bytes::from(vec![0xa5; usize::try_from(longest).unwrap()]),
        Bytes::from_static(b"x"),
    ] {
        let done = driver.set(&key, value.clone(), SetOptions::default()).await;
        assert!(done.is_ok(), "{done:?}");
        assert_eq!(driver.get(&key).await.unwrap(), Some(value.clone()));
        assert!(driver.exists(&key).await.unwrap());
        let many = driver.get_many(std::slice::from_ref(&key)).await;
        assert_eq!(many, [Ok(Some(value))]);
    }
}

#[tokio::test]
async fn versions_never_come_again_and_decide() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let driver = store(&server.provider().await).await;
    let mut seen = Vec::new();
    for round in 0..3 {
        set(&driver, "k", "same").await;
        seen.push(version(&driver, "k").await);
        let Conditional::Done(Some(swapped)) = swap(
            &driver,
            "k",
            "same",
            Expected::Version(seen.last().unwrap().as_str().into()),
        )
        .await
        else {
            panic!("round {round}")
        };
        assert_eq!(version(&driver, "k").await, swapped);
        seen.push(swapped.to_string());
        set(&driver, "k", "1").await;
        seen.push(version(&driver, "k").await);
        driver.increment("k", 0).await.unwrap();
        seen.push(version(&driver, "k").await);
        let entries = [("k".to_owned(), Bytes::from_static(b"same"))];
        assert_eq!(driver.set_many(&entries).await, [Ok(())]);
        seen.push(version(&driver, "k").await);
        driver.delete("k", Expected::Any).await.unwrap();
    }
    let issued = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), issued);
    assert!(seen.iter().all(|version| (1..=24).contains(&version.len())));

    // Absent: a version does not match, and nothing is written.
    let stale = swap(&driver, "k", "v", Expected::Version("1".into())).await;
    assert_eq!(stale, Conditional::Stale(None));
    let stale = driver.delete("k", Expected::Version("1".into())).await;
    assert_eq!(stale.unwrap(), Conditional::Stale(None));
    assert!(!driver.exists("k").await.unwrap());

    // Present: neither absence nor any other text matches.
    let Conditional::Done(Some(first)) = swap(&driver, "k", "v", Expected::Absent).await else {
        panic!("the key was absent")
    };
    let entry = driver.entry("k").await.unwrap();
    assert_eq!(entry.as_ref().unwrap().version, first);
    assert_eq!(entry.as_ref().unwrap().remaining, None);
    let long = "x".repeat(10_000);
    for expected in [
        Expected::Absent,
        Expected::Version("".into()),
        Expected::Version("-".into()),
        Expected::Version(format!("{first} ").into()),
        Expected::Version(format!("={first}").into()),
        Expected::Version(seen[0].as_str().into()),
        Expected::Version("\0".into()),
        Expected::Version(long.into()),
    ] {
        let stale = swap(&driver, "k", "other", expected.clone()).await;
        assert_eq!(stale, Conditional::Stale(entry.clone()), "{expected:?}");
        if expected != Expected::Absent {
            let stale = driver.delete("k", expected.clone()).await.unwrap();
            assert_eq!(stale, Conditional::Stale(entry.clone()), "{expected:?}");
        }
    }
    let done = driver.delete("k", Expected::Version(first)).await.unwrap();
    assert_eq!(done, Conditional::Done(()));
    assert_eq!(driver.entry("k").await.unwrap(), None);
}

#[tokio::test]
async fn counters_are_exact_and_canonical() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let driver = store(&server.provider().await).await;
    for delta in [0, 1, -1, i64::MAX, i64::MIN, (1 << 53) + 1] {
        let key = delta.to_string();
        assert_eq!(driver.increment(&key, delta).await, Ok(delta));
        assert_eq!(get(&driver, &key).await, Some(key.clone()));
    }
    // Beyond 2^53, where doubles are not exact.
    set(&driver, "c", "9007199254740993").await;
    assert_eq!(driver.increment("c", 2).await, Ok(9_007_199_254_740_995));
    set(&driver, "c", "9223372036854775806").await;
    assert_eq!(driver.increment("c", 1).await, Ok(i64::MAX));
    assert_eq!(driver.increment("c", i64::MIN).await, Ok(-1));

    for (value, delta, kind) in [
        ("9223372036854775807", 1, ErrorKind::OutOfRange),
        ("-9223372036854775808", -1, ErrorKind::OutOfRange),
        ("-1", i64::MIN, ErrorKind::OutOfRange),
        ("9223372036854775808", -1, ErrorKind::WrongType),
        ("-9223372036854775809", 1, ErrorKind::WrongType),
        ("", 1, ErrorKind::WrongType),
        ("05", 1, ErrorKind::WrongType),
        ("00", 1, ErrorKind::WrongType),
        ("+5", 1, ErrorKind::WrongType),
        (" 5", 1, ErrorKind::WrongType),
        ("5 ", 1, ErrorKind::WrongType),
        ("5\n", 1, ErrorKind::WrongType),
        ("5\0", 1, ErrorKind::WrongType),
        ("-0", 1, ErrorKind::WrongType),
        ("-05", 1, ErrorKind::WrongType),
        ("-", 1, ErrorKind::WrongType),
        ("1e3", 1, ErrorKind::WrongType),
        ("1.0", 1, ErrorKind::WrongType),
        ("0x1", 1, ErrorKind::WrongType),
        ("inf", 1, ErrorKind::WrongType),
        ("٣", 1, ErrorKind::WrongType),
    ] {
        set(&driver, "c", value).await;
        let before = driver.entry("c").await.unwrap();
        let error = driver.increment("c", delta).await.unwrap_err();
        assert_eq!(error.kind(), &kind, "{value:?}");
        assert_eq!(driver.entry("c").await.unwrap(), before, "{value:?}");
    }
    let long = "1".repeat(100);
    set(&driver, "c", &long).await;
    let error = driver.increment("c", 1).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::WrongType);
}

#[tokio::test]
async fn batches_are_positional_and_larger_than_one_round_trip() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let driver = store(&server.provider().await).await;
    let entries: Vec<(String, Bytes)> = (0..1000)
        .map(|number| (format!("k{number}"), Bytes::from(number.to_string())))
        .collect();
    let written = driver.set_many(&entries).await;
    assert_eq!(written.len(), 1000);
    assert!(written.iter().all(Result::is_ok));
    let mut keys: Vec<String> = entries.iter().map(|(key, _)| key.clone()).collect();
    keys.insert(3, "absent".into());
    keys.insert(4, "k7".into());
    let read = driver.get_many(&keys).await;
    assert_eq!(read.len(), 1002);
    for (key, value) in keys.iter().zip(read) {
        let expected = key
            .strip_prefix('k')
            .map(|number| Bytes::from(number.to_owned()));
        assert_eq!(value, Ok(expected));
    }
    assert_eq!(list(&driver, "", 1000).await.len(), 1000);
    let deleted = driver.delete_many(&keys).await;
    assert_eq!(deleted.len(), 1002);
    assert!(deleted.iter().all(Result::is_ok));
    assert!(list(&driver, "", 1000).await.is_empty());

    // Values that together exceed what one round trip carries.
    let entries: Vec<(String, Bytes)> = (0..12)
        .map(|number| (format!("b{number}"), Bytes::from(vec![number; 1 << 20])))
        .collect();
    assert!(driver.set_many(&entries).await.iter().all(Result::is_ok));
    let keys: Vec<String> = entries.iter().map(|(key, _)| key.clone()).collect();
    for (read, (_, value)) in driver.get_many(&keys).await.into_iter().zip(entries) {
        assert_eq!(read, Ok(Some(value)));
    }
}

#[tokio::test]
async fn lists_keep_their_promises_while_keys_come_and_go() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let driver = store(&server.provider().await).await;
    let entries: Vec<(String, Bytes)> = (0..10_000)
        .map(|number| (format!("k{number:05}"), Bytes::new()))
        .collect();
    assert!(driver.set_many(&entries).await.iter().all(Result::is_ok));
    set(&driver, "j", "before the prefix").await;
    set(&driver, "l", "behind the prefix").await;
    assert_eq!(list(&driver, "k", 997).await.len(), 10_000);
    assert_eq!(list(&driver, "k0123", 3).await.len(), 10);
    assert_eq!(list(&driver, "k01234", 1).await, ["k01234"]);
    assert!(list(&driver, "k01234x", 1).await.is_empty());
    assert_eq!(list(&driver, "", 1000).await.len(), 10_002);

    // Every second key is deleted in the course of the list, others are added.
    let mut seen = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    let mut step = 0;
    loop {
        let page = page(&driver, "k", after.as_deref(), 250).await;
        seen.extend(page.keys);
        for number in (step * 500..(step + 1) * 500).filter(|number| number % 2 == 1) {
            let key = format!("k{number:05}");
            driver.delete(&key, Expected::Any).await.unwrap();
            set(&driver, &format!("{key}-new"), "").await;
            set(&driver, &format!("k{:05}", number - 1), "again").await;
        }
        step = (step + 1).min(19);
        match page.next {
            Some(next) => after = Some(next),
            None => break,
        }
    }
    assert!(seen.is_sorted());
    let all = seen.len();
    seen.dedup();
    assert_eq!(seen.len(), all);
    let stayed = (0..10_000).step_by(2).map(|number| format!("k{number:05}"));
    for key in stayed {
        assert!(seen.binary_search(&key).is_ok(), "{key}");
    }
    // The last page is full: no cursor behind it.
    let last = page(&driver, "j", None, 1).await;
    assert_eq!(last.keys, ["j"]);
    assert_eq!(last.next, None);
}

#[tokio::test]
async fn scopes_are_apart_and_leave_nothing() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    server.ask(&["SET", "foreign", "1"]);
    let provider = server.provider().await;
    let one = scope("one", &["data", "more"]);
    let two = scope("two", &["data"]);
    let first = provider.open(&one).await.unwrap();
    let second = provider.open(&two).await.unwrap();
    let error = first.keyvalue("absent").await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    let data = first.keyvalue("data").await.unwrap();
    let more = first.keyvalue("more").await.unwrap();
    let other = second.keyvalue("data").await.unwrap();
    let entries: Vec<(String, Bytes)> = (0..1234)
        .map(|number| (number.to_string(), Bytes::new()))
        .collect();
    assert!(data.set_many(&entries).await.iter().all(Result::is_ok));
    support::set_ttl(&data, "soon", "", std::time::Duration::from_millis(1)).await;
    set(&more, "k", "more").await;
    set(&other, "k", "other").await;
    assert_eq!(get(&data, "k").await, None);
    assert_eq!(get(&more, "k").await.as_deref(), Some("more"));

    // Opened again it is the same, also through another connection.
    let again = server.provider().await;
    let same = again
        .open(&one)
        .await
        .unwrap()
        .keyvalue("more")
        .await
        .unwrap();
    assert_eq!(get(&same, "k").await.as_deref(), Some("more"));

    again.close(&one).await.unwrap();
    // A write that comes too late brings nothing back.
    for driver in [&data, &more, &same] {
        let late = driver.set("k", Bytes::new(), SetOptions::default()).await;
        assert_eq!(late.unwrap_err().kind(), &ErrorKind::NotFound);
        let late = driver.increment("k", 1).await;
        assert_eq!(late.unwrap_err().kind(), &ErrorKind::NotFound);
        let late = driver.set_many(&entries[..2]).await;
        assert!(
            late.iter()
                .all(|item| item.as_ref().unwrap_err().kind() == &ErrorKind::NotFound)
        );
        assert_eq!(get(driver, "k").await, None);
        driver.delete("k", Expected::Any).await.unwrap();
    }
    assert_eq!(get(&other, "k").await.as_deref(), Some("other"));
    provider.close(&one).await.unwrap();
    provider
        .close(&scope("never-opened", &["a"]))
        .await
        .unwrap();

    // Opened anew it is empty.
    let anew = provider
        .open(&one)
        .await
        .unwrap()
        .keyvalue("data")
        .await
        .unwrap();
    assert!(list(&anew, "", 10).await.is_empty());
    set(&anew, "k", "v").await;
    provider.close(&one).await.unwrap();
    provider.close(&two).await.unwrap();
    assert_eq!(server.keys(), 1, "only the foreign key is left");
}

#[tokio::test]
async fn what_it_declares_follows_the_service() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let provider = server.provider().await;
    let declared = provider.descriptor();
    assert_eq!(declared.durability, Durability::Process);
    assert!(declared.product_version.is_some());
    assert_eq!(declared.features.len(), 6);
    let mut ids: Vec<_> = declared.limits.iter().map(|limit| limit.id).collect();
    ids.dedup();
    assert_eq!(ids.len(), 7);

    let Some(server) = Server::start(&["--appendonly", "yes", "--appendfsync", "always"]) else {
        return;
    };
    let provider = server.provider().await;
    assert_eq!(provider.descriptor().durability, Durability::Durable);

    let Some(server) =
        Server::start(&["--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"])
    else {
        return;
    };
    let error = support::connect(&server.endpoint(), &[]).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Other(_)), "{error}");
}
