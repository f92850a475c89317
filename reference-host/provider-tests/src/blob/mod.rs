//! The same for containers: calls in a line each, and the tests of the seam, of faults, of
//! what flows and of links.

pub mod faults;
pub mod flow;
pub mod kill;
pub mod links;
pub mod seam;

use std::sync::Arc;

use cloud_contract::blobstore::{
    Body, Content, Driver, Expected, Item, ListRequest, Portable, PutOptions, Range,
};
use cloud_contract::keyvalue::Version;
use cloud_contract::{Bytes, Capability, Error, Grant, Provider, Result};
use futures::{StreamExt as _, stream};

use crate::server::in_time;
use crate::{say, scope};

/// How large the pieces are in which a body comes.
const PIECE: usize = 64 << 10;

/// The container `data` of a scope, which has no other.
pub async fn container(provider: &Arc<dyn Provider>, id: &str) -> Arc<dyn Driver> {
    let namespace = provider.open(&scope(id, &["data"])).await.unwrap();
    namespace.blobstore("data").await.unwrap()
}

/// The same container as a guest sees it: arguments are checked, calls end in time.
pub async fn guest_container(provider: &Arc<dyn Provider>, id: &str) -> Arc<Portable> {
    let scope = scope(id, &["data"]);
    let grant = Grant {
        capability: Capability::Blobstore,
        name: "mine".into(),
        target: "data".into(),
        namespace: in_time(|| provider.open(&scope)).await,
        scope: scope.id,
        descriptor: Arc::new(provider.descriptor().clone()),
    };
    let driver = in_time(|| grant.namespace.blobstore("data")).await;
    Arc::new(Portable::new(driver, &grant))
}

/// So many bytes, others for each seed.
#[must_use]
pub fn bytes(size: usize, seed: u64) -> Bytes {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend_from_slice(&state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes.into()
}

fn pieces(bytes: Bytes, piece: usize) -> impl futures::Stream<Item = Result<Bytes>> + Send {
    stream::unfold(bytes, move |mut rest| async move {
        let piece = rest.split_to(rest.len().min(piece));
        (!piece.is_empty()).then_some((Ok(piece), rest))
    })
}

/// These bytes as a guest would send them.
#[must_use]
pub fn body(bytes: Bytes) -> Body {
    Box::pin(pieces(bytes, PIECE))
}

/// These bytes in pieces of this size.
#[must_use]
pub fn body_in(bytes: &Bytes, piece: usize) -> Body {
    Box::pin(pieces(bytes.clone(), piece))
}

/// These bytes, and then an error.
#[must_use]
pub fn broken(bytes: Bytes, error: Error) -> Body {
    Box::pin(pieces(bytes, PIECE).chain(stream::iter([Err(error)])))
}

/// These bytes, and then a guest that does nothing.
#[must_use]
pub fn endless(bytes: Bytes) -> Body {
    Box::pin(pieces(bytes, PIECE).chain(stream::pending()))
}

/// What a child of a test says when it has read all of [`stuck`].
pub const STUCK: &str = "stuck";

/// These bytes, then a word to the parent, then a guest that does nothing.
#[must_use]
pub fn stuck(bytes: Bytes) -> Body {
    let said = stream::once(async {
        say(STUCK);
        Ok(Bytes::new())
    });
    Box::pin(pieces(bytes, PIECE).chain(said).chain(stream::pending()))
}

/// How a test writes.
#[must_use]
pub fn options(expected: Expected) -> PutOptions {
    PutOptions {
        content_type: "text/plain".into(),
        metadata: vec![("key".into(), "v\u{e4}lue".into())],
        size: None,
        expected,
    }
}

/// Writes an object.
pub async fn put(driver: &Arc<dyn Driver>, name: &str, bytes: Bytes) -> Version {
    let put = driver.put(name, body(bytes), options(Expected::Any));
    put.await.unwrap()
}

/// Reads what is left of a body.
///
/// # Errors
/// That of the body.
pub async fn collect(mut body: Body) -> Result<Bytes> {
    let mut all = Vec::new();
    while let Some(piece) = body.next().await {
        all.extend_from_slice(&piece?);
    }
    Ok(all.into())
}

/// Begins to read an object that is there.
pub async fn open(driver: &Arc<dyn Driver>, name: &str) -> Content {
    let found = driver.get(name, Range::default(), None).await.unwrap();
    found.unwrap()
}

/// The bytes of an object.
///
/// # Errors
/// Those of the call and of the body.
pub async fn read(driver: &Arc<dyn Driver>, name: &str) -> Result<Option<Bytes>> {
    match driver.get(name, Range::default(), None).await? {
        Some(found) => collect(found.data).await.map(Some),
        None => Ok(None),
    }
}

/// The version of an object that is there.
pub async fn version_of(driver: &Arc<dyn Driver>, name: &str) -> Version {
    driver.head(name).await.unwrap().unwrap().version
}

/// The names and sizes of all objects, in pages of this size.
pub async fn list(driver: &Arc<dyn Driver>, prefix: &str, limit: usize) -> Vec<(String, u64)> {
    let mut objects = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let request = ListRequest {
            prefix,
            delimiter: None,
            after: after.as_deref(),
            limit,
        };
        let page = driver.list(request).await.unwrap();
        assert!(page.items.len() <= limit);
        objects.extend(page.items.into_iter().map(|item| match item {
            Item::Object(object) => (object.name, object.size),
            Item::Prefix(prefix) => panic!("{prefix:?}: nobody asked for prefixes"),
        }));
        match page.next {
            Some(next) => after = Some(next),
            None => return objects,
        }
    }
}

/// The names of all objects, in pages of this size.
pub async fn names(driver: &Arc<dyn Driver>, prefix: &str, limit: usize) -> Vec<String> {
    let objects = list(driver, prefix, limit).await;
    objects.into_iter().map(|(name, _)| name).collect()
}
