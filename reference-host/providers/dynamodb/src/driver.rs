//! One store: every call is one request, but for batches, long lists, and counters
//! that have ended.
//!
//! Owns the meaning of arguments and replies. Must not know how a request is tried,
//! nor check what the portable layer has checked.

use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_dynamodb::operation::delete_item::DeleteItemError;
use aws_sdk_dynamodb::operation::put_item::PutItemError;
use aws_sdk_dynamodb::types::ReturnValuesOnConditionCheckFailure::AllOld;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::keyvalue::{
    Conditional, Driver, Entry, Expected, KeyPage, ListRequest, SetOptions, Version,
};

use crate::clock::{Clock, Moment};
use crate::error::translate;
use crate::link::{Service, read, write};
use crate::namespace::Registration;
use crate::record::{self, Item, NewEntry};

pub(crate) use list::clear;

mod batch;
mod counter;
mod list;

/// A store of an open scope.
#[derive(Debug)]
pub(crate) struct Store {
    place: Place,
    registration: Arc<Registration>,
}

/// Where the entries of a store lie. Cheap to hand to a write that outlives its
/// caller.
#[derive(Debug, Clone)]
struct Place {
    service: Arc<Service>,
    partition: Arc<str>,
}

/// A condition on the item that a write replaces.
#[derive(Debug, Clone)]
enum Condition {
    /// The key is absent, or has ended by now.
    Absent(Moment),
    /// The key is present now, with this version.
    Version(Version, Moment),
}

impl Condition {
    fn expression(&self) -> &'static str {
        match self {
            Self::Absent(_) => "attribute_not_exists(k) OR e <= :now",
            Self::Version(..) => "r = :version AND (attribute_not_exists(e) OR e > :now)",
        }
    }

    fn values(&self) -> Item {
        let (now, version) = match self {
            Self::Absent(now) => (now, None),
            Self::Version(version, now) => (now, Some(version)),
        };
        let mut values = Item::with_capacity(2);
        values.insert(":now".to_owned(), record::number(now.0));
        if let Some(version) = version {
            values.insert(":version".to_owned(), record::text(version.as_str()));
        }
        values
    }

    fn now(&self) -> Moment {
        match self {
            Self::Absent(now) | Self::Version(_, now) => *now,
        }
    }
}

impl Store {
    pub(crate) fn new(
        service: Arc<Service>,
        registration: Arc<Registration>,
        partition: String,
    ) -> Self {
        let partition = partition.into();
        let place = Place { service, partition };
        Self {
            place,
            registration,
        }
    }

    /// What a write needs to know of the time, and asks of the key.
    async fn asked(&self, expected: Expected) -> Result<Asked> {
        match expected {
            Expected::Any => Ok(Asked::Nothing),
            Expected::Version(version) if !record::may_be_version(&version) => {
                Ok(Asked::Impossible)
            }
            Expected::Version(version) => {
                let now = self.synced().await?.now();
                Ok(Asked::For(Condition::Version(version, now)))
            }
            Expected::Absent => Ok(Asked::For(Condition::Absent(self.synced().await?.now()))),
        }
    }

    /// The service's clock, good enough to go by.
    async fn synced(&self) -> Result<&Clock> {
        self.place.service.sync().await?;
        Ok(&self.place.service.clock)
    }
}

/// What a write asks of the key.
enum Asked {
    Nothing,
    For(Condition),
    /// A version that no key has, since it is none of ours. It is not sent: what is
    /// left to find out is the state of the key.
    Impossible,
}

impl Place {
    async fn find(&self, key: &str, attributes: &str) -> Result<Option<Item>> {
        let request = || {
            let client = &self.service.client;
            client
                .get_item()
                .table_name(&self.service.table)
                .set_key(Some(record::key(&self.partition, key.as_bytes())))
                .projection_expression(attributes)
                .consistent_read(true)
                .send()
        };
        let answer = read(request).await.map_err(translate)?;
        match answer.item {
            // After the answer: it tells the time.
            Some(found) => record::live(found, self.service.clock.now()),
            None => Ok(None),
        }
    }

    async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        let found = self.find(key, "v, n, r, e").await?;
        let now = self.service.clock.now();
        found.map(|found| record::entry(found, now)).transpose()
    }

    /// The entry that came with a condition that failed. Where none came, the
    /// key is absent; where it was to be absent, the service does not send it.
    async fn stale(
        &self,
        found: Option<Item>,
        condition: &Condition,
        key: &Bytes,
    ) -> Result<Option<Entry>> {
        let now = condition.now();
        match found {
            Some(found) => match record::live(found, now)? {
                Some(found) => record::entry(found, now).map(Some),
                None => Ok(None),
            },
            None => match condition {
                Condition::Version(..) => Ok(None),
                // Keys of ours are texts.
                Condition::Absent(_) => match std::str::from_utf8(key) {
                    Ok(key) => self.entry(key).await,
                    Err(_) => Ok(None),
                },
            },
        }
    }

    async fn put(
        self,
        new: NewEntry,
        condition: Option<Condition>,
    ) -> Result<Conditional<Option<Version>>> {
        let request = || {
            let client = &self.service.client;
            let mut put = client
                .put_item()
                .table_name(&self.service.table)
                .set_item(Some(new.item(&self.partition)));
            if let Some(condition) = &condition {
                put = put
                    .condition_expression(condition.expression())
                    .set_expression_attribute_values(Some(condition.values()))
                    .return_values_on_condition_check_failure(AllOld);
            }
            put.send()
        };
        let error = match write(request).await {
            Ok(_) => return Ok(Conditional::Done(condition.map(|_| new.version))),
            Err(error) => error,
        };
        match (error.as_service_error(), condition) {
            (Some(PutItemError::ConditionalCheckFailedException(_)), Some(condition)) => {
                let found = match error.into_service_error() {
                    PutItemError::ConditionalCheckFailedException(failed) => failed.item,
                    _ => None,
                };
                let stale = self.stale(found, &condition, &new.key).await?;
                Ok(Conditional::Stale(stale))
            }
            _ => Err(translate(error)),
        }
    }

    async fn remove(self, key: Bytes, condition: Option<Condition>) -> Result<Conditional<()>> {
        let request = || {
            let client = &self.service.client;
            let mut delete = client
                .delete_item()
                .table_name(&self.service.table)
                .set_key(Some(record::key(&self.partition, &key)));
            if let Some(condition) = &condition {
                delete = delete
                    .condition_expression(condition.expression())
                    .set_expression_attribute_values(Some(condition.values()))
                    .return_values_on_condition_check_failure(AllOld);
            }
            delete.send()
        };
        let error = match write(request).await {
            Ok(_) => return Ok(Conditional::Done(())),
            Err(error) => error,
        };
        match (error.as_service_error(), condition) {
            (Some(DeleteItemError::ConditionalCheckFailedException(_)), Some(condition)) => {
                let found = match error.into_service_error() {
                    DeleteItemError::ConditionalCheckFailedException(failed) => failed.item,
                    _ => None,
                };
                let stale = self.stale(found, &condition, &key).await?;
                Ok(Conditional::Stale(stale))
            }
            _ => Err(translate(error)),
        }
    }
}

#[async_trait]
impl Driver for Store {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        match self.place.find(key, "v, n, e").await? {
            Some(mut found) => record::value(&mut found).map(Some),
            None => Ok(None),
        }
    }

    async fn exists(&self, key: &str) -> Result<bool> {
        Ok(self.place.find(key, "r, e").await?.is_some())
    }

    async fn set(
        &self,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        let condition = match self.asked(options.expected).await? {
            Asked::Nothing => None,
            Asked::For(condition) => Some(condition),
            Asked::Impossible => return self.entry(key).await.map(Conditional::Stale),
        };
        let new = NewEntry {
            key: Bytes::copy_from_slice(key.as_bytes()),
            value,
            version: record::fresh_version(),
            end: match options.ttl {
                Some(ttl) => Some(self.synced().await?.deadline(ttl)?),
                None => None,
            },
        };
        let put = self.place.clone().put(new, condition);
        self.registration.run(put).await
    }

    async fn delete(&self, key: &str, expected: Expected) -> Result<Conditional<()>> {
        // `Absent` never comes; removing what must be absent is no change.
        let expected = match expected {
            Expected::Absent => Expected::Any,
            expected => expected,
        };
        let condition = match self.asked(expected).await? {
            Asked::Nothing => None,
            Asked::For(condition) => Some(condition),
            Asked::Impossible => return self.entry(key).await.map(Conditional::Stale),
        };
        let key = Bytes::copy_from_slice(key.as_bytes());
        let remove = self.place.clone().remove(key, condition);
        self.registration.run(remove).await
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        self.page(request).await
    }

    async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        self.place.entry(key).await
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        self.synced().await?;
        let key = Bytes::copy_from_slice(key.as_bytes());
        let add = self.place.clone().add(key, delta);
        self.registration.run(add).await
    }

    async fn get_many(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        self.read_all(keys).await
    }

    async fn set_many(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        self.write_all(entries).await
    }

    async fn delete_many(&self, keys: &[String]) -> Vec<Result<()>> {
        self.remove_all(keys).await
    }
}
