//! Faults below the portable layer: a driver that is wrong in one thing.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::keyvalue::{
    Conditional, Driver, Entry, Expected, KeyPage, ListRequest, SetOptions, Version,
};

/// One fault of a driver. `key`, `written` and `read` change what goes in and
/// out of every method; the others stand in front of the correct one, and their
/// defaults go through.
#[async_trait]
pub(crate) trait DriverFault: Send + Sync + fmt::Debug {
    fn key(&self, key: &str) -> String {
        key.to_owned()
    }

    fn written(&self, value: Bytes) -> Bytes {
        value
    }

    fn read(&self, value: Bytes) -> Bytes {
        value
    }

    async fn get(&self, to: &dyn Driver, key: &str) -> Result<Option<Bytes>> {
        to.get(key).await
    }

    async fn exists(&self, to: &dyn Driver, key: &str) -> Result<bool> {
        to.exists(key).await
    }

    async fn set(
        &self,
        to: &dyn Driver,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        to.set(key, value, options).await
    }

    async fn delete(
        &self,
        to: &dyn Driver,
        key: &str,
        expected: Expected,
    ) -> Result<Conditional<()>> {
        to.delete(key, expected).await
    }

    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<KeyPage> {
        to.list(request).await
    }

    async fn entry(&self, to: &dyn Driver, key: &str) -> Result<Option<Entry>> {
        to.entry(key).await
    }

    async fn increment(&self, to: &dyn Driver, key: &str, delta: i64) -> Result<i64> {
        to.increment(key, delta).await
    }

    async fn get_many(&self, to: &dyn Driver, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        to.get_many(keys).await
    }

    async fn set_many(&self, to: &dyn Driver, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        to.set_many(entries).await
    }

    async fn delete_many(&self, to: &dyn Driver, keys: &[String]) -> Vec<Result<()>> {
        to.delete_many(keys).await
    }
}

/// A driver with a fault in front.
#[derive(Debug)]
pub(crate) struct FaultyDriver {
    to: Arc<dyn Driver>,
    fault: Arc<dyn DriverFault>,
}

impl FaultyDriver {
    pub(crate) fn new(to: Arc<dyn Driver>, fault: Arc<dyn DriverFault>) -> Self {
        Self { to, fault }
    }

    fn entry_out(&self, mut entry: Entry) -> Entry {
        entry.value = self.fault.read(entry.value);
        entry
    }

    fn outcome<T>(&self, outcome: Conditional<T>) -> Conditional<T> {
        match outcome {
            Conditional::Stale(entry) => {
                Conditional::Stale(entry.map(|entry| self.entry_out(entry)))
            }
            done @ Conditional::Done(_) => done,
        }
    }
}

#[async_trait]
impl Driver for FaultyDriver {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let value = self.fault.get(&*self.to, &self.fault.key(key)).await?;
        Ok(value.map(|value| self.fault.read(value)))
    }

    async fn exists(&self, key: &str) -> Result<bool> {
        self.fault.exists(&*self.to, &self.fault.key(key)).await
    }

    async fn set(
        &self,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        let value = self.fault.written(value);
        let key = self.fault.key(key);
        let outcome = self.fault.set(&*self.to, &key, value, options).await?;
        Ok(self.outcome(outcome))
    }

    async fn delete(&self, key: &str, expected: Expected) -> Result<Conditional<()>> {
        let key = self.fault.key(key);
        let outcome = self.fault.delete(&*self.to, &key, expected).await?;
        Ok(self.outcome(outcome))
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        self.fault.list(&*self.to, request).await
    }

    async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        let entry = self.fault.entry(&*self.to, &self.fault.key(key)).await?;
        Ok(entry.map(|entry| self.entry_out(entry)))
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        let key = self.fault.key(key);
        self.fault.increment(&*self.to, &key, delta).await
    }

    async fn get_many(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        let keys: Vec<String> = keys.iter().map(|key| self.fault.key(key)).collect();
        let values = self.fault.get_many(&*self.to, &keys).await;
        let read = |value: Option<Bytes>| value.map(|value| self.fault.read(value));
        values.into_iter().map(|value| value.map(read)).collect()
    }

    async fn set_many(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        let entries: Vec<(String, Bytes)> = entries
            .iter()
            .map(|(key, value)| (self.fault.key(key), self.fault.written(value.clone())))
            .collect();
        self.fault.set_many(&*self.to, &entries).await
    }

    async fn delete_many(&self, keys: &[String]) -> Vec<Result<()>> {
        let keys: Vec<String> = keys.iter().map(|key| self.fault.key(key)).collect();
        self.fault.delete_many(&*self.to, &keys).await
    }
}
