//! A store whose calls are counted.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;

use super::driver::{
    Conditional, Driver, Entry, Expected, KeyPage, ListRequest, SetOptions, Version,
};
use crate::Result;
use crate::meter::Metered;

#[async_trait]
impl Driver for Metered<Arc<dyn Driver>> {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        self.meter.spend().await;
        self.inner.get(key).await
    }

    async fn exists(&self, key: &str) -> Result<bool> {
        self.meter.spend().await;
        self.inner.exists(key).await
    }

    async fn set(
        &self,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        self.meter.spend().await;
        self.inner.set(key, value, options).await
    }

    async fn delete(&self, key: &str, expected: Expected) -> Result<Conditional<()>> {
        self.meter.spend().await;
        self.inner.delete(key, expected).await
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        self.meter.spend().await;
        self.inner.list(request).await
    }

    async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        self.meter.spend().await;
        self.inner.entry(key).await
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        self.meter.spend().await;
        self.inner.increment(key, delta).await
    }

    async fn get_many(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        self.meter.spend().await;
        self.inner.get_many(keys).await
    }

    async fn set_many(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        self.meter.spend().await;
        self.inner.set_many(entries).await
    }

    async fn delete_many(&self, keys: &[String]) -> Vec<Result<()>> {
        self.meter.spend().await;
        self.inner.delete_many(keys).await
    }
}
