//! One store. A call is one request where it sets no condition; with one it reads
//! the entity's mark first, and writes if the mark is still the same.
//!
//! The mark (ETag) is the service's: it decides. The version that a guest sees is
//! ours and lies in the entity, since a mark is a time stamp, which an emulator may
//! give twice, and since a guest may make up a text that equals one.

use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{
    Conditional, Driver, Entry, Expected, KeyPage, ListRequest, SetOptions, Version,
};
use cloud_contract::{Error, ErrorKind, Result};

use crate::error::unexpected_reply;
use crate::link::Answer;
use crate::names::{Place, Space};
use crate::namespace::Registration;
use crate::record::{Found, Moment, Select, body};
use crate::table::{Condition, Table};

mod batch;
mod counter;
mod list;
mod sweep;

pub(crate) use batch::each;

/// How often an unconditional write is made again that an emulator refused
/// because two of them met, which changes nothing.
const UPSERT_ATTEMPTS: u32 = 10;

/// A store of an open scope.
#[derive(Debug)]
pub(crate) struct Store {
    table: Arc<Table>,
    registration: Arc<Registration>,
    space: Space,
}

impl Store {
    pub(crate) fn new(table: Arc<Table>, registration: Arc<Registration>, space: Space) -> Self {
        Self {
            table,
            registration,
            space,
        }
    }

    fn place(&self, key: &str) -> Place {
        self.space.place(key.as_bytes())
    }

    /// Writes whatever there is.
    async fn upsert(&self, place: &Place, end: Option<Moment>, value: &[u8]) -> Result<String> {
        let version = self.table.version();
        let body = body(place, &version, end, value);
        for _ in 0..UPSERT_ATTEMPTS {
            let held = self.registration.hold().await?;
            let write = self
                .table
                .replace(place, body.clone(), Condition::None, held);
            match write.await? {
                Answer::Done(_) => return Ok(version),
                Answer::Absent | Answer::Exists => {}
                Answer::Changed => return Err(unexpected_reply()),
            }
        }
        Err(throttled())
    }

    /// Writes over the entity with this mark. None if it is no longer there.
    async fn replace(
        &self,
        place: &Place,
        found: &Found,
        end: Option<Moment>,
        value: &[u8],
    ) -> Result<Option<String>> {
        let version = self.table.version();
        let body = body(place, &version, end, value);
        let held = self.registration.hold().await?;
        let mark = Condition::Mark(&found.etag);
        match self.table.replace(place, body, mark, held).await? {
            Answer::Done(_) => Ok(Some(version)),
            Answer::Absent | Answer::Changed => Ok(None),
            Answer::Exists => Err(unexpected_reply()),
        }
    }

    /// Writes where there is no entity. None if there is one.
    async fn insert(
        &self,
        place: &Place,
        end: Option<Moment>,
        value: &[u8],
    ) -> Result<Option<String>> {
        let version = self.table.version();
        let body = body(place, &version, end, value);
        let held = self.registration.hold().await?;
        match self.table.insert(body, held).await? {
            Answer::Done(_) => Ok(Some(version)),
            Answer::Exists => Ok(None),
            Answer::Absent | Answer::Changed => Err(unexpected_reply()),
        }
    }

    /// Writes if the key is absent.
    async fn create(
        &self,
        place: &Place,
        end: Option<Moment>,
        value: &[u8],
    ) -> Result<Conditional<Option<Version>>> {
        loop {
            if let Some(version) = self.insert(place, end, value).await? {
                return Ok(Conditional::Done(Some(version.into())));
            }
            let Some(found) = self.table.read(place, Select::Everything).await? else {
                continue;
            };
            if !self.table.has_ended(found.end).await {
                return Ok(Conditional::Stale(Some(self.to_entry(&found)?)));
            }
            if let Some(version) = self.replace(place, &found, end, value).await? {
                return Ok(Conditional::Done(Some(version.into())));
            }
        }
    }

    /// The entity with the expected version; none if the key is in another state,
    /// which never becomes that one again.
    async fn expected(&self, place: &Place, version: &Version) -> Result<Option<Found>> {
        let found = self.table.read_alive(place, Select::State).await?;
        Ok(found.filter(|found| found.version == version.as_str()))
    }

    /// What there is in place of an expected version.
    async fn stale<T>(&self, place: &Place) -> Result<Conditional<T>> {
        let found = self.table.read_alive(place, Select::Everything).await?;
        let entry = found.map(|found| self.to_entry(&found)).transpose()?;
        Ok(Conditional::Stale(entry))
    }

    fn to_entry(&self, found: &Found) -> Result<Entry> {
        let remaining = found.end.map(|end| {
            let left = end.saturating_sub(self.table.passed());
            // It was alive a moment ago.
            std::time::Duration::from_micros(u64::try_from(left).unwrap_or(0).max(1))
        });
        Ok(Entry {
            value: found.value()?,
            version: found.version.as_str().into(),
            remaining,
        })
    }
}

fn throttled() -> Error {
    ErrorKind::Throttled { retry_after: None }.into()
}

#[async_trait]
impl Driver for Store {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let place = self.place(key);
        let found = self.table.read_alive(&place, Select::Everything).await?;
        found.map(|found| found.value()).transpose()
    }

    async fn exists(&self, key: &str) -> Result<bool> {
        let place = self.place(key);
        let found = self.table.read_alive(&place, Select::End).await?;
        Ok(found.is_some())
    }

    async fn set(
        &self,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        let place = self.place(key);
        let end = match options.ttl {
            Some(ttl) => {
                self.sweep();
                Some(self.table.end_of(ttl).await?)
            }
            None => None,
        };
        match &options.expected {
            Expected::Any => {
                let version = self.upsert(&place, end, &value).await?;
                Ok(Conditional::Done(Some(version.into())))
            }
            Expected::Absent => self.create(&place, end, &value).await,
            Expected::Version(version) => {
                let Some(found) = self.expected(&place, version).await? else {
                    return self.stale(&place).await;
                };
                match self.replace(&place, &found, end, &value).await? {
                    Some(version) => Ok(Conditional::Done(Some(version.into()))),
                    None => self.stale(&place).await,
                }
            }
        }
    }

    async fn delete(&self, key: &str, expected: Expected) -> Result<Conditional<()>> {
        let place = self.place(key);
        let found = match &expected {
            Expected::Version(version) => match self.expected(&place, version).await? {
                Some(found) => Some(found),
                None => return self.stale(&place).await,
            },
            // `Absent` never comes; removing what must be absent is no change.
            Expected::Any | Expected::Absent => None,
        };
        let condition = match &found {
            Some(found) => Condition::Mark(&found.etag),
            None => Condition::Present,
        };
        let held = self.registration.hold().await?;
        match self.table.remove(&place, condition, held).await? {
            Answer::Done(_) => Ok(Conditional::Done(())),
            Answer::Absent if found.is_none() => Ok(Conditional::Done(())),
            Answer::Absent | Answer::Changed if found.is_some() => self.stale(&place).await,
            _ => Err(unexpected_reply()),
        }
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        self.list_keys(request).await
    }

    async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        let place = self.place(key);
        let found = self.table.read_alive(&place, Select::Everything).await?;
        found.map(|found| self.to_entry(&found)).transpose()
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        self.add(key, delta).await
    }

    async fn get_many(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        each(keys, |key| self.get(key)).await
    }

    async fn set_many(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        each(entries, |(key, value)| async move {
            self.upsert(&self.place(key), None, value).await.map(drop)
        })
        .await
    }

    async fn delete_many(&self, keys: &[String]) -> Vec<Result<()>> {
        each(keys, |key| async move {
            self.delete(key, Expected::Any).await.map(drop)
        })
        .await
    }
}
