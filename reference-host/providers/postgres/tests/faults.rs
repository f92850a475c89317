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
    let endpoint = format!("postgres://ali:sesame@127.0.0.1:{port}/db");
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
    let Some(server) = Server::start(&[]) else {
        return;
    };
    server
        .ask("CREATE ROLE ali LOGIN PASSWORD 'open-sesame'")
        .await;
    let hba = "local all all trust\nhost all postgres all trust\nhost all all all scram-sha-256\n";
    std::fs::write(server.data().join("pg_hba.conf"), hba).unwrap();
    server.ask("SELECT pg_reload_conf()").await;
    let endpoint = server.endpoint_of("ali");
    // The server reads the file in its own time.
    let until = Instant::now() + Duration::from_secs(5);
    while let Err(error) = connect(&endpoint, &[("password", "close-sesame")]).await {
        assert_discreet(&error, &["sesame", "ali", "127.0.0.1"]);
        assert_eq!(error.kind(), &ErrorKind::AccessDenied);
        if server.ask("SELECT count(*) FROM pg_hba_file_rules").await == ["3"] {
            break;
        }
        assert!(Instant::now() < until);
    }
    for (endpoint, options) in [
        (endpoint.clone(), vec![]),
        (endpoint.clone(), vec![("password", "close-sesame")]),
        (
            endpoint.clone(),
            vec![("user", "baba"), ("password", "open-sesame")],
        ),
    ] {
        let error = connect(&endpoint, &options).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{options:?}");
        assert_discreet(&error, &["sesame", "ali", "127.0.0.1"]);
    }
    let error = connect(&(server.endpoint() + "-sesame"), &[]).await;
    assert_eq!(error.unwrap_err().kind(), &ErrorKind::NotFound);
    let error = connect(&server.endpoint(), &[("sslmode", "require")]).await;
    assert_eq!(error.unwrap_err().kind(), &ErrorKind::Unavailable);

    // The password is right; there is no right to make tables, which are made when
    // the first scope is opened.
    let maker = connect(&endpoint, &[("password", "open-sesame")]).await;
    let opened = maker
        .unwrap()
        .open(&support::scope("test", &["data"]))
        .await;
    assert_eq!(opened.unwrap_err().kind(), &ErrorKind::AccessDenied);

    // Somebody else made them: the rights to use them suffice.
    let owner = server.provider().await;
    let made = "SELECT to_regclass('cloud_wit.kv_entry') IS NOT NULL";
    assert_eq!(server.ask(made).await, ["f"]);
    let scope = support::scope("test", &[]);
    owner.open(&scope).await.unwrap();
    assert_eq!(server.ask(made).await, ["t"]);
    owner.close(&scope).await.unwrap();
    drop(owner);
    server.ask("GRANT USAGE ON SCHEMA cloud_wit TO ali").await;
    let error = connect(&endpoint, &[("password", "open-sesame")]).await;
    let reader = error.unwrap();
    let refused = reader.open(&support::scope("test", &["data"])).await;
    assert_eq!(refused.unwrap_err().kind(), &ErrorKind::AccessDenied);
    server
        .ask("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA cloud_wit TO ali")
        .await;
    let provider = connect(&endpoint, &[("password", "open-sesame")])
        .await
        .unwrap();
    let driver = store(&provider).await;
    set(&driver, "k", "v").await;
    assert_eq!(get(&driver, "k").await.as_deref(), Some("v"));
    provider.close(&support::scope("test", &[])).await.unwrap();
    assert_eq!(server.rows().await, 0);
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
        assert_discreet(&error, &["127.0.0.1", "kv_"]);
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

    // The very first call after the return succeeds. What was acknowledged is there,
    // and at most one more of each that was not.
    server.restart();
    assert_eq!(get(&driver, "k").await.as_deref(), Some("v"));
    assert_eq!(version(&driver, "k").await, old);
    for (task, reached) in counters {
        let now = driver.increment(&format!("c{task}"), 0).await.unwrap();
        assert!((reached..=reached + 1).contains(&now), "{reached} {now}");
    }
    set(&driver, "k", "v").await;
    assert_ne!(version(&driver, "k").await, old);
    assert_eq!(list(&driver, "", 100).await.len(), 17);
    // Idle connections that were lost are noticed before the next call.
    server.restart();
    tokio::time::sleep(Duration::from_millis(50)).await;
    let written = driver.set_many(&[("k".into(), Bytes::new())]).await;
    assert_eq!(written, [Ok(())]);
    provider.close(&support::scope("test", &[])).await.unwrap();
    assert_eq!(server.rows().await, 0);
}

#[tokio::test]
async fn a_stalled_server_times_out_and_is_used_again() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    // With the tables made, opening is quick.
    drop(store(&server.provider().await).await);
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
    let Some(server) = Server::start(&[]) else {
        return;
    };
    // With the tables made, opening is quick.
    drop(store(&server.provider().await).await);
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

#[tokio::test]
async fn connections_that_an_operator_ends_are_replaced_and_their_number_is_bounded() {
    let Some(server) = Server::start(&[]) else {
        return;
    };
    let provider = connect(&server.endpoint(), &[("connections", "3")])
        .await
        .unwrap();
    let driver = store(&provider).await;
    let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'cloud-wit'";
    for _ in 0..5 {
        let many = (0..100).map(|key| {
            let driver = Arc::clone(&driver);
            async move { driver.increment(&key.to_string(), 1).await.unwrap() }
        });
        many.collect::<JoinSet<_>>().join_all().await;
        let open: usize = server.ask(count).await[0].parse().unwrap();
        assert!((1..=3).contains(&open), "{open}");
    }
    server
        .ask(
            "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity \
             WHERE application_name = 'cloud-wit'",
        )
        .await;
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert_eq!(driver.increment("1", 1).await, Ok(6));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_is_closed_under_its_writers_leaves_nothing() {
    let Some(server) = Server::start(&[]) else {
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
        assert_eq!(server.rows().await, 0);
    }
}
