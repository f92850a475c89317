//! The provider on Azurite, beside the suite. It takes seconds to start, so there
//! is one for all steps, and the last of them ends it.

#[path = "support/emulator.rs"]
mod emulator;
mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::keyvalue::{Conditional, Expected, SetOptions};
use cloud_contract::{Bytes, ErrorKind, Provider};
use emulator::Emulator;
use provider_azure_tables::FACTORY;
use support::{
    TABLE, assert_discreet, connect, get, list, put, scope, set, set_ttl, settings, store, table,
};
use tokio::task::JoinSet;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_azurite() {
    let Some(mut emulator) = Emulator::start() else {
        return;
    };
    let endpoint = emulator.endpoint();
    the_table_comes_and_goes(&endpoint).await;
    wrong_credentials_are_denied(&endpoint).await;
    let provider = connect(&endpoint, &[]).await.unwrap();
    assert_eq!(provider.descriptor().product, "Azurite");
    scopes_keep_their_stores_until_they_are_closed(&provider, &endpoint).await;
    dropped_writes_leave_nothing_in_a_closed_scope(&provider, &endpoint).await;
    long_keys_are_listed_in_their_order(&provider).await;
    versions_differ_in_a_crowd(&provider).await;
    hosts_add_to_one_counter(&endpoint).await;
    ended_entries_are_removed(&provider, &endpoint).await;
    a_killed_service_is_unavailable_at_once(&provider, &mut emulator).await;
}

async fn the_table_comes_and_goes(endpoint: &str) {
    let error = connect(endpoint, &[]).await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    assert_discreet(&error);
    let resources = FACTORY.resources.unwrap();
    let create = || (resources.create)(settings(endpoint, &[]), table());
    let remove = || (resources.remove)(settings(endpoint, &[]), table());
    create().await.unwrap();
    create().await.unwrap();
    remove().await.unwrap();
    assert_eq!(remove().await.unwrap_err().kind(), &ErrorKind::NotFound);
    create().await.unwrap();
}

async fn wrong_credentials_are_denied(endpoint: &str) {
    for options in [
        [("key", "c2VzYW1l")],
        [("sas", "sv=2020-12-06&sig=sesame&tn=cwtest&sp=raud")],
    ] {
        // A key that is given comes before a signature.
        let mut settings = settings(endpoint, &options);
        if options[0].0 == "sas" {
            settings.options.remove("key");
        }
        let error = (FACTORY.connect)(settings.clone()).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{options:?}");
        assert_discreet(&error);
        let create = FACTORY.resources.unwrap().create;
        let error = create(settings, table()).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::AccessDenied, "{options:?}");
    }
    let error = connect(endpoint, &[("sesame", "1")]).await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
    assert_discreet(&error);
}

/// How many entities the table holds, but for the clock, as the service says.
async fn entities(endpoint: &str) -> usize {
    let url = format!("{endpoint}/{TABLE}()?$select=PartitionKey");
    let path = reqwest::Url::parse(&url).unwrap().path().to_owned();
    let date = azure_core::time::to_rfc7231(&azure_core::time::OffsetDateTime::now_utc());
    let key = FACTORY.flavours[0].options[1].1;
    use base64::Engine as _;
    use hmac::{KeyInit as _, Mac as _};
    let base64 = base64::engine::general_purpose::STANDARD;
    let key = base64.decode(key).unwrap();
    let mac = hmac::Hmac::<sha2::Sha256>::new_from_slice(&key)
        .unwrap()
        .chain_update(format!("{date}\n/devstoreaccount1{path}"));
    let signature = base64.encode(mac.finalize().into_bytes());
    let reply = reqwest::Client::new()
        .get(url)
        .header("x-ms-date", date)
        .header(
            "Authorization",
            format!("SharedKeyLite devstoreaccount1:{signature}"),
        )
        .header("Accept", "application/json;odata=nometadata")
        .send()
        .await
        .unwrap();
    let reply: serde_json::Value = serde_json::from_slice(&reply.bytes().await.unwrap()).unwrap();
    let all = reply["value"].as_array().unwrap().iter();
    all.filter(|entity| entity["PartitionKey"] != "clock")
        .count()
}

async fn scopes_keep_their_stores_until_they_are_closed(
    provider: &Arc<dyn Provider>,
    endpoint: &str,
) {
    let first = store(provider, "one").await;
    set(&first, "k", "v").await;
    // Another provider, and other names: the scope is what it was.
    let other = connect(endpoint, &[]).await.unwrap();
    let namespace = other.open(&scope("one", &["else"])).await.unwrap();
    let error = namespace.keyvalue("else").await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    let second = namespace.keyvalue("data").await.unwrap();
    assert_eq!(get(&second, "k").await.as_deref(), Some("v"));
    // One whose name begins alike is another.
    assert_eq!(get(&store(provider, "one-more").await, "k").await, None);

    for closing in [&other, provider, provider] {
        closing.close(&scope("one", &[])).await.unwrap();
        closing.close(&scope("one-more", &[])).await.unwrap();
    }
    assert_eq!(entities(endpoint).await, 0);
    let error = put(&first, "k", "v", Expected::Any, None)
        .await
        .unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
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
    assert_eq!(entities(endpoint).await, 0);
}

async fn dropped_writes_leave_nothing_in_a_closed_scope(
    provider: &Arc<dyn Provider>,
    endpoint: &str,
) {
    let driver = store(provider, "dropped").await;
    let value = Bytes::from(vec![7; 100_000]);
    for number in 0..40 {
        let key = number.to_string();
        let write = driver.set(&key, value.clone(), SetOptions::default());
        let limit = Duration::from_micros(number * 200);
        tokio::time::timeout(limit, write).await.ok();
    }
    provider.close(&scope("dropped", &[])).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(entities(endpoint).await, 0);
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

async fn hosts_add_to_one_counter(endpoint: &str) {
    let mut adds = JoinSet::new();
    for _ in 0..4 {
        let provider = connect(endpoint, &[]).await.unwrap();
        let driver = store(&provider, "counter").await;
        for _ in 0..8 {
            let driver = Arc::clone(&driver);
            adds.spawn(async move { driver.increment("n", 1).await.unwrap() });
        }
    }
    let mut sums = adds.join_all().await;
    sums.sort_unstable();
    assert_eq!(sums, (1..=32).collect::<Vec<i64>>());
    let provider = connect(endpoint, &[]).await.unwrap();
    provider.close(&scope("counter", &[])).await.unwrap();
}

async fn ended_entries_are_removed(provider: &Arc<dyn Provider>, endpoint: &str) {
    let driver = store(provider, "ended").await;
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
    let until = Instant::now() + Duration::from_secs(5);
    // The scope, two and sixteen keys.
    while entities(endpoint).await != 19 {
        assert!(Instant::now() < until, "{}", entities(endpoint).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(list(&driver, "", 100).await.len(), 18);
    provider.close(&scope("ended", &[])).await.unwrap();
}

async fn a_killed_service_is_unavailable_at_once(
    provider: &Arc<dyn Provider>,
    emulator: &mut Emulator,
) {
    let driver = store(provider, "killed").await;
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
    tokio::time::sleep(Duration::from_millis(300)).await;
    emulator.kill();
    for (error, took) in tasks.join_all().await {
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        assert_discreet(&error);
        assert!(took < Duration::from_secs(2), "{took:?}");
    }
    for error in [
        driver.get("k").await.unwrap_err(),
        driver.entry("k").await.unwrap_err(),
        driver.delete("k", Expected::Any).await.unwrap_err(),
        put(&driver, "k", "v", Expected::Absent, None)
            .await
            .unwrap_err(),
        provider.open(&scope("s", &[])).await.unwrap_err(),
        provider.close(&scope("s", &[])).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
    }
    // It kept nothing, the table neither.
    emulator.restart();
    let error = put(&driver, "k", "v", Expected::Any, None).await;
    assert_eq!(error.unwrap_err().kind(), &ErrorKind::NotFound);
    let create = FACTORY.resources.unwrap().create;
    let settings = settings(&emulator.endpoint(), &[]);
    create(settings, table()).await.unwrap();
    set(&driver, "k", "v").await;
}
