//! One store: reads, writes and conditions, each a request or a few.
//!
//! Owns the meaning of arguments and answers. Must not know how a connection is
//! kept, nor check what the portable layer has checked.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::keyvalue::{
    Conditional, Driver, Entry, Expected, KeyPage, ListRequest, SetOptions, Version,
};
use futures::{StreamExt as _, stream};

use self::record::{Ending, Record, headers};
use crate::error::Failure;
use crate::link::{Link, Live};
use crate::names;
use crate::stream::NOT_READY_PAUSE;

mod bucket;
mod counter;
mod list;
pub(crate) mod record;

pub(crate) use self::bucket::Bucket;

/// How many items of a batch are under way at a time.
const ITEMS_AT_ONCE: usize = 64;

/// A store of an open scope.
#[derive(Debug)]
pub(crate) struct Store {
    link: Arc<Link>,
    bucket: Arc<Bucket>,
}

/// What a key is just now.
struct State {
    /// The sequence of its last message, 0 if it has none.
    sequence: u64,
    /// Its value and its end, if it is present.
    present: Option<(Bytes, Option<u64>)>,
    /// The server's clock, where an end had to be judged.
    now: u64,
}

impl Store {
    pub(crate) fn new(link: Arc<Link>, bucket: Arc<Bucket>) -> Self {
        Self { link, bucket }
    }

    async fn live(&self) -> Result<Arc<Live>> {
        self.bucket.stream.check_open()?;
        self.link.live().await
    }

    fn subject(&self, key: &str) -> String {
        let prefix = &self.bucket.subjects;
        let mut subject = String::with_capacity(prefix.len() + key.len() + 16);
        subject.push_str(prefix);
        names::push_key(&mut subject, key);
        subject
    }

    /// What a key is, deletions and ends considered.
    async fn state(&self, live: &Live, subject: &str) -> Result<State> {
        let last = self.bucket.stream.last(&self.link, live, subject);
        let Some(record) = last.await?.map(Record::of).transpose()? else {
            return Ok(State {
                sequence: 0,
                present: None,
                now: 0,
            });
        };
        let now = match record.end {
            Some(_) if !record.deleted => self.bucket.stream.now(&self.link, live).await?,
            _ => 0,
        };
        let has_ended = record.end.is_some_and(|end| end <= now);
        Ok(State {
            sequence: record.sequence,
            present: (!record.deleted && !has_ended).then_some((record.value, record.end)),
            now,
        })
    }

    fn entry_of(&self, state: State) -> Option<Entry> {
        let (value, end) = state.present?;
        Some(Entry {
            value,
            version: self.bucket.version(state.sequence, end.is_some()),
            remaining: end.map(|end| Duration::from_nanos(end.saturating_sub(state.now).max(1))),
        })
    }

    /// Writes a message and returns its sequence.
    async fn write(
        &self,
        live: &Live,
        subject: &str,
        value: Bytes,
        expected: Option<u64>,
        ending: Ending,
    ) -> Result<u64, Failure> {
        let headers = headers(expected, ending);
        let stream = &self.bucket.stream;
        stream
            .publish(&self.link, live, subject, headers, value)
            .await
    }

    fn deletion(&self) -> Ending {
        Ending::Deletion(self.bucket.lifetimes)
    }

    /// Writes where the key is absent.
    async fn create(
        &self,
        live: &Live,
        subject: &str,
        value: Bytes,
        ending: Ending,
    ) -> Result<Conditional<u64>> {
        // Most absent keys were never there, so that is tried first.
        let mut expected = 0;
        loop {
            let sent = self.write(live, subject, value.clone(), Some(expected), ending);
            match sent.await {
                Ok(sequence) => return Ok(Conditional::Done(sequence)),
                Err(Failure::OtherSequence) => {}
                Err(failure) => return Err(failure.into()),
            }
            let state = self.state(live, subject).await?;
            if state.present.is_some() {
                return Ok(Conditional::Stale(self.entry_of(state)));
            }
            expected = state.sequence;
        }
    }

    /// Writes where the key has this version.
    async fn replace(
        &self,
        live: &Live,
        subject: &str,
        value: Bytes,
        version: &Version,
        ending: Ending,
    ) -> Result<Conditional<u64>> {
        let Some((sequence, ends)) = self.bucket.sequence(version) else {
            let state = self.state(live, subject).await?;
            return Ok(Conditional::Stale(self.entry_of(state)));
        };
        loop {
            // The stream does not know that a key has ended.
            if ends {
                let state = self.state(live, subject).await?;
                if state.sequence != sequence || state.present.is_none() {
                    return Ok(Conditional::Stale(self.entry_of(state)));
                }
            }
            let sent = self.write(live, subject, value.clone(), Some(sequence), ending);
            match sent.await {
                Ok(sequence) => return Ok(Conditional::Done(sequence)),
                Err(Failure::OtherSequence) => {}
                Err(failure) => return Err(failure.into()),
            }
            let state = self.state(live, subject).await?;
            // `stale` must not show what was expected (KV-CAS-6). A stream that agrees
            // on a write may refuse while the old message is still the last.
            if state.sequence != sequence {
                return Ok(Conditional::Stale(self.entry_of(state)));
            }
            tokio::time::sleep(NOT_READY_PAUSE).await;
        }
    }

    async fn get_on(&self, live: &Live, key: &str) -> Result<Option<Bytes>> {
        let state = self.state(live, &self.subject(key)).await?;
        Ok(state.present.map(|(value, _)| value))
    }

    async fn put_on(&self, live: &Live, key: &str, value: Bytes, ending: Ending) -> Result<()> {
        let subject = self.subject(key);
        self.write(live, &subject, value, None, ending).await?;
        Ok(())
    }

    /// Does something for each of `count` places over one connection: once that is
    /// lost, the items that are left fail at once.
    async fn each<T, F>(&self, count: usize, call: impl Fn(Arc<Live>, usize) -> F) -> Vec<Result<T>>
    where
        F: Future<Output = Result<T>>,
    {
        let live = match self.live().await {
            Ok(live) => live,
            Err(error) => return (0..count).map(|_| Err(error.clone())).collect(),
        };
        stream::iter(0..count)
            .map(|place| call(Arc::clone(&live), place))
            .buffered(ITEMS_AT_ONCE)
            .collect()
            .await
    }
}

#[async_trait]
impl Driver for Store {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let live = self.live().await?;
        self.get_on(&live, key).await
    }

    async fn set(
        &self,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        let live = self.live().await?;
        let ending = options.ttl.map_or(Ending::Never, Ending::After);
        let subject = self.subject(key);
        let done = match &options.expected {
            Expected::Any => {
                self.write(&live, &subject, value, None, ending).await?;
                return Ok(Conditional::Done(None));
            }
            Expected::Absent => self.create(&live, &subject, value, ending).await?,
            Expected::Version(version) => {
                self.replace(&live, &subject, value, version, ending)
                    .await?
            }
        };
        Ok(match done {
            Conditional::Done(sequence) => {
                Conditional::Done(Some(self.bucket.version(sequence, options.ttl.is_some())))
            }
            Conditional::Stale(entry) => Conditional::Stale(entry),
        })
    }

    async fn delete(&self, key: &str, expected: Expected) -> Result<Conditional<()>> {
        let live = self.live().await?;
        let Expected::Version(version) = expected else {
            // `Absent` never comes; removing what must be absent is no change.
            self.put_on(&live, key, Bytes::new(), self.deletion())
                .await?;
            return Ok(Conditional::Done(()));
        };
        let subject = self.subject(key);
        let deletion = self.deletion();
        let replaced = self.replace(&live, &subject, Bytes::new(), &version, deletion);
        Ok(match replaced.await? {
            Conditional::Done(_) => Conditional::Done(()),
            Conditional::Stale(entry) => Conditional::Stale(entry),
        })
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        let live = self.live().await?;
        self.list_on(&live, request).await
    }

    async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        let live = self.live().await?;
        let state = self.state(&live, &self.subject(key)).await?;
        Ok(self.entry_of(state))
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        let live = self.live().await?;
        self.increment_on(&live, key, delta).await
    }

    async fn get_many(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        self.each(keys.len(), |live, place| async move {
            self.get_on(&live, &keys[place]).await
        })
        .await
    }

    async fn set_many(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        self.each(entries.len(), |live, place| async move {
            let (key, value) = &entries[place];
            self.put_on(&live, key, value.clone(), Ending::Never).await
        })
        .await
    }

    async fn delete_many(&self, keys: &[String]) -> Vec<Result<()>> {
        let deletion = self.deletion();
        self.each(keys.len(), |live, place| async move {
            self.put_on(&live, &keys[place], Bytes::new(), deletion)
                .await
        })
        .await
    }
}
