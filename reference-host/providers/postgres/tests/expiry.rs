//! Keys that end by themselves.

mod support;

use std::time::{Duration, Instant};

use cloud_contract::keyvalue::{Conditional, Expected, SetOptions};
use cloud_contract::{Bytes, limit};
use support::{Server, get, list, set, set_ttl, store, swap, version};

/// Long enough for a slow disk to write a few keys.
const SHORT: Duration = Duration::from_secs(1);
const LONG: Duration = Duration::from_secs(60);

/// Waits until keys that were written before with [`SHORT`] must be gone.
async fn wait(server: &Server) {
    let provider = server.provider().await;
    let lateness = provider.descriptor().limit(limit::KV_TTL_LATENESS_NS);
    tokio::time::sleep(SHORT + Duration::from_nanos(lateness.unwrap())).await;
}

#[tokio::test]
async fn an_ended_key_is_absent_in_every_function() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let driver = store(&server.provider().await).await;
    let keys = [
        "get",
        "absent",
        "version",
        "delete",
        "increment",
        "many",
        "list",
    ];
    let mut versions = Vec::new();
    for key in keys {
        set_ttl(&driver, key, "7", SHORT).await;
        versions.push(version(&driver, key).await);
    }
    set(&driver, "stays", "7").await;
    let before = driver.entry("get").await.unwrap().unwrap();
    assert!(before.remaining.unwrap() <= SHORT);
    assert_eq!(list(&driver, "", 3).await.len(), 8);
    wait(&server).await;

    assert_eq!(list(&driver, "", 3).await, ["stays"]);
    assert_eq!(get(&driver, "get").await, None);
    assert!(!driver.exists("get").await.unwrap());
    assert_eq!(driver.entry("get").await.unwrap(), None);
    let many = driver.get_many(&["many".into(), "stays".into()]).await;
    assert_eq!(many, [Ok(None), Ok(Some(Bytes::from_static(b"7")))]);
    let stale = swap(
        &driver,
        "version",
        "v",
        Expected::Version(versions[2].as_str().into()),
    )
    .await;
    assert_eq!(stale, Conditional::Stale(None));
    let expected = Expected::Version(versions[3].as_str().into());
    let stale = driver.delete("delete", expected).await.unwrap();
    assert_eq!(stale, Conditional::Stale(None));
    assert!(matches!(
        swap(&driver, "absent", "v", Expected::Absent).await,
        Conditional::Done(_)
    ));
    assert_eq!(driver.increment("increment", 1).await, Ok(1));
    // Both are permanent now and stand in the list once.
    for key in ["absent", "increment"] {
        assert_eq!(driver.entry(key).await.unwrap().unwrap().remaining, None);
    }
    assert_eq!(list(&driver, "", 2).await, ["absent", "increment", "stays"]);
}

#[tokio::test]
async fn every_kind_of_write_replaces_the_lifetime_and_increment_keeps_it() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let driver = store(&server.provider().await).await;
    for key in ["set", "swap", "many", "longer", "deleted", "counter"] {
        set_ttl(&driver, key, "1", SHORT).await;
    }
    set(&driver, "set", "2").await;
    let current = version(&driver, "swap").await;
    let swapped = swap(&driver, "swap", "2", Expected::Version(current.into())).await;
    assert!(matches!(swapped, Conditional::Done(_)));
    driver
        .set_many(&[("many".into(), Bytes::from_static(b"2"))])
        .await;
    set_ttl(&driver, "longer", "2", LONG).await;
    driver.delete("deleted", Expected::Any).await.unwrap();
    set(&driver, "deleted", "2").await;
    assert_eq!(driver.increment("counter", 1).await, Ok(2));
    let counter = driver.entry("counter").await.unwrap().unwrap();
    assert!(counter.remaining.is_some());
    // A refused swap changes no lifetime.
    set_ttl(&driver, "refused", "1", LONG).await;
    swap(&driver, "refused", "2", Expected::Absent).await;
    assert!(
        driver
            .entry("refused")
            .await
            .unwrap()
            .unwrap()
            .remaining
            .is_some()
    );
    // Neither does a refused increment.
    set_ttl(&driver, "text", "no number", LONG).await;
    driver.increment("text", 1).await.unwrap_err();
    assert!(
        driver
            .entry("text")
            .await
            .unwrap()
            .unwrap()
            .remaining
            .is_some()
    );
    wait(&server).await;

    assert_eq!(get(&driver, "counter").await, None);
    for key in ["set", "swap", "many", "longer", "deleted"] {
        assert_eq!(get(&driver, key).await.as_deref(), Some("2"), "{key}");
        let left = driver.entry(key).await.unwrap().unwrap().remaining;
        assert_eq!(left.is_some(), key == "longer", "{key}");
    }
    let found = list(&driver, "", 100).await;
    assert_eq!(
        found,
        [
            "deleted", "longer", "many", "refused", "set", "swap", "text"
        ]
    );
}

#[tokio::test]
async fn no_key_ends_early_or_later_than_declared() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let provider = server.provider().await;
    let driver = store(&provider).await;
    let lateness = provider.descriptor().limit(limit::KV_TTL_LATENESS_NS);
    let lateness = Duration::from_nanos(lateness.unwrap());
    for round in 0..60_u64 {
        // Lifetimes that are no whole milliseconds, at any phase of the clock.
        let ttl = Duration::from_micros(1_000 + round * 137);
        let begun = Instant::now();
        set_ttl(&driver, "k", "v", ttl).await;
        let written = Instant::now();
        loop {
            let asked = Instant::now();
            let entry = driver.entry("k").await.unwrap();
            let answered = Instant::now();
            match entry {
                Some(entry) => {
                    assert!(asked < written + ttl + lateness, "late: {ttl:?}");
                    let left = entry.remaining.unwrap();
                    assert!(!left.is_zero() && left <= ttl + lateness);
                }
                None => {
                    assert!(answered >= begun + ttl, "early: {ttl:?}");
                    break;
                }
            }
        }
    }
    let longest = provider.descriptor().limit(limit::KV_TTL_MAX_NS).unwrap();
    let longest = Duration::from_nanos(longest);
    set_ttl(&driver, "k", "v", longest).await;
    let left = driver.entry("k").await.unwrap().unwrap().remaining.unwrap();
    assert!(left <= longest && left + Duration::from_secs(5) > longest);
}

#[tokio::test]
async fn lists_get_over_many_ended_keys() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let driver = store(&server.provider().await).await;
    for number in (0..600).step_by(60) {
        set(&driver, &format!("k{number:04}-stays"), "").await;
    }
    // A lifetime long enough that they end together, after the last write.
    let ttl = Duration::from_secs(4);
    let writes = (0..600).map(|number| {
        let driver = driver.clone();
        async move { set_ttl(&driver, &format!("k{number:04}"), "", ttl).await }
    });
    let begun = Instant::now();
    futures_join(writes).await;
    assert!(
        begun.elapsed() < ttl,
        "this machine is too slow for this test"
    );
    assert_eq!(list(&driver, "", 1000).await.len(), 610);
    tokio::time::sleep(ttl + Duration::from_millis(50)).await;
    let first = support::page(&driver, "", None, 3).await;
    assert_eq!(first.keys, ["k0000-stays", "k0060-stays", "k0120-stays"]);
    assert_eq!(list(&driver, "", 1).await.len(), 10);
    // A few expiring writes later they have gone for good.
    for _ in 0..32 {
        set_ttl(&driver, "another", "", LONG).await;
    }
    let until = Instant::now() + Duration::from_secs(5);
    while server.entries().await > 11 && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(server.entries().await, 11);
}

#[tokio::test]
async fn a_condition_and_a_lifetime_go_together() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let driver = store(&server.provider().await).await;
    let options = SetOptions {
        expected: Expected::Absent,
        ttl: Some(LONG),
    };
    let done = driver
        .set("k", Bytes::new(), options.clone())
        .await
        .unwrap();
    assert!(matches!(done, Conditional::Done(Some(_))));
    let stale = driver.set("k", Bytes::new(), options).await.unwrap();
    let Conditional::Stale(Some(entry)) = stale else {
        panic!("{stale:?}")
    };
    assert!(entry.remaining.is_some());
}

/// Drives 64 at a time, without another dependency.
async fn futures_join(futures: impl Iterator<Item = impl Future<Output = ()> + Send + 'static>) {
    let mut tasks = tokio::task::JoinSet::new();
    for future in futures {
        if tasks.len() == 64 {
            tasks.join_next().await.unwrap().unwrap();
        }
        tasks.spawn(future);
    }
    tasks.join_all().await;
}
