//! `increment` with others at a time, over time, and as other functions read it.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{BatchResult, counter};
use cloud_contract::{ErrorKind, Result};

use super::counters::{number, write};
use super::store;
use super::tools::{Window, text};
use crate::Mutant;
use crate::keyvalue::store::{Call, StoreFault, Target};
use crate::provider::lock;

/// Reading and writing are two steps, and so is the sum that is returned.
#[derive(Debug)]
struct Race {
    loses: bool,
    window: Window,
}

#[async_trait]
impl StoreFault for Race {
    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        if self.loses {
            let held = to.store.get(key).await?;
            let kind = to
                .store
                .increment("", 0)
                .await
                .map_err(|error| error.kind().clone());
            if let Err(ErrorKind::Unsupported { .. }) = kind {
                return to.store.increment(key, delta).await;
            }
            let sum = counter::add(held.as_deref(), delta)?;
            self.window.open().await;
            write(to, key, sum).await?;
            return Ok(sum);
        }
        let sum = to.store.increment(key, delta).await?;
        self.window.open().await;
        let now = to.store.get(key).await?;
        Ok(number(now.as_deref()).unwrap_or(sum))
    }
}

/// Every so many increments count twice.
#[derive(Debug)]
struct Twice {
    every: u64,
    calls: AtomicU64,
}

#[async_trait]
impl StoreFault for Twice {
    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        let sum = to.store.increment(key, delta).await?;
        let call = self.calls.fetch_add(1, Ordering::Relaxed) + 1;
        if call.is_multiple_of(self.every) && sum.checked_add(delta).is_some() {
            return to.store.increment(key, delta).await;
        }
        Ok(sum)
    }
}

/// Only keys that `increment` made are counters.
#[derive(Debug, Default)]
struct OwnOnly(Mutex<HashSet<String>>);

#[async_trait]
impl StoreFault for OwnOnly {
    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        let held = to.driver.get(key).await?;
        let own = lock(&self.0).contains(key);
        if held.is_some() && !own {
            // Whatever else is refused is refused as ever.
            let probe = to.store.increment(key, 0).await;
            return probe.and(Err(ErrorKind::WrongType.into()));
        }
        let sum = to.store.increment(key, delta).await?;
        lock(&self.0).insert(key.to_owned());
        Ok(sum)
    }
}

/// Counters read back in another form, from one function.
#[derive(Debug)]
struct Form {
    of: Call,
    form: fn(i64) -> Bytes,
    counters: Mutex<HashSet<String>>,
}

impl Form {
    fn of(of: Call, form: fn(i64) -> Bytes) -> Self {
        Self {
            of,
            form,
            counters: Mutex::default(),
        }
    }

    fn shown(&self, key: &str, value: Bytes) -> Bytes {
        match counter::parse_canonical(&value) {
            Some(number) if lock(&self.counters).contains(key) => (self.form)(number),
            _ => value,
        }
    }
}

#[async_trait]
impl StoreFault for Form {
    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        let sum = to.store.increment(key, delta).await?;
        lock(&self.counters).insert(key.to_owned());
        Ok(sum)
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        let value = to.store.get(key).await?;
        if self.of != Call::Get {
            return Ok(value);
        }
        Ok(value.map(|value| self.shown(key, value)))
    }

    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let values = to.store.get_many(keys.clone()).await?;
        if self.of != Call::GetMany {
            return Ok(values);
        }
        let read =
            |(key, value): (String, Option<Bytes>)| value.map(|value| self.shown(&key, value));
        Ok(keys.into_iter().zip(values).map(read).collect())
    }
}

/// A counter that was deleted goes on from where it was.
#[derive(Debug, Default)]
struct Resumes(Mutex<HashMap<String, i64>>);

#[async_trait]
impl StoreFault for Resumes {
    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        let absent = to.driver.get(key).await?.is_none();
        let mut sum = to.store.increment(key, delta).await?;
        let before = lock(&self.0).get(key).copied();
        if let (true, Some(before)) = (absent, before)
            && sum.checked_add(before).is_some()
        {
            sum = to.store.increment(key, before).await?;
        }
        lock(&self.0).insert(key.to_owned(), sum);
        Ok(sum)
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-incr-own-only",
        "only keys that `increment` made are counters",
        &["KV-INCR-4"],
        store!(OwnOnly::default()),
    ),
    Mutant::new(
        "kv-incr-reads-binary",
        "`get` returns a counter as eight bytes",
        &["KV-INCR-3"],
        store!(Form::of(Call::Get, |number| Bytes::copy_from_slice(
            &number.to_be_bytes()
        ))),
    ),
    Mutant::new(
        "kv-incr-get-many-padded",
        "`get-many` returns a counter with zeros before it",
        &["KV-INCR-3", "KV-GETMANY-2"],
        store!(Form::of(Call::GetMany, |number| text(format!(
            "{number:04}"
        )))),
    ),
    Mutant::new(
        "kv-incr-resumes",
        "a counter that was deleted goes on from where it was",
        &["KV-INCR-2"],
        store!(Resumes::default()),
    ),
    Mutant::new(
        "kv-incr-loses",
        "increments that meet each other count once",
        &["KV-INCR-8", "KV-INCR-9"],
        store!(Race {
            loses: true,
            window: Window::default(),
        }),
    ),
    Mutant::new(
        "kv-incr-loses-between-locks",
        "increments on two threads count once",
        &["KV-INCR-8", "KV-INCR-9"],
        store!(Race {
            loses: true,
            window: Window::between_locks(),
        }),
    ),
    Mutant::new(
        "kv-incr-late-sum",
        "`increment` returns what the counter is a little later",
        &["KV-INCR-9"],
        store!(Race {
            loses: false,
            window: Window::default(),
        }),
    ),
    Mutant::new(
        "kv-incr-sometimes-twice",
        "every tenth increment counts twice",
        &["KV-INCR-8", "KV-INCR-1"],
        store!(Twice {
            every: 10,
            calls: AtomicU64::new(0),
        }),
    ),
];
