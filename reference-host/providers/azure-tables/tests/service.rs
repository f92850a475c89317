//! What only the service itself can show. It takes seconds to start, so there is one for
//! all steps, and the last of them ends it.

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::{Conditional, Expected, SetOptions};
use cloud_contract::{Bytes, ErrorKind, Provider};
use provider_azure_tables::FACTORY;
use provider_tests::{Server, faults, get, list, scope, seam, set, set_ttl, store};
use support::{TABLES, put};
use tokio::task::JoinSet;

#[test]
fn on_azurite() {
    TABLES.on_server(async |server| {
        the_table_comes_and_goes(server).await;
        wrong_credentials_are_denied(server).await;
        seam::holds(server).await;
        seam::names_stay(server).await;
        let provider = server.provider().await;
        assert_eq!(provider.descriptor().product, "Azurite");
        stores_have_any_name(&provider).await;
        dropped_writes_leave_nothing_in_a_closed_scope(server).await;
        long_keys_are_listed_in_their_order(&provider).await;
        versions_differ_in_a_crowd(&provider).await;
        ended_entries_are_removed(server).await;
        faults::is_closed_under_its_writers(server).await;
        faults::replies_are_lost(server).await;
        faults::stalls(server).await;
        a_service_that_lost_everything_is_used_again(server).await;
    });
}

async fn the_table_comes_and_goes(server: &Server) {
    server.create().await.unwrap();
    server.remove().await.unwrap();
    let error = server.remove().await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    let error = server.connect(&[]).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    TABLES.assert_discreet(&error);
    server.create().await.unwrap();
}

async fn wrong_credentials_are_denied(server: &Server) {
    for (name, value) in [
        ("key", "c2VzYW1l"),
        ("sas", "sv=2020-12-06&sig=sesame&tn=cwtest&sp=raud"),
    ] {
        let mut settings = server.settings(server.endpoint(), &[(name, value)]);
        // A key that is given comes before a signature.
        if name == "sas" {
            settings.options.remove("key");
        }
        let error = (FACTORY.connect)(settings.clone()).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{name}");
        TABLES.assert_discreet(&error);
        let create = FACTORY.resources.unwrap().create;
        let error = create(settings, server.resource()).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{name}");
    }
}

/// What the service takes in no name of its own.
async fn stores_have_any_name(provider: &Arc<dyn Provider>) {
    let names = ["data", "é / \\ # ?", "", "data2"];
    let namespace = provider.open(&scope("one", &names)).await.unwrap();
    for name in names {
        let driver = namespace.keyvalue(name).await.unwrap();
        assert_eq!(get(&driver, "k").await, None);
        set(&driver, "k", name).await;
    }
    for name in names {
        let driver = namespace.keyvalue(name).await.unwrap();
        assert_eq!(get(&driver, "k").await.as_deref(), Some(name));
    }
    provider.close(&scope("one", &[])).await.unwrap();
}

async fn dropped_writes_leave_nothing_in_a_closed_scope(server: &Server) {
    let provider = server.provider().await;
    let driver = store(&provider, "dropped").await;
    let value = Bytes::from(vec![7; 100_000]);
    for number in 0..40 {
        let key = number.to_string();
        let write = driver.set(&key, value.clone(), SetOptions::default());
        let limit = Duration::from_micros(number * 200);
        tokio::time::timeout(limit, write).await.ok();
    }
    provider.close(&scope("dropped", &[])).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(server.left().await, 0);
}

async fn long_keys_are_listed_in_their_order(provider: &Arc<dyn Provider>) {
    let driver = store(provider, "long").await;
    let mut keys = Vec::new();
    for length in [1, 299, 300, 301, 302, 511] {
        for end in ["\0", "b"] {
            keys.push("a".repeat(length) + end);
        }
    }
    keys.sort_unstable();
    let entries: Vec<_> = keys
        .iter()
        .map(|key| (key.clone(), Bytes::from_static(b"v")))
        .collect();
    assert!(driver.set_many(&entries).await.iter().all(Result::is_ok));
    for limit in [1, 2, 5, 100] {
        assert_eq!(list(&driver, "", limit).await, keys);
        for length in [1, 299, 300, 301] {
            let prefix = "a".repeat(length);
            let wanted: Vec<&String> = keys.iter().filter(|key| key.starts_with(&prefix)).collect();
            assert_eq!(
                list(&driver, &prefix, limit)
                    .await
                    .iter()
                    .collect::<Vec<_>>(),
                wanted
            );
        }
    }
    provider.close(&scope("long", &[])).await.unwrap();
}

/// The emulator gives one mark to writes that come within a tenth of a
/// millisecond.
async fn versions_differ_in_a_crowd(provider: &Arc<dyn Provider>) {
    let driver = store(provider, "crowd").await;
    let mut writes = JoinSet::new();
    for _ in 0..64 {
        let driver = Arc::clone(&driver);
        writes.spawn(async move {
            match put(&driver, "k", "same", Expected::Any, None)
                .await
                .unwrap()
            {
                Conditional::Done(Some(version)) => version,
                other => panic!("{other:?}"),
            }
        });
    }
    let mut versions = writes.join_all().await;
    versions.sort_unstable();
    versions.dedup();
    assert_eq!(versions.len(), 64);
    let last = driver.entry("k").await.unwrap().unwrap().version;
    assert!(versions.contains(&last));
    provider.close(&scope("crowd", &[])).await.unwrap();
}

async fn ended_entries_are_removed(server: &Server) {
    let provider = server.provider().await;
    let driver = store(&provider, "ended").await;
    set(&driver, "stays", "v").await;
    for number in 0..40 {
        set_ttl(
            &driver,
            &format!("e{number}"),
            "v",
            Duration::from_millis(1),
        )
        .await;
    }
    set_ttl(&driver, "later", "v", Duration::from_secs(900)).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    // Any that an earlier sweep left.
    assert_eq!(list(&driver, "", 10).await, ["later", "stays"]);
    for number in 0..16 {
        set_ttl(
            &driver,
            &format!("f{number}"),
            "v",
            Duration::from_secs(900),
        )
        .await;
    }
    let until = Instant::now() + Duration::from_secs(60);
    // The scope, two and sixteen keys.
    while server.left().await != 19 {
        assert!(Instant::now() < until, "{}", server.left().await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(list(&driver, "", 100).await.len(), 18);
    provider.close(&scope("ended", &[])).await.unwrap();
}

async fn a_service_that_lost_everything_is_used_again(server: &mut Server) {
    let killed = faults::is_killed(server).await;
    server.restart().await;
    // The table neither.
    let error = put(&killed.driver, "k", "v", Expected::Any, None).await;
    assert_eq!(error.unwrap_err().kind(), &ErrorKind::NotFound);
    server.create().await.unwrap();
    set(&killed.driver, "k", "v").await;
}
