//! What only the service itself can show. It takes seconds to start, so there is one for
//! all steps.

mod support;

use std::sync::Arc;
use std::time::Duration;

use cloud_contract::keyvalue::{Expected, SetOptions};
use cloud_contract::{Bytes, ErrorKind};
use futures::future::join_all;
use provider_tests::{Server, faults, list, scope, seam, store};
use support::FIRESTORE;
use tokio::task::JoinSet;

#[test]
fn on_the_emulator() {
    FIRESTORE.on_server(async |server| {
        seam::holds(server).await;
        seam::names_stay(server).await;
        crowded_counters_add_exactly(server).await;
        deleted_counters_begin_again(server).await;
        closing_leaves_nothing(server).await;
        faults::is_closed_under_its_writers(server).await;
        faults::replies_are_lost(server).await;
        faults::stalls(server).await;
    });
}

/// Increments from two processes, as far as the provider knows.
async fn crowded_counters_add_exactly(server: &Server) {
    let one = server.provider().await;
    let other = server.provider().await;
    let drivers = [store(&one, "crowd").await, store(&other, "crowd").await];
    let adders = (0..128).map(|task| {
        let driver = Arc::clone(&drivers[task % 2]);
        async move { driver.increment("n", 1).await.unwrap() }
    });
    let mut sums = adders.collect::<JoinSet<_>>().join_all().await;
    sums.sort_unstable();
    assert!(sums.into_iter().eq(1..=128));
    one.close(&scope("crowd", &[])).await.unwrap();
}

/// What a counter was before must not be remembered once it was deleted, however soon
/// the next increment comes. These are no tasks of the runtime: one that is woken by
/// the task of a counter runs when that has ended.
async fn deleted_counters_begin_again(server: &Server) {
    let provider = server.provider().await;
    let driver = store(&provider, "again").await;
    let counters = (0..16).map(|counter| {
        let driver = Arc::clone(&driver);
        async move {
            let key = format!("counter {counter}");
            for _ in 0..20 {
                assert_eq!(driver.increment(&key, i64::MAX).await, Ok(i64::MAX));
                driver.delete(&key, Expected::Any).await.unwrap();
                assert_eq!(driver.increment(&key, 1).await, Ok(1));
                driver.delete(&key, Expected::Any).await.unwrap();
            }
        }
    });
    join_all(counters).await;
    provider.close(&scope("again", &[])).await.unwrap();
}

/// More than one request removes, with awkward names, and a write given up in flight.
async fn closing_leaves_nothing(server: &Server) {
    let provider = server.provider().await;
    let driver = store(&provider, "left").await;
    let entries: Vec<(String, Bytes)> = (0..350)
        .map(|number| (format!("../{number}"), Bytes::from_static(b"v")))
        .collect();
    assert!(driver.set_many(&entries).await.iter().all(Result::is_ok));
    let write = driver.set("given up", Bytes::new(), SetOptions::default());
    drop(tokio::time::timeout(Duration::ZERO, write).await);
    provider.close(&scope("left", &[])).await.unwrap();
    let other = server.provider().await;
    let late = driver.set("late", Bytes::new(), SetOptions::default());
    assert_eq!(late.await.unwrap_err().kind(), &ErrorKind::NotFound);
    assert!(list(&store(&other, "left").await, "", 10).await.is_empty());
    other.close(&scope("left", &[])).await.unwrap();
}
