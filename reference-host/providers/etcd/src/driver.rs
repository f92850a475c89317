//! One store.
//!
//! Owns the meaning of arguments and replies. Must not know how a connection is kept,
//! nor check what the portable layer has checked.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{
    Conditional, Driver, Entry, Expected, KeyPage, ListRequest, SetOptions, Version, counter,
};
use cloud_contract::{Error, ErrorKind, Result, ServiceClock};
use tokio::sync::Mutex;

use crate::error::{lost_lease, translate, unexpected_reply};
use crate::lease;
use crate::link::Link;
use crate::namespace::Opening;
use crate::proto::{Compare, KeyValue, RangeRequest, RequestOp, TxnRequest};
use crate::version::State;

mod batch;
mod write;

/// How often a write is tried again because another one came between. Each time the
/// other one succeeded.
const ATTEMPTS: usize = 200;
/// In the nanoseconds of the clock.
const MILLISECOND: i64 = 1_000_000;
/// Counters of one store take turns in so many rows.
const ROWS: usize = 64;

/// A counter as an increment of this store left it. It saves the next one a look: the
/// transaction compares all the same, and shows what is there where it is another.
#[derive(Debug)]
struct Counted {
    key: String,
    state: KeyValue,
}

/// A store of an open scope.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    link: Arc<Link>,
    opening: Opening,
    prefix: Arc<str>,
    /// Only to save attempts: other hosts do not wait here.
    turns: Arc<[Mutex<Option<Counted>>]>,
}

impl Store {
    pub(crate) fn new(link: Arc<Link>, opening: Opening, prefix: String) -> Self {
        Self {
            link,
            opening,
            prefix: prefix.into(),
            turns: (0..ROWS).map(|_| Mutex::new(None)).collect(),
        }
    }

    /// The key in etcd.
    fn key(&self, key: &str) -> Bytes {
        [self.prefix.as_bytes(), key.as_bytes()].concat().into()
    }

    /// Whether a key has ended. What it shows does not go back.
    async fn has_ended(&self, lease: i64) -> bool {
        let Some(ends) = lease::ends(lease) else {
            return false;
        };
        let clock = self.link.clock().await;
        clock.is_some_and(|clock| clock.has_passed(ends.saturating_mul(MILLISECOND)))
    }

    /// What a read found, if it has not ended.
    async fn living(&self, found: Option<KeyValue>) -> Option<KeyValue> {
        let found = found?;
        let has_ended = self.has_ended(found.lease).await;
        (!has_ended).then_some(found)
    }

    /// The entry that a read found, if it has not ended.
    async fn living_entry(&self, found: Option<KeyValue>) -> Option<Entry> {
        let found = self.living(found).await?;
        Some(self.entry_of(found).await)
    }

    async fn look(&self, key: &str, keys_only: bool) -> Result<Option<KeyValue>> {
        let request = RangeRequest {
            key: self.key(key),
            keys_only,
            ..RangeRequest::default()
        };
        Ok(self.link.range(request).await?.kvs.into_iter().next())
    }

    async fn entry_of(&self, kv: KeyValue) -> Entry {
        let remaining = match lease::ends(kv.lease) {
            None => None,
            Some(ends) => {
                let clock = self.link.clock().await;
                let now = clock.and_then(ServiceClock::now);
                let now = now.map_or(ends, |(earliest, latest)| {
                    earliest.midpoint(latest).div_euclid(MILLISECOND)
                });
                // It is there still, whatever the clock says.
                Some(Duration::from_millis((ends - now).max(1).unsigned_abs()))
            }
        };
        Entry {
            version: State::of(&kv).version(),
            value: kv.value,
            remaining,
        }
    }

    /// Where the counters of a key take turns.
    fn turn(&self, key: &str) -> &Mutex<Option<Counted>> {
        let mut hasher = DefaultHasher::new();
        key.hash(&mut hasher);
        // The remainder is less than the number of rows.
        #[allow(
            clippy::cast_possible_truncation,
            reason = "a remainder of a small number"
        )]
        let place = (hasher.finish() % ROWS as u64) as usize;
        &self.turns[place]
    }
}

#[async_trait]
impl Driver for Store {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let found = self.look(key, false).await?;
        Ok(self.living(found).await.map(|kv| kv.value))
    }

    async fn exists(&self, key: &str) -> Result<bool> {
        let found = self.look(key, true).await?;
        Ok(self.living(found).await.is_some())
    }

    async fn set(
        &self,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        match options.ttl {
            None => self.write(key, value, 0, &options.expected).await,
            Some(ttl) => self.write_expiring(key, value, ttl, options.expected).await,
        }
    }

    async fn delete(&self, key: &str, expected: Expected) -> Result<Conditional<()>> {
        let name = self.key(key);
        let remove = RequestOp::delete(name.clone(), Bytes::new());
        let request = match &expected {
            // `Absent` never comes; removing what must be absent is no change.
            Expected::Any | Expected::Absent => TxnRequest {
                success: vec![RequestOp::look(name), remove],
                ..TxnRequest::default()
            },
            Expected::Version(version) => match self.readable(version).await {
                Some(state) => TxnRequest {
                    compare: state_is(&name, state),
                    success: vec![RequestOp::look(name.clone()), remove],
                    failure: vec![RequestOp::get(name)],
                },
                None => return Ok(Conditional::Stale(self.entry(key).await?)),
            },
        };
        let answer = self.link.txn(request).await.map_err(translate)?;
        let succeeded = answer.succeeded;
        let found = answer.found().next().flatten();
        if succeeded {
            self.forget(found.map_or(0, |kv| kv.lease));
            Ok(Conditional::Done(()))
        } else {
            Ok(Conditional::Stale(self.living_entry(found).await))
        }
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        let (mut from, range_end) = self.bounds(&request)?;
        let mut keys: Vec<String> = Vec::new();
        // One more than the page holds tells whether the list goes on. Where many keys
        // have ended that etcd has not removed yet, a request may find few that live.
        loop {
            let wanted = request.limit + 1 - keys.len();
            let range = RangeRequest {
                key: from,
                range_end: range_end.clone(),
                limit: i64::try_from(wanted).unwrap_or(i64::MAX),
                keys_only: true,
            };
            let page = self.link.range(range).await?;
            for kv in &page.kvs {
                if !self.has_ended(kv.lease).await {
                    let key = kv
                        .key
                        .get(self.prefix.len()..)
                        .ok_or_else(unexpected_reply)?;
                    let key = std::str::from_utf8(key).map_err(|_| unexpected_reply())?;
                    keys.push(key.to_owned());
                }
            }
            if keys.len() > request.limit {
                keys.truncate(request.limit);
                let next = keys.last().map(|key| key.as_bytes().to_vec());
                return Ok(KeyPage { keys, next });
            }
            match page.kvs.last() {
                Some(last) if page.more => from = [last.key.as_ref(), b"\0"].concat().into(),
                _ => return Ok(KeyPage { keys, next: None }),
            }
        }
    }

    async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        let found = self.look(key, false).await?;
        Ok(self.living_entry(found).await)
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        let mut turn = self.turn(key).lock().await;
        let name = self.key(key);
        // Taken out: after a failure nobody goes by it.
        let known = turn.take().filter(|counted| counted.key == key);
        let mut is_remembered = known.is_some();
        let mut found = match known {
            Some(counted) => Some(counted.state),
            None => self.look(key, false).await?,
        };
        for attempt in 0..ATTEMPTS {
            // A key that has ended is replaced by a permanent one.
            let living = self.living(found.clone()).await;
            let lease = living.as_ref().map_or(0, |kv| kv.lease);
            let sum = match counter::add(living.as_ref().map(|kv| kv.value.as_ref()), delta) {
                // What is remembered refuses nothing: no transaction compares it.
                Err(_) if is_remembered => {
                    is_remembered = false;
                    found = self.look(key, false).await?;
                    continue;
                }
                sum => sum?,
            };
            let mut compare = vec![self.is_open()];
            match &found {
                Some(kv) => compare.push(Compare::modified(name.clone(), kv.mod_revision)),
                None => compare.push(Compare::created(name.clone(), 0)),
            }
            let request = TxnRequest {
                compare,
                success: vec![RequestOp::put(name.clone(), sum.to_string().into(), lease)],
                failure: self.state_of(&name),
            };
            match self.link.txn(request).await {
                Ok(answer) if answer.succeeded => {
                    if let Some(kv) = found.filter(|kv| kv.lease != lease) {
                        self.forget(kv.lease);
                    }
                    // Where others write the key as well, a look is the cheaper way.
                    if attempt == 0 {
                        let state = KeyValue {
                            key: name,
                            mod_revision: answer.revision(),
                            value: sum.to_string().into(),
                            lease,
                            ..KeyValue::default()
                        };
                        let key = key.to_owned();
                        *turn = Some(Counted { key, state });
                    }
                    return Ok(sum);
                }
                Ok(answer) => {
                    let mut states = answer.found();
                    self.was_open(states.next().flatten().as_ref())?;
                    found = states.next().flatten();
                    is_remembered = false;
                }
                // The key ended between reading and writing.
                Err(status) if lost_lease(&status) => {
                    found = self.look(key, false).await?;
                    is_remembered = false;
                }
                Err(status) => return Err(translate(status)),
            }
        }
        Err(ErrorKind::Throttled { retry_after: None }.into())
    }

    async fn get_many(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        self.read_batch(keys).await
    }

    async fn set_many(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        self.write_batch(entries).await
    }

    async fn delete_many(&self, keys: &[String]) -> Vec<Result<()>> {
        self.delete_batch(keys).await
    }
}

impl Store {
    /// Where a list begins or goes on, and where it ends.
    fn bounds(&self, request: &ListRequest<'_>) -> Result<(Bytes, Bytes)> {
        let start = self.prefix.as_bytes();
        let prefix = request.prefix.as_bytes();
        let first = match request.after {
            // The bytes that follow next.
            Some(after) if after.starts_with(prefix) => [start, after, b"\0"].concat(),
            Some(_) => return Err(Error::invalid("cursor: not issued for this list")),
            None => [start, prefix].concat(),
        };
        // No UTF-8 text has the byte 0xff, so every key with the prefix comes before.
        Ok((first.into(), [start, prefix, b"\xff"].concat().into()))
    }
}

/// That a key has not been written since.
fn state_is(name: &Bytes, state: State) -> Vec<Compare> {
    vec![
        Compare::modified(name.clone(), state.revision),
        Compare::leased(name.clone(), state.lease),
    ]
}
