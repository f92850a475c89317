//! What happens when the service is absent, dies, stalls or refuses.

mod support;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::{Expected, SetOptions, Store};
use cloud_contract::{Bytes, Durability, Error, ErrorKind};
use support::{Server, connect, get, guest_store, list, set, store, version};
use tokio::task::JoinSet;

/// What must never reach a guest.
fn assert_discreet(error: &Error, secrets: &[&str]) {
    let text = format!("{error} {error:?}");
    for secret in secrets {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn connecting_fails_in_bounded_time() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    let endpoint = format!("http://127.0.0.1:{port}");
    // Somebody listens, and never answers.
    let begun = Instant::now();
    let error = connect(&endpoint, &[]).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Timeout);
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_discreet(&error, &["ali", "sesame", "127.0.0.1", &port.to_string()]);
    // Nobody listens.
    drop(free);
    let begun = Instant::now();
    let error = connect(&endpoint, &[]).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unavailable);
    assert!(begun.elapsed() < Duration::from_secs(1));
    assert_discreet(&error, &["ali", "sesame", "127.0.0.1", &port.to_string()]);
}

#[tokio::test]
async fn credentials_and_rights_decide() {
    let Some(server) = Server::start() else {
        return;
    };
    let endpoint = server.endpoint();
    let early = connect(&endpoint, &[("username", "ali"), ("password", "x")]).await;
    assert!(matches!(
        early.unwrap_err().kind(),
        ErrorKind::InvalidArgument(_)
    ));
    for (path, json) in [
        ("user/add", r#"{"name":"root","password":"root"}"#),
        ("role/add", r#"{"name":"root"}"#),
        ("user/grant", r#"{"user":"root","role":"root"}"#),
        ("user/add", r#"{"name":"ali","password":"open-sesame"}"#),
        ("user/add", r#"{"name":"baba","password":"open-sesame"}"#),
        ("role/add", r#"{"name":"cloud"}"#),
        // From `cw/` to `cw0`.
        (
            "role/grant",
            r#"{"name":"cloud","perm":{"permType":"READWRITE","key":"Y3cv","range_end":"Y3cw"}}"#,
        ),
        ("user/grant", r#"{"user":"ali","role":"cloud"}"#),
        ("enable", "{}"),
    ] {
        server.ask(&format!("/v3/auth/{path}"), json).await;
    }
    for options in [
        vec![],
        vec![("username", "ali"), ("password", "close-sesame")],
        vec![("username", "nobody"), ("password", "open-sesame")],
        // No right to anything.
        vec![("username", "baba"), ("password", "open-sesame")],
    ] {
        let error = connect(&endpoint, &options).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{options:?}");
        assert_discreet(&error, &["sesame", "ali", "127.0.0.1"]);
    }
    let options = [("username", "ali"), ("password", "open-sesame")];
    let provider = connect(&endpoint, &options).await.unwrap();
    let driver = store(&provider).await;
    set(&driver, "k", "v").await;
    support::set_ttl(&driver, "e", "v", Duration::from_secs(60)).await;
    assert_eq!(get(&driver, "k").await.as_deref(), Some("v"));
    provider.close(&support::scope("test", &[])).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_is_unavailable_at_once_and_comes_back() {
    let Some(mut server) = Server::start() else {
        return;
    };
    let provider = server.provider().await;
    let driver = store(&provider).await;
    set(&driver, "k", "v").await;
    let old = version(&driver, "k").await;

    // In the middle of traffic.
    let mut tasks = JoinSet::new();
    for task in 0..16 {
        let driver = Arc::clone(&driver);
        tasks.spawn(async move {
            let mut reached = 0;
            loop {
                let begun = Instant::now();
                match driver.increment(&format!("c{task}"), 1).await {
                    Ok(sum) => reached = sum,
                    Err(error) => return (task, reached, error, begun.elapsed()),
                }
            }
        });
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.kill();
    let mut counters = Vec::new();
    for (task, reached, error, took) in tasks.join_all().await {
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        assert!(took < Duration::from_secs(2), "{took:?}");
        counters.push((task, reached));
    }
    let begun = Instant::now();
    for error in [
        driver.get("k").await.unwrap_err(),
        driver.exists("k").await.unwrap_err(),
        driver.entry("k").await.unwrap_err(),
        driver.increment("k", 1).await.unwrap_err(),
        driver
            .set("k", Bytes::new(), SetOptions::default())
            .await
            .unwrap_err(),
        driver.delete("k", Expected::Any).await.unwrap_err(),
        provider.open(&support::scope("s", &[])).await.unwrap_err(),
        provider.close(&support::scope("s", &[])).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        assert_discreet(&error, &["127.0.0.1", "cw/"]);
    }
    let many: Vec<String> = (0..300).map(|number| number.to_string()).collect();
    let failed = driver.get_many(&many).await;
    assert_eq!(failed.len(), 300);
    assert!(
        failed
            .iter()
            .all(|item| item.as_ref().unwrap_err().kind() == &ErrorKind::Unavailable)
    );
    assert!(begun.elapsed() < Duration::from_secs(2));

    // The very first call after the return succeeds. What was acknowledged is there
    // where it is declared to be, and at most one more of each that was not.
    let keeps = provider.descriptor().durability == Durability::Durable;
    server.restart();
    assert_eq!(get(&driver, "k").await.as_deref(), Some("v"));
    assert_eq!(version(&driver, "k").await, old);
    for (task, reached) in counters {
        let now = driver.increment(&format!("c{task}"), 0).await.unwrap();
        let least = if keeps { reached } else { 0 };
        assert!((least..=reached + 1).contains(&now), "{reached} {now}");
    }
    set(&driver, "k", "v").await;
    assert_ne!(version(&driver, "k").await, old);
    assert_eq!(list(&driver, "", 100).await.len(), 17);
    // An idle connection that was lost is noticed before the next call.
    server.restart();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let written = driver.set_many(&[("k".into(), Bytes::new())]).await;
    assert_eq!(written, [Ok(())]);
    provider.close(&support::scope("test", &[])).await.unwrap();
    assert_eq!(server.keys().await, 0);
}

#[tokio::test]
async fn a_stalled_server_times_out_and_is_used_again() {
    let Some(server) = Server::start() else {
        return;
    };
    let provider = connect(&server.endpoint(), &[("timeout-ms", "1000")]).await;
    let provider = provider.unwrap();
    let store = guest_store(&provider).await;
    store.set("k", Bytes::from_static(b"v")).await.unwrap();
    server.pause();
    let scope = support::scope("other", &["data"]);
    for round in 0..4 {
        let begun = Instant::now();
        let error = match round {
            2 => provider.open(&scope).await.unwrap_err(),
            3 => provider.close(&scope).await.unwrap_err(),
            _ => store.get("k").await.unwrap_err(),
        };
        assert_eq!(error.kind(), &ErrorKind::Timeout);
        assert!(begun.elapsed() < Duration::from_millis(1_500));
    }
    server.resume();
    let value = store.get("k").await.unwrap();
    assert_eq!(value.as_deref(), Some(b"v".as_slice()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_share_a_failing_attempt() {
    let Some(server) = Server::start() else {
        return;
    };
    let provider = connect(&server.endpoint(), &[("timeout-ms", "1000")]).await;
    let store = guest_store(&provider.unwrap()).await;
    server.pause();
    store.get("k").await.unwrap_err();
    // Without sharing, the last of them would wait for all others in turn.
    let begun = Instant::now();
    let mut tasks: JoinSet<_> = (0..64)
        .map(|_| {
            let store: Arc<dyn Store> = Arc::clone(&store);
            async move { store.get("k").await.unwrap_err() }
        })
        .collect();
    while let Some(error) = tasks.join_next().await {
        assert_eq!(error.unwrap().kind(), &ErrorKind::Timeout);
    }
    let took = begun.elapsed();
    assert!(took < Duration::from_secs(3), "{took:?}");
    server.resume();
    assert_eq!(store.get("k").await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_closed_under_its_writers_leaves_nothing() {
    let Some(server) = Server::start() else {
        return;
    };
    let provider = server.provider().await;
    for round in 0..3 {
        let driver = store(&provider).await;
        let mut tasks = JoinSet::new();
        for task in 0..16 {
            let driver = Arc::clone(&driver);
            tasks.spawn(async move {
                for number in 0.. {
                    let entries: Vec<_> = (0..20)
                        .map(|key| (format!("{task}-{number}-{key}"), Bytes::new()))
                        .collect();
                    if let Err(error) = &driver.set_many(&entries).await[0] {
                        return error.clone();
                    }
                }
                unreachable!()
            });
        }
        tokio::time::sleep(Duration::from_millis(60)).await;
        provider.close(&support::scope("test", &[])).await.unwrap();
        for error in tasks.join_all().await {
            assert_eq!(error.kind(), &ErrorKind::NotFound, "{round}");
        }
        assert_eq!(server.keys().await, 0);
    }
}
