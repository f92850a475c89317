//! What happens when the service is absent, dies, stalls or refuses.

mod support;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::{Expected, SetOptions, Store};
use cloud_contract::{Bytes, Error, ErrorKind};
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
    let endpoint = format!("redis://:sesame@127.0.0.1:{port}");
    // Somebody listens, and never answers.
    let begun = Instant::now();
    let error = connect(&endpoint, &[]).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Timeout);
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_discreet(&error, &["sesame", "127.0.0.1", &port.to_string()]);
    // Nobody listens.
    drop(free);
    let begun = Instant::now();
    let error = connect(&endpoint, &[]).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unavailable);
    assert!(begun.elapsed() < Duration::from_secs(1));
    assert_discreet(&error, &["sesame", "127.0.0.1", &port.to_string()]);
}

#[tokio::test]
async fn a_wrong_password_is_access_denied() {
    let Some(server) = Server::start(&["--requirepass", "open-sesame"]) else {
        return;
    };
    let endpoint = server.endpoint();
    for options in [
        vec![],
        vec![("password", "close-sesame")],
        vec![("username", "ali"), ("password", "open-sesame")],
    ] {
        let error = connect(&endpoint, &options).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{options:?}");
        assert_discreet(&error, &["sesame", "ali", "127.0.0.1"]);
    }
    let provider = connect(&endpoint, &[("password", "open-sesame")]).await;
    let driver = store(&provider.unwrap()).await;
    set(&driver, "k", "v").await;
    assert_eq!(get(&driver, "k").await.as_deref(), Some("v"));
}

#[tokio::test]
async fn a_user_without_rights_is_denied_and_one_with_few_is_served() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    server.ask(&[
        "ACL",
        "SETUSER",
        "reader",
        "on",
        ">p",
        "~*",
        "+@read",
        "+@connection",
    ]);
    let reader = [("username", "reader"), ("password", "p")];
    let error = connect(&server.endpoint(), &reader).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::AccessDenied);
    server.ask(&[
        "ACL",
        "SETUSER",
        "plain",
        "on",
        ">p",
        "~{cw:*",
        "~cw:scope:*",
        "+@read",
        "+@write",
        "+@connection",
        "+@scripting",
        "+time",
        "-info",
        "-config",
    ]);
    let plain = [("username", "plain"), ("password", "p")];
    let provider = connect(&server.endpoint(), &plain).await.unwrap();
    assert_eq!(provider.descriptor().product_version, None);
    let driver = store(&provider).await;
    set(&driver, "k", "v").await;
    assert_eq!(get(&driver, "k").await.as_deref(), Some("v"));
    assert!(version(&driver, "k").await.len() <= 24);
    provider.close(&support::scope("test", &[])).await.unwrap();
    assert_eq!(server.keys(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_is_unavailable_at_once_and_comes_back() {
    let Some(mut server) = Server::start(&[]) else {
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
            loop {
                let begun = Instant::now();
                if let Err(error) = driver.increment(&format!("c{task}"), 1).await {
                    return (error, begun.elapsed());
                }
            }
        });
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    server.kill();
    for (error, took) in tasks.join_all().await {
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        assert!(took < Duration::from_secs(1), "{took:?}");
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
        assert_discreet(&error, &["127.0.0.1", "cw:"]);
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

    // The very first call after the return succeeds, a write as well as a read,
    // though this service kept nothing: neither data nor scripts nor the scope.
    server.restart();
    set(&driver, "k", "v").await;
    assert_eq!(get(&driver, "k").await.as_deref(), Some("v"));
    assert_ne!(version(&driver, "k").await, old);
    assert_eq!(list(&driver, "", 10).await, ["k"]);
    // An idle connection that was lost is noticed before the next call.
    server.restart();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(driver.increment("c", 1).await, Ok(1));
    server.restart();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let written = driver.set_many(&[("k".into(), Bytes::new())]).await;
    assert_eq!(written, [Ok(())]);
    provider.close(&support::scope("test", &[])).await.unwrap();
    assert_eq!(server.keys(), 0);

    // What was closed stays away, also after a loss.
    server.restart();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let late = driver.set("k", Bytes::new(), SetOptions::default()).await;
    assert_eq!(late.unwrap_err().kind(), &ErrorKind::NotFound);
    assert_eq!(server.keys(), 0);
}

#[tokio::test]
async fn a_durable_server_keeps_acknowledged_writes() {
    let Some(mut server) = Server::start(&["--appendonly", "yes", "--appendfsync", "always"])
    else {
        return;
    };
    let driver = store(&server.provider().await).await;
    for number in 0..50 {
        set(&driver, &number.to_string(), "v").await;
    }
    driver.delete("7", Expected::Any).await.unwrap();
    let before = version(&driver, "8").await;
    server.restart();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(list(&driver, "", 100).await.len(), 49);
    assert_eq!(get(&driver, "7").await, None);
    assert_eq!(version(&driver, "8").await, before);
    set(&driver, "8", "v").await;
    assert_ne!(version(&driver, "8").await, before);
}

#[tokio::test]
async fn a_stalled_server_times_out_and_is_used_again() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let provider = connect(&server.endpoint(), &[("timeout-ms", "300")]).await;
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
        assert!(begun.elapsed() < Duration::from_millis(450));
    }
    server.resume();
    let value = store.get("k").await.unwrap();
    assert_eq!(value.as_deref(), Some(b"v".as_slice()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn callers_share_a_failing_attempt() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let provider = connect(&server.endpoint(), &[("timeout-ms", "300")]).await;
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
    assert!(took < Duration::from_millis(900), "{took:?}");
    server.resume();
    assert_eq!(store.get("k").await.unwrap(), None);
}

#[tokio::test]
async fn lost_scripts_are_loaded_again() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let provider = server.provider().await;
    let driver = store(&provider).await;
    let flush = || server.ask(&["SCRIPT", "FLUSH"]);
    flush();
    set(&driver, "k", "1").await;
    flush();
    assert_eq!(driver.increment("k", 1).await, Ok(2));
    flush();
    let entries: Vec<_> = (0..300).map(|n| (n.to_string(), Bytes::new())).collect();
    assert!(driver.set_many(&entries).await.iter().all(Result::is_ok));
    flush();
    assert_eq!(list(&driver, "", 1000).await.len(), 301);
    flush();
    provider.close(&support::scope("test", &[])).await.unwrap();
    assert_eq!(server.keys(), 0);
}

#[tokio::test]
async fn a_full_server_throttles_and_changes_nothing() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let driver = store(&server.provider().await).await;
    set(&driver, "k", "1").await;
    let before = driver.entry("k").await.unwrap();
    server.ask(&["CONFIG", "SET", "maxmemory", "1"]);
    let throttled = ErrorKind::Throttled { retry_after: None };
    let value = Bytes::from_static(b"2");
    let error = driver
        .set("k", value.clone(), SetOptions::default())
        .await
        .unwrap_err();
    assert_eq!(error.kind(), &throttled);
    assert_eq!(
        driver.increment("k", 1).await.unwrap_err().kind(),
        &throttled
    );
    let many = driver
        .set_many(&[("k".into(), value.clone()), ("new".into(), value)])
        .await;
    assert!(
        many.iter()
            .all(|item| item.as_ref().unwrap_err().kind() == &throttled)
    );
    assert_eq!(driver.entry("k").await.unwrap(), before);
    assert_eq!(list(&driver, "", 10).await, ["k"]);
    // Deleting helps, so it works.
    driver.delete("k", Expected::Any).await.unwrap();
    server.ask(&["CONFIG", "SET", "maxmemory", "0"]);
    assert_eq!(driver.increment("k", 1).await, Ok(1));
}
