//! The key-value driver: each method is a request, a batch as many as it needs to
//! fit into lines.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::keyvalue::{
    Conditional, Driver, Entry, Expected, KeyPage, ListRequest, SetOptions, Version,
};
use cloud_contract::{Bytes, Descriptor, Error, Result, limit};
use futures::future::join_all;

use crate::form::{At, Form};
use crate::link::{LINE_MAX, Link};
use crate::wire::{
    Base64, Call, Item, ItemAnswer, Outcome, Page, Place, Reply, StoredEntry, Sum, Value,
    is_unknown,
};

/// How much of a line the items of a batch or a page may take.
const ROOM: u64 = LINE_MAX / 4 * 3;
/// What stands around an item.
const FRAME: u64 = 64;
/// The floors of the limits, which hold where none is stated.
const KEY_FLOOR: u64 = 512;
const VALUE_FLOOR: u64 = 24 * 1024;

/// What a key takes in a line: each byte may be an escape of six.
const fn key_room(bytes: u64) -> u64 {
    bytes * 6 + FRAME
}

/// What a value takes in a line.
const fn value_room(bytes: u64) -> u64 {
    bytes.div_ceil(3) * 4 + FRAME
}

/// What all stores of a provider share.
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) link: Link,
    /// The most values that may come in one answer, and the most keys.
    values: usize,
    keys: usize,
    lacks: Lacks,
}

/// Calls that the process does not have. Others serve in their place.
#[derive(Debug, Default)]
struct Lacks {
    exists: AtomicBool,
    get_many: AtomicBool,
    set_many: AtomicBool,
    delete_many: AtomicBool,
}

impl Session {
    pub(crate) fn new(link: Link, descriptor: &Descriptor) -> Self {
        let stated = |id, floor| descriptor.limit(id).unwrap_or(floor);
        let fit = |room: u64| usize::try_from((ROOM / room).max(1)).unwrap_or(usize::MAX);
        Self {
            link,
            values: fit(value_room(stated(limit::KV_VALUE_MAX_BYTES, VALUE_FLOOR))),
            keys: fit(key_room(stated(limit::KV_KEY_MAX_BYTES, KEY_FLOOR))),
            lacks: Lacks::default(),
        }
    }
}

/// One store.
#[derive(Debug)]
pub(crate) struct Store {
    session: Arc<Session>,
    scope: Arc<str>,
    store: Box<str>,
}

impl Store {
    pub(crate) fn new(session: Arc<Session>, scope: Arc<str>, store: &str) -> Self {
        Self {
            session,
            scope,
            store: store.into(),
        }
    }

    fn place(&self) -> Place<'_> {
        Place {
            scope: &self.scope,
            store: &self.store,
        }
    }

    async fn ask<T: Form>(&self, call: Call<'_>) -> Result<T> {
        self.session.link.call::<T>(&call).await?.plain()
    }

    /// A write under a condition.
    async fn write<T: Form>(&self, call: Call<'_>) -> Result<Conditional<T>> {
        match self.session.link.call::<T>(&call).await?.outcome {
            Outcome::Ok(done) => Ok(Conditional::Done(done)),
            Outcome::Stale(entry) => Ok(Conditional::Stale(entry)),
            Outcome::Failed(failure) => Err(failure.error),
        }
    }

    /// The parts of a batch, all under way at once. None if the process has no such
    /// call; then nothing happened.
    async fn batch<'a, T: Form>(
        &'a self,
        lacks: &AtomicBool,
        parts: Vec<Range<usize>>,
        call: impl Fn(Range<usize>) -> Call<'a>,
    ) -> Option<Vec<Result<T>>> {
        if lacks.load(Ordering::Relaxed) {
            return None;
        }
        let calls: Vec<Call<'_>> = parts.iter().map(|part| call(part.clone())).collect();
        let asked = calls
            .iter()
            .map(|call| self.session.link.call::<Vec<ItemAnswer<T>>>(call));
        let replies = join_all(asked).await;
        if !replies.is_empty() && replies.iter().all(is_unknown) {
            lacks.store(true, Ordering::Relaxed);
            return None;
        }
        let mut results = Vec::with_capacity(parts.last().map_or(0, |part| part.end));
        for ((part, call), reply) in parts.into_iter().zip(&calls).zip(replies) {
            match reply.and_then(Reply::plain) {
                Ok(items) if items.len() == part.len() => {
                    results.extend(items.into_iter().map(|item| item.0));
                }
                Ok(items) => {
                    let error = miscounted(call.name(), items.len(), part.len());
                    results.extend(part.map(|_| Err(error.clone())));
                }
                Err(error) => results.extend(part.map(|_| Err(error.clone()))),
            }
        }
        Some(results)
    }
}

/// Which items of the batch were carried out is unknown.
fn miscounted(call: &'static str, answered: usize, asked: usize) -> Error {
    At::Member(&At::Answer(call), "ok").wrong(format_args!(
        "has {answered} items for the {asked} that were asked"
    ))
}

/// Divides a batch: each part has at most so many items, and fits into a line.
fn parts(rooms: impl Iterator<Item = u64>, most: usize) -> Vec<Range<usize>> {
    let mut parts: Vec<Range<usize>> = Vec::new();
    let mut left = 0;
    for (index, room) in rooms.enumerate() {
        match parts.last_mut() {
            Some(part) if part.len() < most && room <= left => part.end = index + 1,
            _ => {
                parts.push(index..index + 1);
                left = ROOM;
            }
        }
        left = left.saturating_sub(room);
    }
    parts
}

fn key_parts(keys: &[String], most: usize) -> Vec<Range<usize>> {
    parts(keys.iter().map(|key| key_room(key.len() as u64)), most)
}

#[async_trait]
impl Driver for Store {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let place = self.place();
        let value: Option<Value> = self.ask(Call::Get { place, key }).await?;
        Ok(value.map(|value| value.0))
    }

    async fn exists(&self, key: &str) -> Result<bool> {
        let place = self.place();
        let lacks = &self.session.lacks.exists;
        if !lacks.load(Ordering::Relaxed) {
            let reply = self.session.link.call(&Call::Exists { place, key }).await;
            if !is_unknown(&reply) {
                return reply?.plain();
            }
            lacks.store(true, Ordering::Relaxed);
        }
        Ok(self.get(key).await?.is_some())
    }

    async fn set(
        &self,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        let written: Conditional<Option<String>> = self
            .write(Call::Set {
                place: self.place(),
                key,
                value: Base64(&value),
                condition: (&options.expected).into(),
                ttl_ns: options.ttl.map(nanoseconds),
            })
            .await?;
        Ok(match written {
            Conditional::Done(version) => Conditional::Done(version.map(Version::from)),
            Conditional::Stale(entry) => Conditional::Stale(entry),
        })
    }

    async fn delete(&self, key: &str, expected: Expected) -> Result<Conditional<()>> {
        self.write(Call::Delete {
            place: self.place(),
            key,
            condition: (&expected).into(),
        })
        .await
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        let after = request.after.map(std::str::from_utf8).transpose();
        let page: Page = self
            .ask(Call::List {
                place: self.place(),
                prefix: request.prefix,
                after: after.map_err(|_| Error::invalid("cursor: not issued for this list"))?,
                limit: request.limit.min(self.session.keys),
            })
            .await?;
        Ok(KeyPage {
            keys: page.keys,
            next: page.next.map(String::into_bytes),
        })
    }

    async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        let place = self.place();
        let entry: Option<StoredEntry> = self.ask(Call::Entry { place, key }).await?;
        Ok(entry.map(Entry::from))
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        let place = self.place();
        let sum: Sum = self.ask(Call::Increment { place, key, delta }).await?;
        Ok(sum.0)
    }

    async fn get_many(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        let place = self.place();
        let parts = key_parts(keys, self.session.values);
        let call = |part: Range<usize>| Call::GetMany {
            place,
            keys: &keys[part],
        };
        let lacks = &self.session.lacks.get_many;
        if let Some(values) = self.batch::<Option<Value>>(lacks, parts, call).await {
            let bare = |value: Option<Value>| value.map(|value| value.0);
            return values.into_iter().map(|value| value.map(bare)).collect();
        }
        join_all(keys.iter().map(|key| self.get(key))).await
    }

    async fn set_many(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        let place = self.place();
        let room = |(key, value): &(String, Bytes)| {
            key_room(key.len() as u64) + value_room(value.len() as u64)
        };
        let parts = parts(entries.iter().map(room), usize::MAX);
        let call = |part: Range<usize>| Call::SetMany {
            place,
            entries: entries[part]
                .iter()
                .map(|(key, value): &(String, Bytes)| Item {
                    key,
                    value: Base64(value),
                })
                .collect(),
        };
        let lacks = &self.session.lacks.set_many;
        if let Some(results) = self.batch(lacks, parts, call).await {
            return results;
        }
        join_all(entries.iter().map(|(key, value)| async move {
            let options = SetOptions::default();
            self.set(key, value.clone(), options).await.map(drop)
        }))
        .await
    }

    async fn delete_many(&self, keys: &[String]) -> Vec<Result<()>> {
        let place = self.place();
        let parts = key_parts(keys, usize::MAX);
        let call = |part: Range<usize>| Call::DeleteMany {
            place,
            keys: &keys[part],
        };
        let lacks = &self.session.lacks.delete_many;
        if let Some(results) = self.batch(lacks, parts, call).await {
            return results;
        }
        join_all(keys.iter().map(|key| async move {
            let deleted = self.delete(key, Expected::Any).await;
            deleted.map(drop)
        }))
        .await
    }
}

fn nanoseconds(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_are_divided_so_that_each_part_fits() {
        assert!(parts([].into_iter(), 9).is_empty());
        assert_eq!(
            parts([1, 1, 1].into_iter(), 9),
            vec![Range { start: 0, end: 3 }]
        );
        assert_eq!(parts([1, 1, 1].into_iter(), 2), [0..2, 2..3]);
        let rooms = [ROOM, 1, ROOM - 1, 1, ROOM + 1, 1];
        assert_eq!(parts(rooms.into_iter(), 9), [0..1, 1..3, 3..4, 4..5, 5..6]);
    }

    /// The largest entry that may be declared fits into a line.
    #[test]
    fn one_item_always_fits() {
        let largest = key_room(1 << 20) + value_room(32 << 20);
        assert!(largest + 4096 < LINE_MAX);
    }
}
