//! The portable store: checks, then the driver, within a time limit.

use std::collections::HashSet;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

use super::driver::{Conditional, Driver, Entry, Expected, ListRequest, SetOptions, Version};
use super::rules::{self, Broken, Rules};
use super::store::{BatchError, BatchResult, KeyStream, Page, Store, SwapError};
use crate::cursor;
use crate::{Error, ErrorKind, Grant, Result, feature, guarded, walk};

/// Wraps a driver into what a guest sees.
#[derive(Debug)]
pub struct Portable {
    driver: Arc<dyn Driver>,
    rules: Rules,
    scope: String,
    store: String,
    call_timeout: Duration,
}

impl Portable {
    /// A store over `driver` with the declarations of `grant`.
    #[must_use]
    pub fn new(driver: Arc<dyn Driver>, grant: &Grant) -> Self {
        Self {
            driver,
            rules: Rules::new(&grant.descriptor),
            scope: grant.scope.as_str().to_owned(),
            store: grant.target.clone(),
            call_timeout: grant.descriptor.call_timeout,
        }
    }

    /// One call of the driver.
    async fn call<T>(
        &self,
        name: &'static str,
        call: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        guarded(name, &self.store, self.call_timeout, call).await
    }

    /// A whole batch: its items fail together when the driver does not answer.
    async fn call_batch<T>(
        &self,
        name: &'static str,
        items: usize,
        call: impl Future<Output = Vec<Result<T>>>,
    ) -> BatchResult<Vec<T>> {
        let results = match self.call(name, async { Ok(call.await) }).await {
            Ok(results) => results,
            Err(error) => return Err(partial((0..items).map(|_| error.clone()).enumerate())),
        };
        if results.len() != items {
            let error = Error::from(ErrorKind::Other(
                "the provider lost items of a batch".into(),
            ));
            return Err(partial((0..items).map(|_| error.clone()).enumerate()));
        }
        let mut values = Vec::with_capacity(items);
        let mut failures = Vec::new();
        for (index, result) in results.into_iter().enumerate() {
            match result {
                Ok(value) => values.push(value),
                Err(error) => failures.push((index, error)),
            }
        }
        if failures.is_empty() {
            Ok(values)
        } else {
            Err(partial(failures.into_iter()))
        }
    }

    fn list_id<'a>(&'a self, prefix: &'a str) -> [&'a str; 3] {
        [&self.scope, &self.store, prefix]
    }

    fn writable(&self, key: &str, value: &[u8]) -> Result<(), Broken> {
        self.rules.key(key)?;
        self.rules.value(value)
    }
}

fn partial(failures: impl Iterator<Item = (usize, Error)>) -> BatchError {
    BatchError::Partial(
        failures
            .map(|(index, error)| (u32::try_from(index).unwrap_or(u32::MAX), error))
            .collect(),
    )
}

/// A write that set no condition cannot be stale.
fn unconditional<T>(outcome: Conditional<T>) -> Result<T> {
    match outcome {
        Conditional::Done(value) => Ok(value),
        Conditional::Stale(_) => {
            Err(ErrorKind::Other("the provider refused an unconditional write".into()).into())
        }
    }
}

#[async_trait]
impl Store for Portable {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        self.rules.key(key)?;
        self.call("get", self.driver.get(key)).await
    }

    async fn set(&self, key: &str, value: Bytes) -> Result<()> {
        self.writable(key, &value)?;
        let write = self.driver.set(key, value, SetOptions::default());
        unconditional(self.call("set", write).await?).map(drop)
    }

    async fn delete(&self, key: &str) -> Result<()> {
        self.rules.key(key)?;
        unconditional(
            self.call("delete", self.driver.delete(key, Expected::Any))
                .await?,
        )
    }

    async fn exists(&self, key: &str) -> Result<bool> {
        self.rules.key(key)?;
        self.call("exists", self.driver.exists(key)).await
    }

    async fn list(
        &self,
        prefix: &str,
        cursor: Option<&str>,
        page_size: Option<u32>,
    ) -> Result<Page> {
        self.rules.prefix(prefix)?;
        let list = self.list_id(prefix);
        let after = cursor
            .map(|cursor| cursor::unseal(&list, cursor))
            .transpose()?;
        let limit = self.rules.page(page_size)?;
        let request = ListRequest {
            prefix,
            after: after.as_deref(),
            limit,
        };
        let page = self.call("list", self.driver.list(request)).await?;
        let cursor = page.next.map(|next| cursor::seal(&list, &next));
        Ok(Page {
            keys: page.keys,
            cursor,
        })
    }

    fn keys(self: Arc<Self>, prefix: String) -> KeyStream {
        walk::pages(move |cursor| {
            let (store, prefix) = (Arc::clone(&self), prefix.clone());
            async move {
                let page = store.list(&prefix, cursor.as_deref(), None).await?;
                Ok((page.keys, page.cursor))
            }
        })
    }

    async fn current(&self, key: &str) -> Result<Option<Entry>> {
        self.rules.cas()?;
        self.rules.key(key)?;
        self.call("current", self.driver.entry(key)).await
    }

    async fn swap(
        &self,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> std::result::Result<Version, SwapError> {
        self.rules.cas()?;
        self.writable(key, &value).map_err(Error::from)?;
        let options = SetOptions {
            expected,
            ttl: None,
        };
        match self
            .call("swap", self.driver.set(key, value, options))
            .await
        {
            Ok(Conditional::Done(Some(version))) => Ok(version),
            Ok(Conditional::Done(None)) => Err(SwapError::Failed(
                ErrorKind::Other("the provider returned no version".into()).into(),
            )),
            Ok(Conditional::Stale(entry)) => Err(SwapError::Stale(entry)),
            Err(error) => Err(SwapError::Failed(error)),
        }
    }

    async fn delete_if(&self, key: &str, expected: Version) -> std::result::Result<(), SwapError> {
        self.rules.cas()?;
        self.rules.key(key).map_err(Error::from)?;
        let delete = self.driver.delete(key, Expected::Version(expected));
        match self.call("delete-if", delete).await {
            Ok(Conditional::Done(())) => Ok(()),
            Ok(Conditional::Stale(entry)) => Err(SwapError::Stale(entry)),
            Err(error) => Err(SwapError::Failed(error)),
        }
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        self.rules.counters()?;
        self.rules.key(key)?;
        self.call("increment", self.driver.increment(key, delta))
            .await
    }

    async fn get_many(&self, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        self.rules.batch(keys.len())?;
        rules::each(&keys, |key| self.rules.key(key))?;
        if keys.is_empty() {
            return Ok(Vec::new());
        }
        self.call_batch("get-many", keys.len(), self.driver.get_many(&keys))
            .await
    }

    async fn set_many(&self, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        self.rules.batch(entries.len())?;
        let mut seen = HashSet::with_capacity(entries.len());
        rules::each(&entries, |(key, value)| {
            // A key stands in the input whatever else is wrong with its item.
            let is_new = seen.insert(key.as_str());
            self.writable(key, value)?;
            rules::once(is_new)
        })?;
        if entries.is_empty() {
            return Ok(());
        }
        self.call_batch("set-many", entries.len(), self.driver.set_many(&entries))
            .await
            .map(drop)
    }

    async fn delete_many(&self, keys: Vec<String>) -> BatchResult<()> {
        self.rules.batch(keys.len())?;
        rules::each(&keys, |key| self.rules.key(key))?;
        if keys.is_empty() {
            return Ok(());
        }
        self.call_batch("delete-many", keys.len(), self.driver.delete_many(&keys))
            .await
            .map(drop)
    }

    async fn set_expiring(&self, key: &str, value: Bytes, ttl: Duration) -> Result<()> {
        self.rules.expiry()?;
        self.writable(key, &value)?;
        self.rules.ttl(ttl)?;
        let options = SetOptions {
            expected: Expected::Any,
            ttl: Some(ttl),
        };
        unconditional(
            self.call("set-expiring", self.driver.set(key, value, options))
                .await?,
        )
        .map(drop)
    }

    async fn remaining(&self, key: &str) -> Result<Option<Option<Duration>>> {
        self.rules.expiry()?;
        self.rules.key(key)?;
        match self.call("remaining", self.driver.entry(key)).await {
            Ok(entry) => Ok(entry.map(|entry| entry.remaining)),
            // A driver without entries names the other feature that needs them.
            Err(error) if matches!(error.kind(), ErrorKind::Unsupported { .. }) => {
                Err(Error::unsupported(feature::KV_EXPIRY))
            }
            Err(error) => Err(error),
        }
    }
}
