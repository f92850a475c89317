//! What the tests share: a provider over a folder, and stores as guests see them.
#![allow(dead_code, reason = "each test binary uses a part")]

use std::path::Path;
use std::sync::Arc;

use cloud_contract::keyvalue::{Driver, Store};
use cloud_contract::{Capability, Grant, Provider, Result, Scope, ScopeId, Settings};

pub(crate) async fn connect(directory: &Path) -> Result<Arc<dyn Provider>> {
    let settings = Settings {
        directory: Some(directory.to_owned()),
        ..Settings::default()
    };
    (provider_local::FACTORY.connect)(settings).await
}

pub(crate) fn scope(id: &str) -> Scope {
    Scope {
        id: ScopeId::new(id).unwrap(),
        names: vec!["default".to_owned(), "other".to_owned()],
    }
}

/// A store of a scope behind the portable layer.
pub(crate) async fn store(provider: &Arc<dyn Provider>, id: &str, name: &str) -> Arc<dyn Store> {
    let scope = scope(id);
    let grant = Grant {
        capability: Capability::Keyvalue,
        name: name.to_owned(),
        target: name.to_owned(),
        scope: scope.id.clone(),
        namespace: provider.open(&scope).await.unwrap(),
        descriptor: Arc::new(provider.descriptor().clone()),
    };
    provider
        .platform(vec![grant])
        .open_store(name)
        .await
        .unwrap()
}

/// The driver of a store.
pub(crate) async fn driver(provider: &Arc<dyn Provider>, id: &str) -> Arc<dyn Driver> {
    let namespace = provider.open(&scope(id)).await.unwrap();
    namespace.keyvalue("default").await.unwrap()
}
