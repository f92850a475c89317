//! What only the service itself can show: the size of an item, what is left behind,
//! and how it dies. It takes seconds to start, so there is one for all steps.

mod support;

use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use cloud_contract::keyvalue::{Conditional, Driver, Expected, SetOptions};
use cloud_contract::{Bytes, ErrorKind, limit};
use provider_tests::{Server, faults, scope, seam, store};
use support::DYNAMODB;

#[test]
fn on_dynamodb_local() {
    DYNAMODB.on_server(async |server| {
        seam::holds(server).await;
        seam::names_stay(server).await;
        the_largest_item_has_room_for_a_lifetime(server).await;
        closing_waits_for_calls_whose_caller_is_gone(server).await;
        faults::is_closed_under_its_writers(server).await;
        faults::replies_are_lost(server).await;
        faults::stalls(server).await;
        the_table_comes_and_goes(server).await;
        faults::is_killed(server).await;
    });
}

async fn write(driver: &Arc<dyn Driver>, key: &str, size: usize) -> cloud_contract::Result<()> {
    let value = Bytes::from(vec![0xff; size]);
    let done = driver.set(key, value, SetOptions::default()).await?;
    assert!(matches!(done, Conditional::Done(_)));
    Ok(())
}

/// The declared limit is that of the largest item: with the longest names, a permanent
/// key has room for the two numbers of one that ends, and no more.
async fn the_largest_item_has_room_for_a_lifetime(server: &Server) {
    let provider = server.provider().await;
    let largest = provider.descriptor().limit(limit::KV_VALUE_MAX_BYTES);
    let largest = usize::try_from(largest.unwrap()).unwrap();
    let name = "n".repeat(192);
    let longest = scope(&"s".repeat(63), &[&name]);
    let namespace = provider.open(&longest).await.unwrap();
    let driver = namespace.keyvalue(&name).await.unwrap();
    let key = "k".repeat(1_024);
    let room = largest + 2 * (1 + 21);
    write(&driver, &key, room).await.unwrap();
    write(&driver, &key, room + 1).await.unwrap_err();
    let options = SetOptions {
        expected: Expected::Any,
        ttl: Some(Duration::from_secs(60)),
    };
    let value = Bytes::from(vec![0xff; largest]);
    driver.set(&key, value, options).await.unwrap();
    provider.close(&longest).await.unwrap();
    assert_eq!(server.left().await, 0);
}

async fn closing_waits_for_calls_whose_caller_is_gone(server: &Server) {
    let provider = server.provider().await;
    let driver = store(&provider, "gone").await;
    for number in 0..60 {
        let key = format!("{number}");
        let call = driver.set(&key, Bytes::new(), SetOptions::default());
        // On a busy machine it can be over by the time it is looked at.
        if let Poll::Ready(done) = futures::poll!(call) {
            done.unwrap();
        }
    }
    provider.close(&scope("gone", &[])).await.unwrap();
    assert_eq!(server.left().await, 0);
}

/// What a table that is gone is called, and one that was never there.
async fn the_table_comes_and_goes(server: &Server) {
    // Making it again is no error.
    server.create().await.unwrap();
    let driver = store(&server.provider().await, "table").await;
    server.remove().await.unwrap();
    let error = server.remove().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    let gone = driver.get("k").await.unwrap_err();
    assert_eq!(gone.kind(), &ErrorKind::NotFound);
    let absent = server.connect(&[]).await.unwrap_err();
    assert!(matches!(absent.kind(), ErrorKind::InvalidArgument(_)));
    server.create().await.unwrap();
}
