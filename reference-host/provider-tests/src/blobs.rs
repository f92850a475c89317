//! Calls on containers, and what the seam asks of them: as [`crate::seam`] for stores.

use std::sync::Arc;

use cloud_contract::blobstore::{
    Body, CopyRequest, Driver, Expected, Item, ListRequest, PutOptions, Range,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Bytes, Error, ErrorKind, Provider, Result};
use futures::{StreamExt as _, stream};

use crate::scope;

/// The container `data` of a scope, which has no other.
pub async fn container(provider: &Arc<dyn Provider>, id: &str) -> Arc<dyn Driver> {
    let namespace = provider.open(&scope(id, &["data"])).await.unwrap();
    namespace.blobstore("data").await.unwrap()
}

/// So many bytes, others for each seed.
#[must_use]
pub fn noise(seed: u64, size: usize) -> Bytes {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(size);
    Bytes::from(bytes)
}

/// A body in pieces of at most `piece` bytes.
#[must_use]
pub fn body(bytes: &Bytes, piece: usize) -> Body {
    let bytes = bytes.clone();
    let starts = (0..bytes.len()).step_by(piece);
    let pieces = starts.map(move |start| {
        let end = bytes.len().min(start + piece);
        Ok(bytes.slice(start..end))
    });
    Box::pin(stream::iter(pieces))
}

/// A body that a guest gives up behind these bytes.
#[must_use]
pub fn broken(bytes: &Bytes) -> Body {
    let given_up = stream::iter([Err(Error::from(ErrorKind::Cancelled))]);
    Box::pin(body(bytes, 64 << 10).chain(given_up))
}

/// Options without metadata.
#[must_use]
pub fn expecting(expected: Expected) -> PutOptions {
    PutOptions {
        content_type: "application/octet-stream".to_owned(),
        expected,
        ..PutOptions::default()
    }
}

/// Writes an object.
pub async fn put(driver: &Arc<dyn Driver>, name: &str, bytes: &Bytes) -> Version {
    let options = expecting(Expected::Any);
    let put = driver.put(name, body(bytes, 100_000), options).await;
    put.unwrap()
}

/// All of a body.
///
/// # Errors
/// The body's.
pub async fn collect(mut body: Body) -> Result<Bytes> {
    let mut bytes = Vec::new();
    while let Some(piece) = body.next().await {
        bytes.extend_from_slice(&piece?);
    }
    Ok(Bytes::from(bytes))
}

/// The bytes of an object.
pub async fn read(driver: &Arc<dyn Driver>, name: &str) -> Option<Bytes> {
    let found = driver.get(name, Range::default(), None).await.unwrap()?;
    Some(collect(found.data).await.unwrap())
}

/// All names and sizes, in pages of this size.
pub async fn list(driver: &Arc<dyn Driver>, limit: usize) -> Vec<(String, u64)> {
    let mut objects = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let request = ListRequest {
            prefix: "",
            delimiter: None,
            after: after.as_deref(),
            limit,
        };
        let page = driver.list(request).await.unwrap();
        assert!(page.items.len() <= limit);
        objects.extend(page.items.into_iter().map(|item| match item {
            Item::Object(object) => (object.name, object.size),
            Item::Prefix(prefix) => panic!("{prefix}: nobody asked for prefixes"),
        }));
        match page.next {
            Some(next) => after = Some(next),
            None => return objects,
        }
    }
}

/// All of it, between two connections to one service, which may be one and the same.
pub async fn hold_between(hosts: &[Arc<dyn Provider>; 2]) {
    scopes_are_apart(hosts).await;
    of_many_who_create_one_does(hosts).await;
}

/// A scope keeps what its containers hold until it is closed, by whomever; then they are
/// empty, and what comes too late brings nothing back.
async fn scopes_are_apart([one, other]: &[Arc<dyn Provider>; 2]) {
    let scopes = [
        scope("one", &["data", "more"]),
        scope("one-more", &["data"]),
    ];
    let first = one.open(&scopes[0]).await.unwrap();
    for absent in ["absent", "Data", "data ", ""] {
        let error = first.blobstore(absent).await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::NotFound, "{absent:?}");
    }
    let data = first.blobstore("data").await.unwrap();
    let more = first.blobstore("more").await.unwrap();
    let second = one.open(&scopes[1]).await.unwrap();
    let apart = second.blobstore("data").await.unwrap();
    let [bytes, others] = [noise(1, 300_000), noise(2, 10)];
    put(&data, "k", &bytes).await;
    put(&apart, "k", &others).await;
    assert_eq!(read(&more, "k").await, None);
    let copied = data
        .copy(CopyRequest {
            name: "k",
            source: None,
            to: "more",
            new_name: "l",
            expected: &Expected::Any,
        })
        .await
        .unwrap();
    if copied.is_some() {
        assert_eq!(read(&more, "l").await, Some(bytes.clone()));
    }
    let upload = data.begin("late", "x".to_owned(), Vec::new()).await;

    // Opened again, elsewhere, it is what it was.
    let again = other.open(&scopes[0]).await.unwrap();
    let same = again.blobstore("data").await.unwrap();
    assert_eq!(read(&same, "k").await, Some(bytes.clone()));

    // Closed by both: a host need not be told what another one closed.
    other.close(&scopes[0]).await.unwrap();
    one.close(&scopes[0]).await.unwrap();
    for driver in [&data, &more, &same] {
        match driver.head("k").await {
            Ok(found) => assert_eq!(found, None),
            Err(error) => assert_eq!(error.kind(), &ErrorKind::NotFound),
        }
    }
    // What is in memory alone may write into the void.
    drop(
        data.put("k", body(&bytes, 9), expecting(Expected::Any))
            .await,
    );
    if let Ok(upload) = upload {
        drop(
            data.put_part("late", &upload, 1, 10, body(&others, 9))
                .await,
        );
    }
    drop(data.append("k", body(&others, 9), None).await);
    assert_eq!(read(&apart, "k").await, Some(others.clone()));

    let anew = one.open(&scopes[0]).await.unwrap();
    let anew = anew.blobstore("data").await.unwrap();
    assert!(list(&anew, 10).await.is_empty());
    put(&anew, "k", &others).await;
    for scope in &scopes {
        one.close(scope).await.unwrap();
    }
}

async fn of_many_who_create_one_does(hosts: &[Arc<dyn Provider>; 2]) {
    let drivers = [
        container(&hosts[0], "race").await,
        container(&hosts[1], "race").await,
    ];
    for round in 0..3 {
        let name = format!("k{round}");
        let creators = (0..8_u64).map(|creator| {
            let (driver, name) = (Arc::clone(&drivers[creator as usize % 2]), name.clone());
            tokio::spawn(async move {
                let bytes = noise(creator, 70_000);
                let put = driver.put(&name, body(&bytes, 9_999), expecting(Expected::Absent));
                (bytes, put.await)
            })
        });
        let creators: Vec<_> = creators.collect();
        let mut created = Vec::new();
        for creator in creators {
            let (bytes, end) = creator.await.unwrap();
            match end {
                Ok(version) => created.push((bytes, version)),
                Err(error) => assert!(
                    matches!(
                        error.kind(),
                        ErrorKind::PreconditionFailed | ErrorKind::Throttled { .. }
                    ),
                    "{error:?}"
                ),
            }
        }
        let [(bytes, version)] = created.as_slice() else {
            panic!("{} have created it", created.len())
        };
        assert_eq!(read(&drivers[1], &name).await.as_ref(), Some(bytes));
        let found = drivers[0].head(&name).await.unwrap().unwrap();
        assert_eq!(found.version, *version);
    }
    hosts[0].close(&scope("race", &[])).await.unwrap();
}
