//! What happens when the service is absent, refuses, dies, or is crowded.

mod support;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::{Conditional, Driver, Expected, ListRequest, SetOptions};
use cloud_contract::{Bytes, Error, ErrorKind};
use support::{Emulator, connect, refusing, scope, store};
use tokio::task::JoinSet;

/// What must never reach a guest.
fn assert_discreet(error: &Error) {
    let text = format!("{error} {error:?}");
    for secret in ["sesame", "127.0.0.1", "http"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn connecting_fails_in_bounded_time() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}", free.local_addr().unwrap());
    // Somebody listens, and never answers.
    let begun = Instant::now();
    let error = connect(&endpoint, &[("timeout-ms", "500")])
        .await
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Timeout);
    assert!(begun.elapsed() < Duration::from_secs(5));
    assert_discreet(&error);
    // Nobody listens.
    drop(free);
    let error = connect(&endpoint, &[]).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unavailable);
    assert_discreet(&error);
}

#[tokio::test]
async fn refusals_of_the_service_have_kinds() {
    let throttled = ErrorKind::Throttled { retry_after: None };
    for (code, kind) in [
        (7, ErrorKind::AccessDenied),
        (16, ErrorKind::AccessDenied),
        (8, throttled),
        (14, ErrorKind::Unavailable),
        (4, ErrorKind::Timeout),
    ] {
        let error = connect(&refusing(code), &[]).await.unwrap_err();
        assert_eq!(error.kind(), &kind, "{code}");
        assert_discreet(&error);
    }
    let error = connect(&refusing(5), &[]).await.unwrap_err();
    assert_eq!(error.to_string(), "there is no such database");
}

async fn set(driver: &Arc<dyn Driver>, key: &str) -> Result<(), Error> {
    let value = Bytes::from_static(b"v");
    driver
        .set(key, value, SetOptions::default())
        .await
        .map(drop)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_emulator_is_unavailable_at_once_and_comes_back() {
    let Some(mut emulator) = Emulator::start() else {
        return;
    };
    let provider = emulator.provider().await;
    let driver = store(&provider).await;
    set(&driver, "k").await.unwrap();

    // In the middle of traffic.
    let mut tasks = JoinSet::new();
    for task in 0..16 {
        let driver = Arc::clone(&driver);
        tasks.spawn(async move {
            loop {
                if let Err(error) = set(&driver, &format!("k{task}")).await {
                    return error;
                }
            }
        });
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    emulator.kill();
    let begun = Instant::now();
    while let Some(error) = tasks.join_next().await {
        let error = error.unwrap();
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        assert_discreet(&error);
    }
    assert!(begun.elapsed() < Duration::from_secs(10));
    let error = driver.get("k").await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unavailable);
    let error = driver.increment("n", 1).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unavailable);

    // The same provider reaches the new one, which has forgotten everything.
    emulator.restart();
    emulator.provider().await;
    assert_eq!(driver.get("k").await.unwrap(), None);
    set(&driver, "k").await.unwrap();
    assert_eq!(driver.increment("n", 2).await.unwrap(), 2);
}

/// Increments from two processes, as far as the provider knows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn crowded_counters_add_exactly_and_closing_leaves_nothing() {
    let Some(emulator) = Emulator::start() else {
        return;
    };
    let one = emulator.provider().await;
    let other = emulator.provider().await;
    let drivers = [store(&one).await, store(&other).await];
    let mut tasks = JoinSet::new();
    for task in 0..128 {
        let driver = Arc::clone(&drivers[task % 2]);
        tasks.spawn(async move { driver.increment("n", 1).await.unwrap() });
    }
    let mut sums: Vec<i64> = tasks.join_all().await;
    sums.sort_unstable();
    assert_eq!(sums, (1..=128).collect::<Vec<_>>());

    // Many, with an awkward one, and given up in flight.
    let driver = &drivers[0];
    let entries: Vec<(String, Bytes)> = (0..350)
        .map(|number| (format!("../{number}"), Bytes::from_static(b"v")))
        .collect();
    let written = driver.set_many(&entries).await;
    assert!(written.iter().all(Result::is_ok));
    drop(tokio::time::timeout(Duration::ZERO, set(driver, "given up")).await);
    one.close(&scope("test", &[])).await.unwrap();
    let request = ListRequest {
        prefix: "",
        after: None,
        limit: 10,
    };
    assert!(drivers[1].list(request).await.unwrap().keys.is_empty());
    let error = set(driver, "late").await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    // Opened again it is empty and works.
    let driver = store(&one).await;
    let absent = SetOptions {
        expected: Expected::Absent,
        ttl: None,
    };
    let done = driver.set("n", Bytes::new(), absent).await.unwrap();
    assert!(matches!(done, Conditional::Done(Some(_))));
}
