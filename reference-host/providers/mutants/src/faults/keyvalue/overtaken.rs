//! Calls that are overtaken by one other function, answers that are cut, and what
//! a refused or a dropped call leaves behind in version and lifetime.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{BatchResult, Expected, Page, SwapError, Version};
use cloud_contract::{Error, ErrorKind, Result};

use super::arguments::{KEY_BYTES, Reason};
use super::store;
use super::tools::{Window, text};
use crate::Mutant;
use crate::keyvalue::store::{Call, StoreFault, SwapResult, Target};
use crate::provider::lock;

/// `delete-if` and `increment` do not see what one function writes while they run.
#[derive(Debug)]
struct Blind {
    to: Call,
    last: Mutex<HashMap<String, Call>>,
    window: Window,
}

impl Blind {
    fn to(to: Call) -> Self {
        Self {
            to,
            last: Mutex::default(),
            window: Window::default(),
        }
    }

    /// Whether the last write came by the function that is not seen.
    async fn overtaken(&self, key: &str) -> bool {
        self.window.open().await;
        lock(&self.last).get(key) == Some(&self.to)
    }
}

#[async_trait]
impl StoreFault for Blind {
    async fn writing(&self, _: &Target, call: Call, key: &str) {
        if !matches!(call, Call::DeleteIf) {
            lock(&self.last).insert(key.to_owned(), call);
        }
    }

    async fn delete_if(&self, to: &Target, key: &str, expected: Version) -> SwapResult<()> {
        let entry = to.store.current(key).await.map_err(SwapError::Failed)?;
        let met = entry.is_some_and(|entry| entry.version == expected);
        if met && self.overtaken(key).await {
            return to.store.delete(key).await.map_err(SwapError::Failed);
        }
        to.store.delete_if(key, expected).await
    }

    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        let before = to.store.get(key).await?;
        let held = before.as_deref().map(String::from_utf8_lossy);
        let held = held.map_or(Ok(0), |held| held.parse::<i64>());
        let (Ok(held), true) = (held, self.overtaken(key).await) else {
            return to.store.increment(key, delta).await;
        };
        let Some(sum) = held.checked_add(delta) else {
            return to.store.increment(key, delta).await;
        };
        to.store.set(key, text(sum.to_string())).await?;
        Ok(sum)
    }
}

/// A key is missing from lists while one function overwrites it.
#[derive(Debug)]
struct Unlisted {
    by: Call,
    keys: Mutex<HashSet<String>>,
    window: Window,
}

impl Unlisted {
    fn by(by: Call) -> Self {
        Self {
            by,
            keys: Mutex::default(),
            window: Window::default().often(),
        }
    }
}

#[async_trait]
impl StoreFault for Unlisted {
    async fn writing(&self, _: &Target, call: Call, key: &str) {
        if call == self.by {
            lock(&self.keys).insert(key.to_owned());
            self.window.open().await;
            lock(&self.keys).remove(key);
        }
    }

    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        let mut page = to.store.list(prefix, cursor, size).await?;
        let hidden = lock(&self.keys);
        page.keys.retain(|key| !hidden.contains(key));
        Ok(page)
    }
}

/// The entry that comes with `stale` holds the first 64 KiB of the value, or an
/// idempotent creation is none.
#[derive(Debug)]
enum Stale {
    CutBySwap,
    CutByDeleteIf,
    CreatesAgain,
}

fn cut(error: SwapError) -> SwapError {
    match error {
        SwapError::Stale(Some(mut entry)) => {
            entry.value.truncate(65_536);
            SwapError::Stale(Some(entry))
        }
        error => error,
    }
}

#[async_trait]
impl StoreFault for Stale {
    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        let creates = matches!(expected, Expected::Absent);
        let swapped = to.store.swap(key, value.clone(), expected).await;
        match (self, swapped) {
            (Self::CutBySwap, Err(error)) => Err(cut(error)),
            (Self::CreatesAgain, Err(SwapError::Stale(Some(entry))))
                if creates && entry.value == value =>
            {
                Ok(entry.version)
            }
            (_, swapped) => swapped,
        }
    }

    async fn delete_if(&self, to: &Target, key: &str, expected: Version) -> SwapResult<()> {
        let deleted = to.store.delete_if(key, expected).await;
        match self {
            Self::CutByDeleteIf => deleted.map_err(cut),
            _ => deleted,
        }
    }
}

/// A refused write leaves the value, but not what belongs to it.
#[derive(Debug)]
enum Refused {
    /// A value that is too large makes its key permanent.
    LargeKeeps,
    /// A time to live out of range gives a new version.
    TtlBumps,
}

#[async_trait]
impl StoreFault for Refused {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        let result = to.store.set(key, value).await;
        if let (Self::LargeKeeps, Err(error)) = (self, &result)
            && matches!(error.kind(), ErrorKind::TooLarge { .. })
            && key.len() <= KEY_BYTES
            && let Some(old) = to.store.get(key).await?
        {
            to.store.set(key, old).await?;
        }
        result
    }

    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<()> {
        let result = to.store.set_expiring(key, value, ttl).await;
        if let (Self::TtlBumps, Err(error)) = (self, &result)
            && *error.kind() == ErrorKind::OutOfRange
            && let Some(old) = to.store.get(key).await?
        {
            match to.store.remaining(key).await?.flatten() {
                Some(rest) => to.store.set_expiring(key, old, rest).await?,
                None => to.store.set(key, old).await?,
            }
        }
        result
    }
}

/// `remaining` takes no key of the greatest length.
#[derive(Debug)]
struct ShorterKeys;

impl StoreFault for ShorterKeys {
    fn key<'a>(&self, call: Call, key: &'a str) -> Result<Cow<'a, str>> {
        if call == Call::Remaining && key.len() == KEY_BYTES {
            return Err(Error::too_large(KEY_BYTES as u64));
        }
        Ok(Cow::Borrowed(key))
    }
}

/// The 33rd call in flight of one function is turned away.
#[derive(Debug)]
struct Few {
    of: Call,
    running: AtomicUsize,
    window: Window,
}

impl Few {
    fn of(of: Call) -> Self {
        Self {
            of,
            running: AtomicUsize::new(0),
            window: Window::default(),
        }
    }

    async fn admit(&self, call: Call) -> Result<()> {
        if call != self.of {
            return Ok(());
        }
        let running = self.running.fetch_add(1, Ordering::SeqCst);
        self.window.open().await;
        self.running.fetch_sub(1, Ordering::SeqCst);
        if running < 32 {
            return Ok(());
        }
        Err(ErrorKind::Other("too many calls at a time".into()).into())
    }
}

#[async_trait]
impl StoreFault for Few {
    async fn remaining(&self, to: &Target, key: &str) -> Result<Option<Option<Duration>>> {
        self.admit(Call::Remaining).await?;
        to.store.remaining(key).await
    }

    async fn delete_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<()> {
        self.admit(Call::DeleteMany).await.map_err(|error| {
            cloud_contract::keyvalue::BatchError::Refused {
                error,
                indices: Vec::new(),
            }
        })?;
        to.store.delete_many(keys).await
    }
}

/// The oldest keys go when there are too many, or too many bytes.
#[derive(Debug)]
struct Cache {
    keys: usize,
    bytes: usize,
    order: Mutex<VecDeque<(String, usize)>>,
}

impl Cache {
    fn of(keys: usize, bytes: usize) -> Self {
        Self {
            keys,
            bytes,
            order: Mutex::default(),
        }
    }

    fn oldest(&self) -> Option<String> {
        let mut order = lock(&self.order);
        let bytes: usize = order.iter().map(|(_, bytes)| bytes).sum();
        let full = order.len() > self.keys || bytes > self.bytes;
        full.then(|| order.pop_front())
            .flatten()
            .map(|(key, _)| key)
    }
}

#[async_trait]
impl StoreFault for Cache {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        let bytes = value.len();
        to.store.set(key, value).await?;
        lock(&self.order).push_back((key.to_owned(), bytes));
        while let Some(oldest) = self.oldest() {
            to.store.delete(&oldest).await?;
        }
        Ok(())
    }
}

fn with_port(kind: &ErrorKind) -> Option<ErrorKind> {
    match kind {
        ErrorKind::InvalidArgument(text) => Some(ErrorKind::InvalidArgument(
            format!("{text} (at store-3.internal:6379)").into(),
        )),
        _ => None,
    }
}

/// One mutant for each function, with the fault `$fault`.
macro_rules! each {
    ($($name:literal, $summary:literal, $clauses:expr, $fault:expr;)*) => {
        &[$(Mutant::new($name, $summary, &$clauses, store!($fault))),*]
    };
}

pub(super) const MUTANTS: &[Mutant] = each! {
    "kv-swap-overtakes", "`delete-if` and `increment` do not see a `swap` beside them", ["KV-CAS-1", "KV-INCR-8"], Blind::to(Call::Swap);
    "kv-swap-unlisted", "a key is in no list while `swap` overwrites it", ["KV-LIST-1", "TYP-PAGE-7"], Unlisted::by(Call::Swap);
    "kv-set-many-unlisted", "a key is in no list while `set-many` overwrites it", ["KV-LIST-1", "TYP-PAGE-7"], Unlisted::by(Call::SetMany);
    "kv-increment-unlisted", "a key is in no list while `increment` overwrites it", ["KV-LIST-1", "TYP-PAGE-7"], Unlisted::by(Call::Increment);
    "kv-set-expiring-unlisted", "a key is in no list while `set-expiring` overwrites it", ["KV-LIST-1", "TYP-PAGE-7"], Unlisted::by(Call::SetExpiring);
    "kv-swap-stale-cut", "`stale` of a swap holds 64 KiB of the value at most", ["KV-SWAP-3"], Stale::CutBySwap;
    "kv-delete-if-stale-cut", "`stale` of a delete-if holds 64 KiB of the value at most", ["KV-DELETE-IF-2"], Stale::CutByDeleteIf;
    "kv-swap-creates-again", "`swap` of an absent key succeeds where its value is there already", ["KV-SWAP-3"], Stale::CreatesAgain;
    "kv-large-value-permanent", "a value that is too large makes its key permanent", ["TYP-ERR-6", "TYP-VER-2"], Refused::LargeKeeps;
    "kv-ttl-refusal-new-version", "a time to live out of range gives a new version", ["TYP-ERR-6", "TYP-VER-2"], Refused::TtlBumps;
    "kv-remaining-shorter-keys", "`remaining` refuses a key of the greatest length", ["KV-KEY-1"], ShorterKeys;
    "kv-remaining-few-in-flight", "of more than 32 calls of `remaining` in flight some fail", ["TYP-CALL-2"], Few::of(Call::Remaining);
    "kv-delete-many-few-in-flight", "of more than 32 calls of `delete-many` in flight some fail", ["TYP-CALL-2"], Few::of(Call::DeleteMany);
    "kv-evicts-keys", "the oldest keys go when there are more than 1500", ["KV-SET-3"], Cache::of(1_500, usize::MAX);
    "kv-evicts-bytes", "the oldest keys go when they hold more than 20 MiB", ["KV-SET-3"], Cache::of(usize::MAX, 20 << 20);
    "error-tells-port-expiring", "the text of an error of `set-expiring` holds a host and a port", ["TYP-ERR-2"], Reason { of: &[Call::SetExpiring], instead: with_port };
    "error-tells-port-increment", "the text of an error of `increment` holds a host and a port", ["TYP-ERR-2"], Reason { of: &[Call::Increment], instead: with_port };
    "error-tells-port-batch", "the text of an error of a batch holds a host and a port", ["TYP-ERR-2"], Reason { of: &[Call::SetMany, Call::GetMany], instead: with_port };
};
