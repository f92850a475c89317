//! What only the service itself can show: what it keeps and leaves behind, what it is
//! configured to be, and what its connections do.

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::{Bytes, Durability};
use provider_tests::{list, scope, seam, set, set_ttl, store};
use support::{POSTGRES, ask};
use tokio::task::JoinSet;

#[test]
fn the_seam_holds() {
    POSTGRES.on_server(async |server| {
        seam::holds(server).await;
        seam::names_stay(server).await;
        seam::closing_holds_for_all(server).await;
    });
}

#[test]
fn what_it_declares_follows_the_service() {
    POSTGRES.on_server(async |server| {
        let provider = server.provider().await;
        assert_eq!(provider.descriptor().durability, Durability::Durable);
        assert!(provider.descriptor().product_version.is_some());
        let endpoint = format!(
            "{}?options=-c%20synchronous_commit%3Doff",
            server.endpoint()
        );
        let provider = server.connect_at(&endpoint, &[]).await.unwrap();
        assert_eq!(provider.descriptor().durability, Durability::Process);
        drop(store(&provider, "test").await);
        ask(server, "ALTER TABLE cloud_wit.kv_entry SET UNLOGGED").await;
        let provider = server.provider().await;
        assert_eq!(provider.descriptor().durability, Durability::Process);
    });
}

#[test]
fn many_make_the_layout_at_a_time_and_in_a_schema_of_their_own() {
    POSTGRES.on_server(async |server| {
        let settings = server.settings(server.endpoint(), &[]);
        let makers = (0..16).map(|_| {
            let settings = settings.clone();
            async move {
                let provider = (POSTGRES.factory.connect)(settings).await?;
                let scope = scope("test", &["data"]);
                provider.open(&scope).await?;
                provider.close(&scope).await
            }
        });
        for made in makers.collect::<JoinSet<_>>().join_all().await {
            made.unwrap();
        }
        let provider = server.connect(&[("schema", "other")]).await.unwrap();
        let driver = store(&provider, "test").await;
        set(&driver, "k", "v").await;
        assert_eq!(server.left().await, 0);
        let other = ask(server, "SELECT count(*) FROM other.kv_entry").await;
        assert_eq!(other, ["1"]);
    });
}

#[test]
fn ended_entries_are_removed() {
    POSTGRES.on_server(async |server| {
        let driver = store(&server.provider().await, "test").await;
        set(&driver, "stays", "").await;
        for number in 0..100 {
            let ttl = Duration::from_millis(1);
            set_ttl(&driver, &number.to_string(), "", ttl).await;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
        assert_eq!(list(&driver, "", 1).await, ["stays"]);
        // A few expiring writes later they have gone for good.
        for _ in 0..32 {
            set_ttl(&driver, "another", "", Duration::from_secs(60)).await;
        }
        let until = Instant::now() + Duration::from_secs(60);
        let count = "SELECT count(*) FROM cloud_wit.kv_entry";
        while ask(server, count).await != ["2"] {
            assert!(Instant::now() < until, "{:?}", ask(server, count).await);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
}

#[test]
fn batches_of_one_set_of_keys_do_not_stand_in_each_others_way() {
    const TASKS: usize = 32;
    POSTGRES.on_server(async |server| {
        let stores = [
            store(&server.provider().await, "test").await,
            store(&server.provider().await, "test").await,
        ];
        let tasks = (0..TASKS).map(|task| {
            let store = Arc::clone(&stores[task % 2]);
            async move {
                let mut keys: Vec<String> = (0..50).map(|key| key.to_string()).collect();
                // Each in an order of its own.
                keys.rotate_left(7 * task % 50);
                if task % 3 == 0 {
                    keys.reverse();
                }
                for _ in 0..10 {
                    let ends = if task % 4 == 0 {
                        store.delete_many(&keys).await
                    } else {
                        let value = Bytes::from(task.to_string());
                        let entries: Vec<_> = keys
                            .iter()
                            .map(|key| (key.clone(), value.clone()))
                            .collect();
                        store.set_many(&entries).await
                    };
                    assert!(ends.iter().all(Result::is_ok), "{ends:?}");
                }
            }
        });
        tasks.collect::<JoinSet<_>>().join_all().await;
        let deadlocks = "SELECT deadlocks FROM pg_stat_database WHERE datname = 'postgres'";
        assert_eq!(ask(server, deadlocks).await, ["0"]);
    });
}

#[test]
fn connections_that_an_operator_ends_are_replaced_and_their_number_is_bounded() {
    POSTGRES.on_server(async |server| {
        let endpoint = format!("{}?application_name=bounded", server.endpoint());
        let provider = server.connect_at(&endpoint, &[("connections", "3")]).await;
        let driver = store(&provider.unwrap(), "test").await;
        let ours = "FROM pg_stat_activity WHERE application_name = 'bounded'";
        for _ in 0..5 {
            let many = (0..100).map(|key| {
                let driver = Arc::clone(&driver);
                async move { driver.increment(&key.to_string(), 1).await.unwrap() }
            });
            many.collect::<JoinSet<_>>().join_all().await;
            let open = ask(server, &format!("SELECT count(*) {ours}")).await;
            let open: usize = open[0].parse().unwrap();
            assert!((1..=3).contains(&open), "{open}");
        }
        ask(
            server,
            &format!("SELECT pg_terminate_backend(pid, 60000) {ours}"),
        )
        .await;
        // They have ended there; it is noticed here as soon as it is read.
        tokio::time::sleep(Duration::from_millis(500)).await;
        assert_eq!(driver.increment("1", 1).await, Ok(6));
    });
}
