//! What happens when the service is absent, dies, stalls or refuses.

mod support;

use cloud_contract::keyvalue::{Expected, SetOptions};
use cloud_contract::{Bytes, ErrorKind};
use provider_tests::{Subject, faults, get, list, scope, set, store, version};
use support::{DURABLE, REDIS, ask};

#[tokio::test]
async fn connecting_fails_in_bounded_time() {
    faults::nobody_answers(&REDIS, "redis://:sesame@{address}").await;
}

#[test]
fn a_wrong_password_is_access_denied() {
    let locked = Subject {
        arguments: &["--requirepass", "open-sesame"],
        options: &[("password", "open-sesame")],
        secrets: &["ali"],
        ..REDIS
    };
    locked.on_server(async |server| {
        for options in [
            vec![],
            vec![("password", "close-sesame")],
            vec![("username", "ali"), ("password", "open-sesame")],
        ] {
            let refused = REDIS.connect(server.endpoint(), &options).await;
            let error = refused.unwrap_err();
            assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{options:?}");
            locked.assert_discreet(&error);
        }
        let driver = store(&server.provider().await, "test").await;
        set(&driver, "k", "v").await;
        assert_eq!(get(&driver, "k").await.as_deref(), Some("v"));
    });
}

#[test]
fn a_user_without_rights_is_denied_and_one_with_few_is_served() {
    REDIS.on_server(async |server| {
        let user = |name, rights: &[&str]| {
            let words = ["ACL", "SETUSER", name, "on", ">p"];
            ask(server, &[&words, rights].concat());
        };
        user("reader", &["~*", "+@read", "+@connection"]);
        let reader = [("username", "reader"), ("password", "p")];
        let error = server.connect(&reader).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AccessDenied);
        let few = [
            "~{cw:*",
            "~cw:scope:*",
            "+@read",
            "+@write",
            "+@connection",
            "+@scripting",
            "+time",
            "-info",
            "-config",
        ];
        user("plain", &few);
        let plain = [("username", "plain"), ("password", "p")];
        let provider = server.connect(&plain).await.unwrap();
        assert_eq!(provider.descriptor().product_version, None);
        let driver = store(&provider, "test").await;
        set(&driver, "k", "v").await;
        assert_eq!(get(&driver, "k").await.as_deref(), Some("v"));
        assert!(version(&driver, "k").await.len() <= 24);
        provider.close(&scope("test", &[])).await.unwrap();
        assert_eq!(server.left().await, 0);
    });
}

/// It kept nothing: neither data nor scripts nor the scope.
#[test]
fn a_killed_server_is_unavailable_at_once_and_comes_back() {
    REDIS.on_server(async |server| {
        let killed = faults::is_killed(server).await;
        server.restart().await;
        let driver = &killed.driver;
        set(driver, "k", "v").await;
        assert_eq!(get(driver, "k").await.as_deref(), Some("v"));
        assert_ne!(version(driver, "k").await, killed.version);
        assert_eq!(list(driver, "", 10).await, ["k"]);
        killed.is_used_again(server).await;
    });
}

#[test]
fn a_durable_server_keeps_acknowledged_writes() {
    DURABLE.on_server(async |server| faults::is_killed(server).await.is_kept(server).await);
}

#[test]
fn a_stalled_server_times_out_and_is_used_again() {
    REDIS.on_server(faults::stalls);
}

#[test]
fn callers_share_a_failing_attempt() {
    REDIS.on_server(faults::callers_share_an_attempt);
}

#[test]
fn a_write_whose_reply_is_lost_is_not_sent_again() {
    REDIS.on_server(faults::replies_are_lost);
}

#[test]
fn a_store_that_is_closed_under_its_writers_leaves_nothing() {
    REDIS.on_server(faults::is_closed_under_its_writers);
}

#[test]
fn lost_scripts_are_loaded_again() {
    REDIS.on_server(async |server| {
        let provider = server.provider().await;
        let driver = store(&provider, "test").await;
        let flush = || ask(server, &["SCRIPT", "FLUSH"]);
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
        provider.close(&scope("test", &[])).await.unwrap();
        assert_eq!(server.left().await, 0);
    });
}

#[test]
fn a_full_server_throttles_and_changes_nothing() {
    REDIS.on_server(async |server| {
        let driver = store(&server.provider().await, "test").await;
        set(&driver, "k", "1").await;
        let before = driver.entry("k").await.unwrap();
        ask(server, &["CONFIG", "SET", "maxmemory", "1"]);
        let value = Bytes::from_static(b"2");
        let set = driver.set("k", value.clone(), SetOptions::default());
        let mut refused = vec![
            set.await.map(drop),
            driver.increment("k", 1).await.map(drop),
        ];
        let entries = [("k".into(), value.clone()), ("new".into(), value)];
        refused.extend(driver.set_many(&entries).await);
        let throttled = ErrorKind::Throttled { retry_after: None };
        for refused in refused {
            assert_eq!(refused.unwrap_err().kind(), &throttled);
        }
        assert_eq!(driver.entry("k").await.unwrap(), before);
        assert_eq!(list(&driver, "", 10).await, ["k"]);
        // Deleting helps, so it works.
        driver.delete("k", Expected::Any).await.unwrap();
        ask(server, &["CONFIG", "SET", "maxmemory", "0"]);
        assert_eq!(driver.increment("k", 1).await, Ok(1));
    });
}
