//! What only the service itself can show: what it keeps and leaves behind, and lists
//! that are longer than its answers.

mod support;

use std::sync::Arc;

use cloud_contract::Bytes;
use provider_tests::{list, scope, seam, set, store};
use support::NATS;
use tokio::task::JoinSet;

#[test]
fn the_seam_holds() {
    NATS.on_server(seam::holds);
}

#[test]
fn long_lists_are_whole_while_keys_are_rewritten() {
    NATS.on_server(async |server| {
        let provider = server.provider().await;
        let driver = store(&provider, "test").await;
        let entries: Vec<(String, Bytes)> = (0..3_000)
            .map(|number| (format!("k/{number:05}"), Bytes::from_static(b"v")))
            .collect();
        assert!(driver.set_many(&entries).await.iter().all(Result::is_ok));
        set(&driver, "other", "v").await;
        let keys: Vec<String> = entries.iter().map(|(key, _)| key.clone()).collect();
        let writers = (0..8).map(|task| {
            let (driver, keys) = (Arc::clone(&driver), keys.clone());
            async move {
                for place in (task..keys.len()).cycle().step_by(8) {
                    set(&driver, &keys[place], "again").await;
                }
            }
        });
        let mut writers: JoinSet<_> = writers.collect();
        for limit in [10_000, 700] {
            assert_eq!(list(&driver, "k/", limit).await, keys);
        }
        writers.shutdown().await;
        let deleted = driver.delete_many(&keys[..2_990]).await;
        assert!(deleted.iter().all(Result::is_ok));
        assert_eq!(list(&driver, "k/", 3).await, keys[2_990..]);
        provider.close(&scope("test", &[])).await.unwrap();
        assert_eq!(server.left().await, 0);
    });
}

#[test]
fn stores_come_while_the_last_one_goes() {
    NATS.on_server(async |server| {
        let provider = server.provider().await;
        let workers = (0..3).map(|worker| {
            let provider = Arc::clone(&provider);
            async move {
                for round in 0..300 {
                    let scope = scope(&format!("come-{worker}-{round}"), &["data"]);
                    let open = provider.open(&scope).await.unwrap();
                    open.keyvalue("data").await.unwrap();
                    drop(open);
                    provider.close(&scope).await.unwrap();
                }
            }
        });
        workers.collect::<JoinSet<_>>().join_all().await;
        assert_eq!(server.left().await, 0);
    });
}
