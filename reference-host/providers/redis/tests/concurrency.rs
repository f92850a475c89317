//! Many callers at a time, on one and on several connections.

mod support;

use std::sync::Arc;

use cloud_contract::Bytes;
use cloud_contract::keyvalue::{Conditional, Driver, Expected, SetOptions};
use support::{Server, get, store, swap};
use tokio::task::JoinSet;

const TASKS: usize = 32;

/// Two connections to one store.
async fn stores(server: &Server) -> [Arc<dyn Driver>; 2] {
    [
        store(&server.provider().await).await,
        store(&server.provider().await).await,
    ]
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_increment_counts_once() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let stores = stores(&server).await;
    let mut tasks = JoinSet::new();
    for task in 0..TASKS {
        let store = Arc::clone(&stores[task % 2]);
        tasks.spawn(async move {
            let mut sums = Vec::new();
            for _ in 0..100 {
                sums.push(store.increment("c", 1).await.unwrap());
            }
            sums
        });
    }
    let mut sums: Vec<i64> = tasks.join_all().await.concat();
    sums.sort_unstable();
    assert!(sums.into_iter().eq(1..=3200));
    assert_eq!(get(&stores[0], "c").await.as_deref(), Some("3200"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_of_many_creates_and_one_of_many_deletes() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let stores = stores(&server).await;
    for round in 0..20 {
        let mut tasks = JoinSet::new();
        for task in 0..TASKS {
            let store = Arc::clone(&stores[task % 2]);
            tasks.spawn(async move {
                let name = task.to_string();
                (task, swap(&store, "k", &name, Expected::Absent).await)
            });
        }
        let mut winners = Vec::new();
        let mut losers = Vec::new();
        for (task, outcome) in tasks.join_all().await {
            match outcome {
                Conditional::Done(version) => winners.push((task, version.unwrap())),
                Conditional::Stale(entry) => losers.push(entry.unwrap()),
            }
        }
        let [(winner, version)] = winners.as_slice() else {
            panic!("round {round}: {winners:?}")
        };
        for loser in losers {
            assert_eq!(loser.value, winner.to_string());
            assert_eq!(&loser.version, version);
        }
        let mut tasks = JoinSet::new();
        for task in 0..TASKS {
            let store = Arc::clone(&stores[task % 2]);
            let expected = Expected::Version(version.clone());
            tasks.spawn(async move { store.delete("k", expected).await.unwrap() });
        }
        let done = |outcome: &Conditional<()>| *outcome == Conditional::Done(());
        assert_eq!(
            tasks
                .join_all()
                .await
                .iter()
                .filter(|end| done(end))
                .count(),
            1
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_reader_sees_a_mixture() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let stores = stores(&server).await;
    let mut tasks = JoinSet::new();
    for task in 0..4_u8 {
        let store = Arc::clone(&stores[usize::from(task % 2)]);
        tasks.spawn(async move {
            for round in 0..20_usize {
                let value = Bytes::from(vec![task; 100_000 + round]);
                store.set("k", value, SetOptions::default()).await.unwrap();
            }
        });
        let store = Arc::clone(&stores[usize::from(task % 2)]);
        tasks.spawn(async move {
            for _ in 0..40 {
                if let Some(value) = store.get("k").await.unwrap() {
                    assert!(value.len() >= 100_000);
                    assert!(value.iter().all(|byte| *byte == value[0]));
                }
            }
        });
    }
    tasks.join_all().await;
}

#[tokio::test]
async fn a_dropped_call_harms_no_other() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let store = store(&server.provider().await).await;
    for round in 0..200_i64 {
        let dropped = store.increment("dropped", 1);
        let other = store.increment("other", 1);
        tokio::select! {
            biased;
            _ = async { tokio::task::yield_now().await } => {}
            _ = dropped => {}
        }
        assert_eq!(other.await, Ok(round + 1));
    }
    let reached = store.increment("dropped", 0).await.unwrap();
    assert!((0..=200).contains(&reached));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_users_of_one_server_do_not_meet() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let mut tasks = JoinSet::new();
    for user in 0..2 {
        let provider = server.provider().await;
        tasks.spawn(async move {
            for round in 0..30 {
                let scope = support::scope(&format!("run-{user}-{round}"), &["data", "other"]);
                let namespace = provider.open(&scope).await.unwrap();
                let store = namespace.keyvalue("data").await.unwrap();
                for key in 0..20 {
                    support::set(&store, &key.to_string(), &user.to_string()).await;
                }
                assert_eq!(support::list(&store, "", 7).await.len(), 20);
                assert_eq!(get(&store, "3").await, Some(user.to_string()));
                provider.close(&scope).await.unwrap();
            }
        });
    }
    tasks.join_all().await;
    assert_eq!(server.keys(), 0);
}
