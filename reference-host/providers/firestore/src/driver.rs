//! One store: what calls mean, in reads and conditional writes of documents.
//!
//! Must not know how a connection is kept, nor check what the portable layer has
//! checked.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::keyvalue::{
    Conditional, Driver, Entry, Expected, KeyPage, ListRequest, SetOptions, Version,
};

use crate::clock::Moment;
use crate::error::Verdict;
use crate::link::{Link, Reply};
use crate::names::StoreNames;
use crate::namespace::Gate;
use crate::record::{Change, Condition, Content, END_FIELDS, FIELDS, Mark, State, Stay};

use counter::Counters;

mod batch;
mod counter;
mod list;

/// What all handles of a store of an open scope share.
#[derive(Debug)]
pub(crate) struct Core {
    link: Arc<Link>,
    gate: Gate,
    names: StoreNames,
    counters: Counters,
    /// Whether entries that have ended are being removed.
    sweeping: AtomicBool,
}

/// A store of an open scope.
#[derive(Debug)]
pub(crate) struct Store(pub(crate) Arc<Core>);

/// The end of a conditional write.
enum Outcome {
    /// It was made, and the document has this moment as that of its last change.
    Done(Moment),
    /// The document was in another state.
    Refuted,
}

impl Core {
    pub(crate) fn new(link: Arc<Link>, gate: Gate, names: StoreNames) -> Self {
        Self {
            link,
            gate,
            names,
            counters: Counters::default(),
            sweeping: AtomicBool::new(false),
        }
    }

    /// The entry in a document, whether or not it has ended.
    async fn look(&self, document: &str) -> Result<Option<State>> {
        let found = self.link.read_one(document.to_owned(), FIELDS).await?;
        found.map(|found| State::read(found, true)).transpose()
    }

    /// The entry in a document, if it has not ended.
    async fn live(&self, document: &str) -> Result<Option<State>> {
        let now = self.link.clock.latest();
        let state = self.look(document).await?;
        // The answer has moved the clock on.
        let now = self.link.clock.latest().max(now);
        Ok(state.filter(|state| !state.has_ended(now)))
    }

    async fn current(&self, document: &str) -> Result<Option<Entry>> {
        let state = self.live(document).await?;
        Ok(state.map(|state| state.entry(self.link.clock.latest())))
    }

    async fn commit(&self, change: Change) -> Reply<Moment> {
        let link = Arc::clone(&self.link);
        self.gate
            .carry(async move { link.commit(&change).await })
            .await?
    }

    async fn attempt(&self, change: Change) -> Result<Outcome> {
        match self.commit(change).await {
            Ok(updated) => Ok(Outcome::Done(updated)),
            Err(failure) if failure.verdict == Verdict::Refuted => Ok(Outcome::Refuted),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Makes a change if the key is absent.
    async fn if_absent(&self, mut change: Change) -> Result<Conditional<Moment>> {
        change.condition = Condition::Absent;
        loop {
            if let Outcome::Done(updated) = self.attempt(change.clone()).await? {
                return Ok(Conditional::Done(updated));
            }
            let Some(state) = self.look(&change.document).await? else {
                // It went just now.
                change.condition = Condition::Absent;
                continue;
            };
            let now = self.link.clock.latest();
            if !state.has_ended(now) {
                return Ok(Conditional::Stale(Some(state.entry(now))));
            }
            // The key is absent, its document is not.
            change.condition = Condition::Updated(state.updated);
        }
    }

    /// Makes a change if the key has a version.
    async fn if_version(
        &self,
        mut change: Change,
        expected: &Version,
    ) -> Result<Conditional<Moment>> {
        let Some(mark) = Mark::read(expected) else {
            let current = self.current(&change.document).await?;
            return Ok(Conditional::Stale(current));
        };
        change.condition = Condition::Updated(mark.updated);
        // The service compares the moments, but not whether the entry has ended.
        let mut must_look = mark.expires;
        loop {
            if must_look {
                let current = self.current(&change.document).await?;
                if current.as_ref().map(|entry| &entry.version) != Some(expected) {
                    return Ok(Conditional::Stale(current));
                }
            }
            match self.commit(change.clone()).await {
                Ok(updated) => return Ok(Conditional::Done(updated)),
                Err(failure) if failure.verdict == Verdict::Refuted => {}
                // A version of another key, or a text that looks like one.
                Err(failure) if failure.verdict == Verdict::Invalid && !must_look => {}
                Err(failure) => return Err(failure.into()),
            }
            must_look = true;
        }
    }
}

#[async_trait]
impl Driver for Store {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let document = self.0.names.entry(key.as_bytes());
        let state = self.0.live(&document).await?;
        Ok(state.map(|state| state.value))
    }

    async fn exists(&self, key: &str) -> Result<bool> {
        let document = self.0.names.entry(key.as_bytes());
        let found = self.0.link.read_one(document, END_FIELDS).await?;
        let now = self.0.link.clock.latest();
        match found {
            Some(found) => Ok(!State::read(found, false)?.has_ended(now)),
            None => Ok(false),
        }
    }

    async fn set(
        &self,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        let change = Change {
            document: self.0.names.entry(key.as_bytes()),
            content: Content::Entry(value, options.ttl.map_or(Stay::Forever, Stay::For)),
            condition: Condition::Any,
        };
        let expires = change.expires();
        let ended = match &options.expected {
            Expected::Any => {
                self.0.commit(change).await?;
                return Ok(Conditional::Done(None));
            }
            Expected::Absent => self.0.if_absent(change).await?,
            Expected::Version(version) => self.0.if_version(change, version).await?,
        };
        Ok(match ended {
            Conditional::Done(updated) => {
                Conditional::Done(Some(Mark { updated, expires }.version()))
            }
            Conditional::Stale(current) => Conditional::Stale(current),
        })
    }

    async fn delete(&self, key: &str, expected: Expected) -> Result<Conditional<()>> {
        let document = self.0.names.entry(key.as_bytes());
        let change = Change::remove(document, Condition::Any);
        match &expected {
            Expected::Version(version) => Ok(match self.0.if_version(change, version).await? {
                Conditional::Done(_) => Conditional::Done(()),
                Conditional::Stale(current) => Conditional::Stale(current),
            }),
            // `Absent` never comes; removing what must be absent is no change.
            Expected::Any | Expected::Absent => {
                self.0.commit(change).await?;
                Ok(Conditional::Done(()))
            }
        }
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        list::page(&self.0, &request).await
    }

    async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        let document = self.0.names.entry(key.as_bytes());
        self.0.current(&document).await
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        counter::increment(&self.0, key, delta).await
    }

    async fn get_many(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        batch::get_many(&self.0, keys).await
    }

    async fn set_many(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        batch::set_many(&self.0, entries).await
    }

    async fn delete_many(&self, keys: &[String]) -> Vec<Result<()>> {
        batch::delete_many(&self.0, keys).await
    }
}
