//! What the seam asks of a provider of containers and no guest can see: scopes, and
//! several hosts on one service.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::blobstore::Expected;
use cloud_contract::{Bytes, ErrorKind, Provider, Result, feature};
use tokio::task::JoinSet;

use super::{body, bytes, container, endless, names, options, put, read};
use crate::{Server, scope};

/// How many callers contend.
const CALLERS: usize = 8;

/// All of it, on a server, which then holds what it held before.
pub async fn holds(server: &mut Server) {
    let before = server.left().await;
    let hosts = [server.provider().await, server.provider().await];
    hold_between(&hosts).await;
    assert_eq!(server.left().await, before);
}

/// The same, of two hosts, which may be one and the same.
pub async fn hold_between(hosts: &[Arc<dyn Provider>; 2]) {
    scopes_are_apart(hosts).await;
    scopes_come_and_go_at_a_time(hosts).await;
    one_of_many_creates(hosts).await;
    containers_come_and_go(hosts).await;
}

/// A scope keeps what it holds until it is closed, by whomever; then it is empty, and
/// what comes too late brings nothing back.
async fn scopes_are_apart([one, other]: &[Arc<dyn Provider>; 2]) {
    let scope_one = scope("one", &["data", "more"]);
    let scope_two = scope("one-more", &["data"]);
    let first = one.open(&scope_one).await.unwrap();
    let second = one.open(&scope_two).await.unwrap();
    for absent in ["absent", "Data", "data ", ""] {
        let error = first.blobstore(absent).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NotFound, "{absent:?}");
    }
    let data = first.blobstore("data").await.unwrap();
    let more = first.blobstore("more").await.unwrap();
    let apart = second.blobstore("data").await.unwrap();
    for (driver, text) in [(&data, "data"), (&more, "more"), (&apart, "apart")] {
        put(driver, "k", Bytes::from_static(text.as_bytes())).await;
    }
    for name in ["a/b/", "../k", "\u{1}", &"long".repeat(128)] {
        put(&data, name, Bytes::new()).await;
    }
    assert_eq!(names(&data, "", 2).await.len(), 5);
    assert_eq!(names(&more, "", 2).await, ["k"]);

    // Opened again, elsewhere and with other names, it is what it was.
    let again = other.open(&scope("one", &["new"])).await.unwrap();
    let error = again.blobstore("new").await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::NotFound);
    let same = again.blobstore("more").await.unwrap();
    assert_eq!(read(&same, "k").await.unwrap().unwrap(), "more");

    // Closed by both: a host need not be told what another one closed.
    other.close(&scope_one).await.unwrap();
    one.close(&scope_one).await.unwrap();
    for driver in [&data, &more, &same] {
        is_gone(read(driver, "k").await);
        let late = driver.put("k", body(Bytes::new()), options(Expected::Any));
        assert_eq!(late.await.unwrap_err().kind(), &ErrorKind::NotFound);
        let late = driver.delete("k", None).await.unwrap_err();
        assert_eq!(late.kind(), &ErrorKind::NotFound);
    }
    assert_eq!(read(&apart, "k").await.unwrap().unwrap(), "apart");
    one.close(&scope("never-opened", &["a"])).await.unwrap();

    let anew = one.open(&scope_one).await.unwrap();
    let anew = anew.blobstore("data").await.unwrap();
    assert!(names(&anew, "", 10).await.is_empty());
    put(&anew, "k", Bytes::new()).await;
    for scope in [&scope_one, &scope_two] {
        one.close(scope).await.unwrap();
    }
}

fn is_gone(read: Result<Option<Bytes>>) {
    match read {
        Ok(bytes) => assert_eq!(bytes, None),
        Err(error) => assert_eq!(error.kind(), &ErrorKind::NotFound),
    }
}

/// Two hosts open, use and close scopes of their own at a time.
async fn scopes_come_and_go_at_a_time(hosts: &[Arc<dyn Provider>; 2]) {
    let users = hosts.iter().enumerate().map(|(user, provider)| {
        let provider = Arc::clone(provider);
        async move {
            for round in 0..3 {
                let scope = scope(&format!("run-{user}-{round}"), &["data", "other"]);
                let namespace = provider.open(&scope).await.unwrap();
                let driver = namespace.blobstore("data").await.unwrap();
                for name in 0..10 {
                    put(&driver, &name.to_string(), bytes(100, user as u64)).await;
                }
                assert_eq!(names(&driver, "", 7).await.len(), 10);
                let found = read(&driver, "3").await.unwrap().unwrap();
                assert_eq!(found, bytes(100, user as u64));
                provider.close(&scope).await.unwrap();
            }
        }
    });
    users.collect::<JoinSet<_>>().join_all().await;
}

/// Of many who create an object, on two hosts, one does.
async fn one_of_many_creates(hosts: &[Arc<dyn Provider>; 2]) {
    let drivers = [
        container(&hosts[0], "shared").await,
        container(&hosts[1], "shared").await,
    ];
    for round in 0..3 {
        let creators = (0..CALLERS).map(|caller| {
            let driver = Arc::clone(&drivers[caller % 2]);
            let name = format!("k{round}");
            async move {
                let put = driver.put(
                    &name,
                    body(bytes(100, caller as u64)),
                    options(Expected::Absent),
                );
                (caller, put.await)
            }
        });
        let mut created = Vec::new();
        for (caller, end) in creators.collect::<JoinSet<_>>().join_all().await {
            match end {
                Ok(version) => created.push((caller, version)),
                Err(error) => assert!(
                    matches!(
                        error.kind(),
                        ErrorKind::PreconditionFailed | ErrorKind::Throttled { .. }
                    ),
                    "{error}"
                ),
            }
        }
        let [(creator, version)] = created.as_slice() else {
            panic!("{created:?}")
        };
        let name = format!("k{round}");
        let found = read(&drivers[1], &name).await.unwrap().unwrap();
        assert_eq!(found, bytes(100, *creator as u64));
        assert_eq!(&super::version_of(&drivers[0], &name).await, version);
    }
    hosts[0].close(&scope("shared", &[])).await.unwrap();
    hosts[1].close(&scope("shared", &[])).await.unwrap();
}

/// What one host creates or removes the other one sees.
async fn containers_come_and_go([one, other]: &[Arc<dyn Provider>; 2]) {
    if !one.descriptor().declares(feature::BLOB_ADMIN) {
        return;
    }
    let scope = scope("admin", &["data"]);
    let (one_open, other_open) = (
        one.open(&scope).await.unwrap(),
        other.open(&scope).await.unwrap(),
    );
    one_open.create_container("more").await.unwrap();
    let error = other_open.create_container("more").await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::AlreadyExists);
    let more = other_open.blobstore("more").await.unwrap();
    put(&more, "k", Bytes::new()).await;
    let error = one_open.delete_container("more").await.unwrap_err();
    assert_eq!(error.kind(), &ErrorKind::PreconditionFailed);
    more.delete("k", None).await.unwrap();
    one_open.delete_container("more").await.unwrap();
    for namespace in [&one_open, &other_open] {
        let error = namespace.blobstore("more").await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NotFound);
        let error = namespace.delete_container("more").await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NotFound);
    }
    one.close(&scope).await.unwrap();
    other.close(&scope).await.unwrap();
}

/// A scope that is closed while others write into it holds nothing afterwards, and they
/// are told, also one whose guest does nothing any more.
pub async fn is_closed_under_its_writers(server: &mut Server) {
    let before = server.left().await;
    let provider = server.provider().await;
    for round in 0..3 {
        let driver = container(&provider, "closed").await;
        let mut writers: JoinSet<_> = (0..CALLERS)
            .map(|writer| {
                let driver = Arc::clone(&driver);
                async move {
                    for number in 0.. {
                        let name = format!("{writer}-{number}");
                        let put = driver.put(&name, body(bytes(9, 0)), options(Expected::Any));
                        if let Err(error) = put.await {
                            return error;
                        }
                    }
                    unreachable!()
                }
            })
            .collect();
        // More than any provider holds of it.
        let idle = endless(bytes(20 << 20, 1));
        writers.spawn(async move {
            let put = driver.put("idle", idle, options(Expected::Any));
            put.await.unwrap_err()
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        let begun = Instant::now();
        provider.close(&scope("closed", &[])).await.unwrap();
        // Less than a call may take, which the writer that does nothing would cost.
        assert!(begun.elapsed() < Duration::from_secs(30));
        for error in writers.join_all().await {
            assert_eq!(error.kind(), &ErrorKind::NotFound, "{round}");
        }
        assert_eq!(server.left().await, before);
    }
}
