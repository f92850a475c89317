//! The smallest honest provider: a map in memory that offers the core of
//! key-value and declares nothing else. The portable layer refuses the rest.

use std::collections::{BTreeMap, HashMap};
use std::ops::Bound;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::keyvalue::{
    Conditional, Driver, Expected, KeyPage, ListRequest, SetOptions, Version,
};
use cloud_contract::{
    Bytes, Descriptor, Durability, Error, ErrorKind, Factory, Limit, Namespace, Provider, Result,
    Scope, feature, limit,
};

/// What a registry, or a test, needs to know.
pub const FACTORY: Factory = Factory {
    name: "tiny",
    summary: "a map in memory, core only",
    flavours: &[],
    needs_directory: false,
    resources: None,
    connect: |_settings| Box::pin(async { Ok(Arc::new(Tiny::default()) as Arc<dyn Provider>) }),
};

type Stores = HashMap<String, Arc<Store>>;

/// All scopes, each with its stores.
#[derive(Debug)]
struct Tiny {
    descriptor: Descriptor,
    scopes: Mutex<HashMap<String, Stores>>,
}

impl Default for Tiny {
    fn default() -> Self {
        let limit = |id, value| Limit { id, value };
        Self {
            descriptor: Descriptor {
                provider: "tiny",
                product: "Tiny".into(),
                product_version: None,
                features: vec![feature::KV_STORE],
                limits: vec![
                    limit(limit::KV_KEY_MAX_BYTES, 512),
                    limit(limit::KV_VALUE_MAX_BYTES, 64 << 10),
                    limit(limit::KV_PAGE_MAX_KEYS, 100),
                ],
                durability: Durability::Volatile,
                visibility_bound: Duration::ZERO,
                call_timeout: Duration::from_secs(10),
            },
            scopes: Mutex::default(),
        }
    }
}

#[async_trait]
impl Provider for Tiny {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        let mut scopes = lock(&self.scopes);
        let stores = scopes.entry(scope.id.to_string()).or_default();
        for name in &scope.names {
            stores.entry(name.clone()).or_default();
        }
        Ok(Arc::new(Stand(stores.clone())))
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        lock(&self.scopes).remove(scope.id.as_str());
        Ok(())
    }
}

/// An open scope.
#[derive(Debug)]
struct Stand(Stores);

#[async_trait]
impl Namespace for Stand {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn Driver>> {
        match self.0.get(store) {
            Some(store) => Ok(Arc::clone(store) as Arc<dyn Driver>),
            None => Err(ErrorKind::NotFound.into()),
        }
    }
}

/// One store.
#[derive(Debug, Default)]
struct Store(Mutex<BTreeMap<String, Bytes>>);

#[async_trait]
impl Driver for Store {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        Ok(lock(&self.0).get(key).cloned())
    }

    // Neither a condition nor a time to live can arrive: they belong to features
    // that the descriptor does not declare.
    async fn set(
        &self,
        key: &str,
        value: Bytes,
        _options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        lock(&self.0).insert(key.to_owned(), value);
        Ok(Conditional::Done(None))
    }

    async fn delete(&self, key: &str, _expected: Expected) -> Result<Conditional<()>> {
        lock(&self.0).remove(key);
        Ok(Conditional::Done(()))
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        let map = lock(&self.0);
        let start = match request.after {
            None => Bound::Included(request.prefix),
            Some(last) => Bound::Excluded(
                std::str::from_utf8(last).map_err(|_| Error::invalid("cursor: not a key"))?,
            ),
        };
        let mut rest = map
            .range::<str, _>((start, Bound::Unbounded))
            .map(|(key, _)| key)
            .take_while(|key| key.starts_with(request.prefix));
        let keys: Vec<String> = rest.by_ref().take(request.limit).cloned().collect();
        let next = rest
            .next()
            .and(keys.last())
            .map(|last| last.clone().into_bytes());
        Ok(KeyPage { keys, next })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
