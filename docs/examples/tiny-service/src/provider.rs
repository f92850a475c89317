//! The seam: a provider, its open scopes, and the driver of a store.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::keyvalue::{
    Conditional, Driver, Expected, KeyPage, ListRequest, SetOptions, Version,
};
use cloud_contract::{
    Bytes, Descriptor, Durability, Error, ErrorKind, Limit, Namespace, Provider, Result, Scope,
    Settings, feature, limit,
};

use crate::client::Client;

/// The same for calls that do not come through the portable layer.
const CALL_TIMEOUT: Duration = Duration::from_secs(5);

#[derive(Debug)]
struct Tiny {
    descriptor: Descriptor,
    client: Arc<Client>,
}

pub(crate) async fn connect(settings: Settings) -> Result<Arc<dyn Provider>> {
    if !settings.options.is_empty() {
        return Err(Error::invalid("options: there are none"));
    }
    let address = settings.endpoint.ok_or_else(|| {
        Error::invalid("endpoint: give HOST:PORT, or let the launcher start a server")
    })?;
    let client = Arc::new(Client::new(address));
    // A server that does not answer is found out here.
    bounded(client.ask(&[b"close", b"nobody"])).await?;
    let limit = |id, value| Limit { id, value };
    let descriptor = Descriptor {
        provider: "tiny-service",
        product: "Tiny server".into(),
        product_version: Some(env!("CARGO_PKG_VERSION").into()),
        features: vec![feature::KV_STORE, feature::KV_LIST_ORDERED],
        limits: vec![
            limit(limit::KV_KEY_MAX_BYTES, 512),
            limit(limit::KV_VALUE_MAX_BYTES, 64 << 10),
            limit(limit::KV_PAGE_MAX_KEYS, 100),
        ],
        durability: Durability::Volatile,
        visibility_bound: Duration::ZERO,
        call_timeout: CALL_TIMEOUT,
    };
    Ok(Arc::new(Tiny { descriptor, client }))
}

async fn bounded<T>(call: impl Future<Output = Result<T>>) -> Result<T> {
    let answer = tokio::time::timeout(CALL_TIMEOUT, call).await;
    answer.unwrap_or_else(|_| Err(ErrorKind::Timeout.into()))
}

#[async_trait]
impl Provider for Tiny {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        let id = scope.id.as_str();
        let mut request: Vec<&[u8]> = vec![b"open", id.as_bytes()];
        request.extend(scope.names.iter().map(String::as_bytes));
        bounded(self.client.ask(&request)).await?;
        Ok(Arc::new(Open {
            client: Arc::clone(&self.client),
            scope: id.into(),
        }))
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        let id = scope.id.as_str().as_bytes();
        bounded(self.client.ask(&[b"close", id])).await.map(drop)
    }
}

/// An open scope.
#[derive(Debug)]
struct Open {
    client: Arc<Client>,
    scope: Box<str>,
}

#[async_trait]
impl Namespace for Open {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn Driver>> {
        let found = Store {
            client: Arc::clone(&self.client),
            scope: self.scope.clone(),
            store: store.into(),
        };
        bounded(found.ask(b"find", [])).await?;
        Ok(Arc::new(found))
    }
}

/// One store.
#[derive(Debug)]
struct Store {
    client: Arc<Client>,
    scope: Box<str>,
    store: Box<str>,
}

impl Store {
    async fn ask<const N: usize>(
        &self,
        operation: &[u8],
        arguments: [&[u8]; N],
    ) -> Result<Option<Vec<Bytes>>> {
        let place: [&[u8]; 3] = [operation, self.scope.as_bytes(), self.store.as_bytes()];
        let request: Vec<&[u8]> = place.into_iter().chain(arguments).collect();
        self.client.ask(&request).await
    }
}

#[async_trait]
impl Driver for Store {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let found = self.ask(b"get", [key.as_bytes()]).await?;
        Ok(found.and_then(|mut fields| fields.pop()))
    }

    // Neither a condition nor a time to live can arrive: they belong to features
    // that the descriptor does not declare.
    async fn set(
        &self,
        key: &str,
        value: Bytes,
        _options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        self.ask(b"set", [key.as_bytes(), &value]).await?;
        Ok(Conditional::Done(None))
    }

    async fn delete(&self, key: &str, _expected: Expected) -> Result<Conditional<()>> {
        self.ask(b"delete", [key.as_bytes()]).await?;
        Ok(Conditional::Done(()))
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        let after = request.after.unwrap_or_default();
        let limit = request.limit.to_string();
        let arguments = [request.prefix.as_bytes(), after, limit.as_bytes()];
        let fields = self.ask(b"list", arguments).await?.unwrap_or_default();
        let keys: Result<Vec<String>, _> = fields
            .into_iter()
            .map(|key| String::from_utf8(key.into()))
            .collect();
        let mut keys = keys.map_err(|_| ErrorKind::Other("a key is not text".into()))?;
        // One more came than was asked for if the list goes on.
        let goes_on = keys.len() > request.limit;
        keys.truncate(request.limit);
        let next = keys.last().filter(|_| goes_on);
        let next = next.map(|last| last.clone().into_bytes());
        Ok(KeyPage { keys, next })
    }
}
