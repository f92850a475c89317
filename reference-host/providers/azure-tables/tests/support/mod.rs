//! What the tests of this provider share: settings, a store, and its calls.
#![allow(dead_code, reason = "each test file uses a part")]

use std::sync::Arc;
use std::time::Duration;

use cloud_contract::keyvalue::{Conditional, Driver, Expected, ListRequest, SetOptions, Version};
use cloud_contract::{
    Bytes, Capability, Error, Grant, Provider, Resource, Result, Scope, ScopeId, Settings,
};
use provider_azure_tables::FACTORY;

/// The table of the tests.
pub(crate) const TABLE: &str = "cwtest";

/// The settings of an emulator, with these in place of its own.
pub(crate) fn settings(endpoint: &str, options: &[(&str, &str)]) -> Settings {
    let given = Settings {
        endpoint: Some(endpoint.to_owned()),
        ..Settings::default()
    };
    given
        .or(options)
        .or(FACTORY.flavours[0].options)
        .or(&[("table", TABLE)])
}

pub(crate) async fn connect(endpoint: &str, options: &[(&str, &str)]) -> Result<Arc<dyn Provider>> {
    (FACTORY.connect)(settings(endpoint, options)).await
}

pub(crate) fn table() -> Resource {
    Resource {
        kind: "azure-table".into(),
        name: TABLE.into(),
    }
}

pub(crate) fn scope(id: &str, names: &[&str]) -> Scope {
    Scope {
        id: ScopeId::new(id).unwrap(),
        names: names.iter().map(|&name| name.to_owned()).collect(),
    }
}

/// The store `data` of a scope.
pub(crate) async fn store(provider: &Arc<dyn Provider>, id: &str) -> Arc<dyn Driver> {
    let namespace = provider.open(&scope(id, &["data"])).await.unwrap();
    namespace.keyvalue("data").await.unwrap()
}

/// The same store as a guest sees it: calls are bounded in time.
pub(crate) async fn guest_store(
    provider: &Arc<dyn Provider>,
    id: &str,
) -> Arc<dyn cloud_contract::keyvalue::Store> {
    let scope = scope(id, &["data"]);
    let grant = Grant {
        capability: Capability::Keyvalue,
        name: "mine".into(),
        target: "data".into(),
        namespace: provider.open(&scope).await.unwrap(),
        scope: scope.id,
        descriptor: Arc::new(provider.descriptor().clone()),
    };
    let platform = provider.platform(vec![grant]);
    platform.open_store("mine").await.unwrap()
}

pub(crate) async fn put(
    driver: &Arc<dyn Driver>,
    key: &str,
    value: &str,
    expected: Expected,
    ttl: Option<Duration>,
) -> Result<Conditional<Option<Version>>> {
    let value = Bytes::copy_from_slice(value.as_bytes());
    driver.set(key, value, SetOptions { expected, ttl }).await
}

pub(crate) async fn set(driver: &Arc<dyn Driver>, key: &str, value: &str) {
    let done = put(driver, key, value, Expected::Any, None).await;
    assert!(matches!(done, Ok(Conditional::Done(_))), "{done:?}");
}

pub(crate) async fn set_ttl(driver: &Arc<dyn Driver>, key: &str, value: &str, ttl: Duration) {
    let done = put(driver, key, value, Expected::Any, Some(ttl)).await;
    assert!(matches!(done, Ok(Conditional::Done(_))), "{done:?}");
}

pub(crate) async fn get(driver: &Arc<dyn Driver>, key: &str) -> Option<String> {
    let value = driver.get(key).await.unwrap();
    value.map(|value| String::from_utf8(value.to_vec()).unwrap())
}

/// All pages.
pub(crate) async fn list(driver: &Arc<dyn Driver>, prefix: &str, limit: usize) -> Vec<String> {
    let mut keys = Vec::new();
    let mut after: Option<Vec<u8>> = None;
    loop {
        let request = ListRequest {
            prefix,
            after: after.as_deref(),
            limit,
        };
        let page = driver.list(request).await.unwrap();
        assert!(page.keys.len() <= limit);
        keys.extend(page.keys);
        match page.next {
            Some(next) => after = Some(next),
            None => return keys,
        }
    }
}

/// What must never reach a guest does not.
pub(crate) fn assert_discreet(error: &Error) {
    let text = format!("{error} {error:?}");
    for secret in ["127.0.0.1", "sesame", "devstore", TABLE] {
        assert!(!text.contains(secret), "{text}");
    }
}
