//! One key-value store: conversion between the driver trait and the engine.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::keyvalue::{
    Conditional, Driver, Entry, Expected, KeyPage, ListRequest, SetOptions, Version,
};

use crate::engine::Engine;
use crate::error;

#[derive(Debug)]
pub(crate) struct Store {
    engine: Arc<Engine>,
    number: u64,
}

impl Store {
    pub(crate) fn new(engine: Arc<Engine>, number: u64) -> Self {
        Self { engine, number }
    }
}

#[async_trait]
impl Driver for Store {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        self.engine.read(|snapshot| snapshot.get(self.number, key))
    }

    async fn exists(&self, key: &str) -> Result<bool> {
        self.engine
            .read(|snapshot| snapshot.exists(self.number, key))
    }

    async fn set(
        &self,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        let (number, key) = (self.number, key.to_owned());
        self.engine
            .write(key.len() + value.len(), move |ledger| {
                ledger.set(number, &key, &value, &options)
            })
            .await
    }

    async fn delete(&self, key: &str, expected: Expected) -> Result<Conditional<()>> {
        let (number, key) = (self.number, key.to_owned());
        self.engine
            .write(key.len(), move |ledger| {
                ledger.delete(number, &key, &expected)
            })
            .await
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        self.engine
            .read(|snapshot| snapshot.list(self.number, request))
    }

    async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        self.engine
            .read(|snapshot| snapshot.entry(self.number, key))
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        let (number, key) = (self.number, key.to_owned());
        self.engine
            .write(key.len(), move |ledger| {
                ledger.increment(number, &key, delta)
            })
            .await
    }

    async fn get_many(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        let read = self
            .engine
            .read(|snapshot| snapshot.get_many(self.number, keys));
        error::each(keys.len(), read)
    }

    async fn set_many(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        let (number, entries) = (self.number, entries.to_vec());
        let items = entries.len();
        let bytes = entries
            .iter()
            .map(|(key, value)| key.len() + value.len())
            .sum();
        let written = self
            .engine
            .write(bytes, move |ledger| {
                let options = SetOptions::default();
                let mut set = |(key, value): &(String, Bytes)| {
                    error::settle(ledger.set(number, key, value, &options).map(drop))
                };
                entries.iter().map(&mut set).collect()
            })
            .await;
        error::each(items, written)
    }

    async fn delete_many(&self, keys: &[String]) -> Vec<Result<()>> {
        let (number, keys) = (self.number, keys.to_vec());
        let items = keys.len();
        let bytes = keys.iter().map(String::len).sum();
        let removed = self
            .engine
            .write(bytes, move |ledger| {
                let mut delete = |key: &String| {
                    error::settle(ledger.delete(number, key, &Expected::Any).map(drop))
                };
                keys.iter().map(&mut delete).collect()
            })
            .await;
        error::each(items, removed)
    }
}
