//! What the seam asks of a provider and no guest can see: scopes, several hosts on one
//! service, and batches that are larger than any of the suite.

use std::sync::Arc;
use std::time::Duration;

use cloud_contract::keyvalue::{Conditional, Driver, Expected, SetOptions};
use cloud_contract::{Bytes, Durability, ErrorKind, Provider, Result, limit};
use tokio::task::JoinSet;

use crate::{Server, get, list, scope, set, set_ttl, store, swap};

/// The values of the large batch.
const VALUES: u8 = 12;
const VALUE_BYTES: u64 = 1 << 20;

/// All of it, on a server, which then holds what it held before.
pub async fn holds(server: &mut Server) {
    let before = server.left().await;
    let hosts = [server.provider().await, server.provider().await];
    holds_between(&hosts).await;
    assert_eq!(server.left().await, before);
}

/// Beyond that, where a service can tell: a scope that is open keeps its names, whoever
/// opens it with others.
pub async fn names_stay(server: &mut Server) {
    let [one, other] = [server.provider().await, server.provider().await];
    set(&store(&one, "named").await, "k", "v").await;
    let named = other.open(&scope("named", &["new", "data"])).await.unwrap();
    let error = named.keyvalue("new").await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    let same = named.keyvalue("data").await.unwrap();
    assert_eq!(get(&same, "k").await.as_deref(), Some("v"));
    one.close(&scope("named", &[])).await.unwrap();
}

/// And where each write can: it finds a scope closed that another host closed.
pub async fn closing_holds_for_all(server: &mut Server) {
    let before = server.left().await;
    let [one, other] = [server.provider().await, server.provider().await];
    let driver = store(&one, "closed").await;
    set(&driver, "k", "v").await;
    other.close(&scope("closed", &[])).await.unwrap();
    is_gone(driver.get("k").await);
    let entries = ["k", "l"].map(|key| (key.to_owned(), Bytes::new()));
    comes_too_late(&one, &driver, &entries).await;
    assert_eq!(server.left().await, before);
}

/// All of it, between two connections to one service, which may be one and the same.
pub async fn holds_between(hosts: &[Arc<dyn Provider>; 2]) {
    scopes_are_apart(hosts).await;
    scopes_come_and_go_at_a_time(hosts).await;
    hosts_share_a_store(hosts).await;
    a_condition_and_a_lifetime_go_together(&hosts[0]).await;
    a_large_batch_is_carried_out(&hosts[0]).await;
}

/// A scope keeps what it holds until it is closed, by whomever; then it is empty, and
/// what comes too late brings nothing back.
async fn scopes_are_apart([one, other]: &[Arc<dyn Provider>; 2]) {
    let (scope_one, scope_two) = (
        scope("one", &["data", "more"]),
        scope("one-more", &["data"]),
    );
    let first = one.open(&scope_one).await.unwrap();
    let second = one.open(&scope_two).await.unwrap();
    for absent in ["absent", "Data", "data ", ""] {
        let error = first.keyvalue(absent).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NotFound, "{absent:?}");
    }
    let data = first.keyvalue("data").await.unwrap();
    let more = first.keyvalue("more").await.unwrap();
    let apart = second.keyvalue("data").await.unwrap();
    let entries: Vec<(String, Bytes)> = (0..234)
        .map(|number| (number.to_string(), Bytes::new()))
        .collect();
    assert!(data.set_many(&entries).await.iter().all(Result::is_ok));
    set_ttl(&data, "soon", "", Duration::from_millis(1)).await;
    set_ttl(&data, "later", "", Duration::from_secs(60)).await;
    set(&more, "k", "more").await;
    set(&apart, "k", "apart").await;
    assert_eq!(get(&data, "k").await, None);
    assert_eq!(get(&more, "k").await.as_deref(), Some("more"));
    set(&data, "k", "data").await;

    // Opened again, elsewhere, it is what it was.
    let again = other.open(&scope_one).await.unwrap();
    let same = again.keyvalue("more").await.unwrap();
    assert_eq!(get(&same, "k").await.as_deref(), Some("more"));

    // Closed by both: a host need not be told what another one closed.
    other.close(&scope_one).await.unwrap();
    one.close(&scope_one).await.unwrap();
    for driver in [&data, &more, &same] {
        is_gone(driver.get("k").await);
    }
    for driver in [&data, &more, &same] {
        comes_too_late(one, driver, &entries[..2]).await;
    }
    assert_eq!(get(&apart, "k").await.as_deref(), Some("apart"));
    one.close(&scope("never-opened", &["a"])).await.unwrap();

    let anew = one.open(&scope_one).await.unwrap();
    let anew = anew.keyvalue("data").await.unwrap();
    assert!(list(&anew, "", 10).await.is_empty());
    set(&anew, "k", "v").await;
    for scope in [&scope_one, &scope_two] {
        one.close(scope).await.unwrap();
    }
}

async fn comes_too_late(
    provider: &Arc<dyn Provider>,
    driver: &Arc<dyn Driver>,
    entries: &[(String, Bytes)],
) {
    // What is in memory alone may write into the void.
    let tells = provider.descriptor().durability != Durability::Volatile;
    let mut late = driver.set_many(entries).await;
    let value = Bytes::from_static(b"late");
    let set = driver.set("k", value, SetOptions::default()).await;
    late.push(set.map(drop));
    late.push(driver.increment("n", 1).await.map(drop));
    for late in late {
        assert!(late.is_err() || !tells);
        late.map_or_else(|error| assert_eq!(error.kind(), &ErrorKind::NotFound), drop);
    }
    if tells {
        is_gone(driver.get("k").await);
    }
}

fn is_gone(read: Result<Option<Bytes>>) {
    match read {
        Ok(value) => assert_eq!(value, None),
        Err(error) => assert_eq!(error.kind(), &ErrorKind::NotFound),
    }
}

/// Two hosts open, use and close scopes of their own at a time.
async fn scopes_come_and_go_at_a_time(hosts: &[Arc<dyn Provider>; 2]) {
    let users = hosts.iter().enumerate().map(|(user, provider)| {
        let provider = Arc::clone(provider);
        async move {
            for round in 0..10 {
                let scope = scope(&format!("run-{user}-{round}"), &["data", "other"]);
                let namespace = provider.open(&scope).await.unwrap();
                let store = namespace.keyvalue("data").await.unwrap();
                for key in 0..20 {
                    set(&store, &key.to_string(), &user.to_string()).await;
                }
                assert_eq!(list(&store, "", 7).await.len(), 20);
                assert_eq!(get(&store, "3").await, Some(user.to_string()));
                provider.close(&scope).await.unwrap();
            }
        }
    });
    users.collect::<JoinSet<_>>().join_all().await;
}

/// Whatever a provider remembers of a key, another host may have changed it: sums are
/// exact, and of many who create or delete a key one does.
async fn hosts_share_a_store(hosts: &[Arc<dyn Provider>; 2]) {
    const CALLERS: usize = 16;
    let stores = [
        store(&hosts[0], "shared").await,
        store(&hosts[1], "shared").await,
    ];
    let store = |caller: usize| Arc::clone(&stores[caller % 2]);
    let adders = (0..CALLERS).map(|caller| {
        let store = store(caller);
        async move {
            let mut sums = Vec::new();
            for _ in 0..5 {
                sums.push(store.increment("n", 1).await.unwrap());
            }
            sums
        }
    });
    let mut sums = adders.collect::<JoinSet<_>>().join_all().await.concat();
    sums.sort_unstable();
    assert!(sums.into_iter().eq(1..=5 * CALLERS as i64));

    for _ in 0..3 {
        let creators = (0..CALLERS).map(|caller| {
            let store = store(caller);
            async move {
                (
                    caller,
                    swap(&store, "k", &caller.to_string(), Expected::Absent).await,
                )
            }
        });
        let mut created = Vec::new();
        let mut seen = Vec::new();
        for (caller, end) in creators.collect::<JoinSet<_>>().join_all().await {
            match end {
                Conditional::Done(version) => created.push((caller, version.unwrap())),
                Conditional::Stale(entry) => seen.push(entry.unwrap()),
            }
        }
        let [(creator, version)] = created.as_slice() else {
            panic!("{created:?}")
        };
        for entry in seen {
            assert_eq!(entry.value, creator.to_string());
            assert_eq!(&entry.version, version);
        }
        let deleters = (0..CALLERS).map(|caller| {
            let (store, expected) = (store(caller), Expected::Version(version.clone()));
            async move { store.delete("k", expected).await.unwrap() }
        });
        let ends = deleters.collect::<JoinSet<_>>().join_all().await;
        let deleted = ends.iter().filter(|end| **end == Conditional::Done(()));
        assert_eq!(deleted.count(), 1);
    }
    hosts[0].close(&scope("shared", &[])).await.unwrap();
}

/// No function of a guest asks for both at a time.
async fn a_condition_and_a_lifetime_go_together(provider: &Arc<dyn Provider>) {
    let driver = store(provider, "both").await;
    let set = |ttl| {
        let options = SetOptions {
            expected: Expected::Absent,
            ttl: Some(ttl),
        };
        driver.set("k", Bytes::new(), options)
    };
    let done = set(Duration::from_secs(60)).await.unwrap();
    assert!(matches!(done, Conditional::Done(Some(_))));
    let Conditional::Stale(Some(entry)) = set(Duration::from_secs(600)).await.unwrap() else {
        panic!("it was there")
    };
    let left = entry.remaining.unwrap();
    assert!(left < Duration::from_secs(120), "{left:?}");
    provider.close(&scope("both", &[])).await.unwrap();
}

/// Values that together exceed what one request of any service carries.
async fn a_large_batch_is_carried_out(provider: &Arc<dyn Provider>) {
    let driver = store(provider, "large").await;
    let limit = provider.descriptor().limit(limit::KV_VALUE_MAX_BYTES);
    let length = usize::try_from(limit.unwrap().min(VALUE_BYTES)).unwrap();
    let entries: Vec<(String, Bytes)> = (0..VALUES)
        .map(|number| (format!("b{number}"), Bytes::from(vec![number; length])))
        .collect();
    assert!(driver.set_many(&entries).await.iter().all(Result::is_ok));
    let keys: Vec<String> = entries.iter().map(|(key, _)| key.clone()).collect();
    for (read, (_, value)) in driver.get_many(&keys).await.into_iter().zip(entries) {
        assert_eq!(read, Ok(Some(value)));
    }
    assert!(driver.delete_many(&keys).await.iter().all(Result::is_ok));
    assert!(list(&driver, "", 100).await.is_empty());
    provider.close(&scope("large", &[])).await.unwrap();
}
