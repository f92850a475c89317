//! What happens when the service is absent, dies, stalls or refuses.

mod support;

use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::{Expected, SetOptions};
use cloud_contract::{Bytes, Durability, Error, ErrorKind};
use support::{Server, connect, get, list, scope, set, store, version};
use tokio::task::JoinSet;

/// What must never reach a guest.
fn assert_discreet(error: &Error) {
    let text = format!("{error} {error:?}");
    for secret in ["sesame", "127.0.0.1", "KV", "cw_"] {
        assert!(!text.contains(secret), "{text}");
    }
}

#[tokio::test]
async fn connecting_fails_in_bounded_time() {
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = free.local_addr().unwrap().port();
    let endpoint = format!("nats://user:sesame@127.0.0.1:{port}");
    // Somebody listens, and never answers.
    let begun = Instant::now();
    let error = connect(&endpoint, &[]).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Timeout);
    assert!(begun.elapsed() < Duration::from_secs(3));
    assert_discreet(&error);
    // Nobody listens.
    drop(free);
    let error = connect(&endpoint, &[]).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Unavailable);
    assert_discreet(&error);
    let error = connect(&endpoint, &[("sesame", "1")]).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
    assert_discreet(&error);
}

#[tokio::test]
async fn a_wrong_password_is_access_denied() {
    let Some(server) = Server::start(&["--user", "ali", "--pass", "open-sesame"]) else {
        return;
    };
    let endpoint = server.endpoint();
    for options in [
        vec![],
        vec![("username", "ali"), ("password", "close-sesame")],
        vec![("token", "open-sesame")],
    ] {
        let error = connect(&endpoint, &options).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{options:?}");
        assert_discreet(&error);
    }
    let inside = endpoint.replace("//", "//ali:open%2Dsesame@");
    for (endpoint, options) in [
        (&inside, vec![]),
        (
            &endpoint,
            vec![("username", "ali"), ("password", "open-sesame")],
        ),
    ] {
        let driver = store(&connect(endpoint, &options).await.unwrap()).await;
        set(&driver, "k", "v").await;
        assert_eq!(get(&driver, "k").await.as_deref(), Some("v"));
    }
}

#[tokio::test]
async fn a_user_without_a_right_is_denied_at_once() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("nats.conf");
    let rights = r#"authorization { users: [
        { user: ali, password: p, permissions: { publish: { deny: "$KV.>" } } },
        { user: baba, password: p, permissions: { publish: { deny: "$JS.API.>" } } } ] }"#;
    std::fs::write(&file, rights).unwrap();
    let Some(server) = Server::start(&["-c", file.to_str().unwrap()]) else {
        return;
    };
    let begun = Instant::now();
    let error = connect(
        &server.endpoint(),
        &[("username", "baba"), ("password", "p")],
    )
    .await;
    assert_eq!(error.unwrap_err().kind(), &ErrorKind::AccessDenied);
    let options = [("username", "ali"), ("password", "p")];
    let driver = store(&connect(&server.endpoint(), &options).await.unwrap()).await;
    assert_eq!(get(&driver, "k").await, None);
    let refused = driver.increment("k", 1).await.unwrap_err();
    assert_eq!(refused.kind(), &ErrorKind::AccessDenied);
    assert_discreet(&refused);
    assert!(begun.elapsed() < Duration::from_secs(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_killed_server_is_unavailable_at_once_and_keeps_what_it_acknowledged() {
    let Some(mut server) = Server::start(&[]) else {
        return;
    };
    let provider = server.provider().await;
    assert_eq!(provider.descriptor().durability, Durability::Durable);
    let driver = store(&provider).await;
    set(&driver, "k", "v").await;
    set(&driver, "gone", "v").await;
    driver.delete("gone", Expected::Any).await.unwrap();
    let old = version(&driver, "k").await;

    // In the middle of traffic.
    let mut tasks = JoinSet::new();
    for task in 0..16 {
        let driver = Arc::clone(&driver);
        tasks.spawn(async move {
            let mut reached = 0;
            loop {
                match driver.increment(&format!("c{task}"), 1).await {
                    Ok(sum) => reached = sum,
                    Err(error) => return (task, reached, error),
                }
            }
        });
    }
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.kill();
    let begun = Instant::now();
    let ended = tasks.join_all().await;
    let many: Vec<String> = (0..300).map(|number| number.to_string()).collect();
    for failed in driver.get_many(&many).await {
        assert_eq!(failed.unwrap_err().kind(), &ErrorKind::Unavailable);
    }
    for error in [
        driver.get("k").await.unwrap_err(),
        driver.entry("k").await.unwrap_err(),
        driver.delete("k", Expected::Any).await.unwrap_err(),
        provider.open(&scope("s", &[])).await.unwrap_err(),
        provider.close(&scope("s", &[])).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        assert_discreet(&error);
    }
    assert!(begun.elapsed() < Duration::from_secs(3));

    server.restart();
    for (task, reached, error) in ended {
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        // The last one may have been carried out, nothing was twice.
        let kept: i64 = get(&driver, &format!("c{task}"))
            .await
            .map_or(0, |text| text.parse().unwrap());
        assert!((reached..=reached + 1).contains(&kept), "{reached} {kept}");
    }
    assert_eq!(version(&driver, "k").await, old);
    assert_eq!(get(&driver, "gone").await, None);
    set(&driver, "k", "v").await;
    assert_ne!(version(&driver, "k").await, old);
    provider.close(&scope("test", &[])).await.unwrap();
    assert_eq!(server.streams().await, 0);
    // What was closed stays away.
    let late = driver.set("k", Bytes::new(), SetOptions::default()).await;
    assert_eq!(late.unwrap_err().kind(), &ErrorKind::NotFound);
    assert_eq!(server.streams().await, 0);
}

#[tokio::test]
async fn a_stalled_server_times_out_and_is_used_again() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let provider = connect(&server.endpoint(), &[("timeout-ms", "500")]).await;
    let provider = provider.unwrap();
    let driver = store(&provider).await;
    set(&driver, "k", "v").await;
    server.signal("STOP");
    let limit = Duration::from_millis(500);
    let stalled = tokio::time::timeout(limit, driver.get("k")).await;
    assert!(stalled.is_err());
    let begun = Instant::now();
    let error = provider.close(&scope("other", &[])).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::Timeout);
    assert!(begun.elapsed() < Duration::from_secs(1));
    server.signal("CONT");
    assert_eq!(get(&driver, "k").await.as_deref(), Some("v"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn long_lists_are_whole_while_keys_are_rewritten() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let provider = server.provider().await;
    let driver = store(&provider).await;
    let entries: Vec<(String, Bytes)> = (0..3_000)
        .map(|number| (format!("k/{number:05}"), Bytes::from_static(b"v")))
        .collect();
    assert!(driver.set_many(&entries).await.iter().all(Result::is_ok));
    set(&driver, "other", "v").await;
    let keys: Vec<String> = entries.iter().map(|(key, _)| key.clone()).collect();
    let mut writers = JoinSet::new();
    for task in 0..8 {
        let (driver, keys) = (Arc::clone(&driver), keys.clone());
        writers.spawn(async move {
            for place in (task..keys.len()).cycle().step_by(8) {
                set(&driver, &keys[place], "again").await;
            }
        });
    }
    for limit in [10_000, 700] {
        assert_eq!(list(&driver, "k/", limit).await, keys);
    }
    writers.shutdown().await;
    let deleted = driver.delete_many(&keys[..2_990]).await;
    assert!(deleted.iter().all(Result::is_ok));
    assert_eq!(list(&driver, "k/", 3).await, keys[2_990..]);
    provider.close(&scope("test", &[])).await.unwrap();
    assert_eq!(server.streams().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stores_come_while_the_last_one_goes() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let provider = server.provider().await;
    let mut workers = JoinSet::new();
    for worker in 0..3 {
        let provider = Arc::clone(&provider);
        workers.spawn(async move {
            for round in 0..300 {
                let scope = scope(&format!("come-{worker}-{round}"), &["data"]);
                let open = provider.open(&scope).await.unwrap();
                open.keyvalue("data").await.unwrap();
                drop(open);
                provider.close(&scope).await.unwrap();
            }
        });
    }
    while let Some(done) = workers.join_next().await {
        done.unwrap();
    }
    assert_eq!(server.streams().await, 0);
}
