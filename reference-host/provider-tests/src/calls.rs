//! Calls of tests, in a line each: what goes wrong is a panic.

use std::sync::Arc;
use std::time::Duration;

use cloud_contract::keyvalue::{
    Conditional, Driver, Expected, KeyPage, ListRequest, SetOptions, Store, Version,
};
use cloud_contract::{Bytes, Capability, Grant, Provider, Scope, ScopeId};

use crate::server::in_time;

/// A scope with stores of these names.
#[must_use]
pub fn scope(id: &str, names: &[&str]) -> Scope {
    Scope {
        id: ScopeId::new(id).unwrap(),
        names: names.iter().map(|&name| name.to_owned()).collect(),
    }
}

/// The store `data` of a scope, which has no other.
pub async fn store(provider: &Arc<dyn Provider>, id: &str) -> Arc<dyn Driver> {
    let namespace = provider.open(&scope(id, &["data"])).await.unwrap();
    namespace.keyvalue("data").await.unwrap()
}

/// The same store as a guest sees it: arguments are checked, calls end in time.
pub async fn guest_store(provider: &Arc<dyn Provider>, id: &str) -> Arc<dyn Store> {
    let scope = scope(id, &["data"]);
    let grant = Grant {
        capability: Capability::Keyvalue,
        name: "mine".into(),
        target: "data".into(),
        namespace: in_time(|| provider.open(&scope)).await,
        scope: scope.id,
        descriptor: Arc::new(provider.descriptor().clone()),
    };
    let platform = provider.platform(vec![grant]);
    in_time(|| platform.open_store("mine")).await
}

async fn put(driver: &Arc<dyn Driver>, key: &str, value: &str, options: SetOptions) {
    let value = Bytes::copy_from_slice(value.as_bytes());
    let done = driver.set(key, value, options).await;
    assert!(matches!(done, Ok(Conditional::Done(_))), "{done:?}");
}

/// Writes a key.
pub async fn set(driver: &Arc<dyn Driver>, key: &str, value: &str) {
    put(driver, key, value, SetOptions::default()).await;
}

/// Writes a key that ends.
pub async fn set_ttl(driver: &Arc<dyn Driver>, key: &str, value: &str, ttl: Duration) {
    let options = SetOptions {
        expected: Expected::Any,
        ttl: Some(ttl),
    };
    put(driver, key, value, options).await;
}

/// Writes a key on a condition.
pub async fn swap(
    driver: &Arc<dyn Driver>,
    key: &str,
    value: &str,
    expected: Expected,
) -> Conditional<Option<Version>> {
    let value = Bytes::copy_from_slice(value.as_bytes());
    let options = SetOptions {
        expected,
        ttl: None,
    };
    driver.set(key, value, options).await.unwrap()
}

/// The text of a key.
pub async fn get(driver: &Arc<dyn Driver>, key: &str) -> Option<String> {
    let value = driver.get(key).await.unwrap();
    value.map(|value| String::from_utf8(value.to_vec()).unwrap())
}

/// The version of a key that is there.
pub async fn version(driver: &Arc<dyn Driver>, key: &str) -> Version {
    driver.entry(key).await.unwrap().unwrap().version
}

/// One page of a list.
pub async fn page(
    driver: &Arc<dyn Driver>,
    prefix: &str,
    after: Option<&[u8]>,
    limit: usize,
) -> KeyPage {
    let request = ListRequest {
        prefix,
        after,
        limit,
    };
    driver.list(request).await.unwrap()
}

/// All keys, in pages of this size.
pub async fn list(driver: &Arc<dyn Driver>, prefix: &str, limit: usize) -> Vec<String> {
    let mut keys = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let page = page(driver, prefix, after.as_deref(), limit).await;
        assert!(page.keys.len() <= limit);
        keys.extend(page.keys);
        match page.next {
            Some(next) => after = Some(next),
            None => return keys,
        }
    }
}
