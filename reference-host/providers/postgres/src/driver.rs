//! One store: every call is one statement, batches and rare races excepted.
//!
//! Owns the meaning of arguments and replies. Must not know how connections are kept,
//! nor check what the portable layer has checked.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{
    Conditional, Driver, Entry, Expected, KeyPage, ListRequest, SetOptions, Version, counter,
};
use cloud_contract::{Error, ErrorKind, Result};
use tokio_postgres::Row;

use crate::error::unexpected_reply;
use crate::link::Pool;
use crate::sql::Sql;
use crate::sweeper::Sweeper;
use crate::version::Mark;

mod batch;

/// How often a counter is looked at whose value changes between two statements from
/// one that cannot be added to into one that can.
const LOOKS: usize = 8;

/// A store of an open scope.
#[derive(Debug)]
pub(crate) struct Store {
    pool: Arc<Pool>,
    sweeper: Arc<Sweeper>,
    number: i64,
}

impl Store {
    pub(crate) fn new(pool: Arc<Pool>, sweeper: Arc<Sweeper>, number: i64) -> Self {
        Self {
            pool,
            sweeper,
            number,
        }
    }

    /// What a conditional statement returned, with the state that was expected.
    async fn outcome(
        &self,
        key: &str,
        rows: &[Row],
        expected: Option<Mark>,
    ) -> Result<Conditional<Mark>> {
        if let Some(row) = rows.first() {
            let done: bool = column(row, 0)?;
            let mark: Mark = column(row, 1)?;
            if done {
                return Ok(Conditional::Done(mark));
            }
            if expected != Some(mark) {
                return Ok(Conditional::Stale(Some(entry(row, 2, mark, 3)?)));
            }
        } else if expected.is_some() {
            return Ok(Conditional::Stale(None));
        }
        // Somebody changed the entry while the statement ran, and it shows the state
        // before. What is there now is as good an answer.
        Ok(Conditional::Stale(self.entry(key).await?))
    }
}

/// Up, so that no key ends early.
fn whole_microseconds(ttl: Duration) -> i64 {
    i64::try_from(ttl.as_nanos().div_ceil(1_000)).unwrap_or(i64::MAX)
}

fn column<'a, T: tokio_postgres::types::FromSql<'a>>(row: &'a Row, place: usize) -> Result<T> {
    row.try_get(place).map_err(|_| unexpected_reply())
}

fn bytes(row: &Row, place: usize) -> Result<Bytes> {
    column(row, place).map(Bytes::copy_from_slice)
}

/// An entry out of the columns of its value and the microseconds that are left.
fn entry(row: &Row, value: usize, mark: Mark, left: usize) -> Result<Entry> {
    let left: Option<i64> = column(row, left)?;
    Ok(Entry {
        value: bytes(row, value)?,
        version: mark.version(),
        // Less than a microsecond is left of what shows none, and it is there still.
        remaining: left.map(|left| Duration::from_micros(left.max(1).unsigned_abs())),
    })
}

/// Where a list begins or goes on, and the first bytes behind its end.
fn bounds(request: &ListRequest<'_>) -> Result<(Vec<u8>, Vec<u8>)> {
    let prefix = request.prefix.as_bytes();
    let first = match request.after {
        // The bytes that follow next.
        Some(after) if after.starts_with(prefix) => [after, b"\0"].concat(),
        Some(_) => return Err(Error::invalid("cursor: not issued for this list")),
        None => prefix.to_vec(),
    };
    // No UTF-8 text has the byte 0xff, so every key with the prefix comes before.
    Ok((first, [prefix, b"\xff"].concat()))
}

#[async_trait]
impl Driver for Store {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        let rows = self
            .pool
            .query(Sql::Get, &[&self.number, &key.as_bytes()])
            .await?;
        rows.first().map(|row| bytes(row, 0)).transpose()
    }

    async fn exists(&self, key: &str) -> Result<bool> {
        let rows = self
            .pool
            .query(Sql::Exists, &[&self.number, &key.as_bytes()])
            .await?;
        Ok(!rows.is_empty())
    }

    async fn set(
        &self,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        let bytes = key.as_bytes();
        let value = value.as_ref();
        let ttl = options.ttl.map(whole_microseconds);
        let outcome = match options.expected {
            Expected::Any => {
                let written = [&self.number as _, &bytes as _, &value as _, &ttl as _];
                self.pool.query(Sql::Set, &written).await?;
                Conditional::Done(None)
            }
            Expected::Absent => {
                let written = [&self.number as _, &bytes as _, &value as _, &ttl as _];
                let rows = self.pool.query(Sql::SetAbsent, &written).await?;
                shown(self.outcome(key, &rows, None).await?)
            }
            Expected::Version(version) => match Mark::read(&version) {
                Some(mark) => {
                    let written = [
                        &self.number as _,
                        &bytes as _,
                        &value as _,
                        &ttl as _,
                        &mark as _,
                    ];
                    let rows = self.pool.query(Sql::SetVersion, &written).await?;
                    shown(self.outcome(key, &rows, Some(mark)).await?)
                }
                // No entry has it.
                None => Conditional::Stale(self.entry(key).await?),
            },
        };
        if ttl.is_some() {
            self.sweeper.wrote();
        }
        Ok(outcome)
    }

    async fn delete(&self, key: &str, expected: Expected) -> Result<Conditional<()>> {
        let bytes = key.as_bytes();
        let expected = match &expected {
            Expected::Version(version) => match Mark::read(version) {
                Some(mark) => Some(mark),
                None => return Ok(Conditional::Stale(self.entry(key).await?)),
            },
            // `Absent` never comes; removing what must be absent is no change.
            Expected::Any | Expected::Absent => None,
        };
        let Some(mark) = expected else {
            self.pool
                .query(Sql::Delete, &[&self.number, &bytes])
                .await?;
            return Ok(Conditional::Done(()));
        };
        let rows = self
            .pool
            .query(Sql::DeleteVersion, &[&self.number, &bytes, &mark])
            .await?;
        match self.outcome(key, &rows, Some(mark)).await? {
            Conditional::Done(_) => Ok(Conditional::Done(())),
            Conditional::Stale(entry) => Ok(Conditional::Stale(entry)),
        }
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        let (first, end) = bounds(&request)?;
        // One more than the page holds tells whether the list goes on.
        let wanted = i64::try_from(request.limit)
            .unwrap_or(i64::MAX)
            .saturating_add(1);
        let rows = self
            .pool
            .query(Sql::List, &[&self.number, &first, &end, &wanted])
            .await?;
        let mut keys = Vec::with_capacity(rows.len().min(request.limit));
        for row in rows.iter().take(request.limit) {
            let key: &[u8] = column(row, 0)?;
            let key = std::str::from_utf8(key).map_err(|_| unexpected_reply())?;
            keys.push(key.to_owned());
        }
        let next = (rows.len() > request.limit)
            .then(|| keys.last().map(|key| key.as_bytes().to_vec()))
            .flatten();
        Ok(KeyPage { keys, next })
    }

    async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        let rows = self
            .pool
            .query(Sql::Entry, &[&self.number, &key.as_bytes()])
            .await?;
        let read = |row| entry(row, 0, column(row, 1)?, 2);
        rows.first().map(read).transpose()
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        for _ in 0..LOOKS {
            let written = [&self.number as _, &key.as_bytes() as _, &delta as _];
            let rows = self.pool.query(Sql::Increment, &written).await?;
            if let Some(row) = rows.first() {
                return column(row, 0);
            }
            // It was refused, and nothing was changed. The value tells why.
            counter::add(self.get(key).await?.as_deref(), delta)?;
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

fn shown(outcome: Conditional<Mark>) -> Conditional<Option<Version>> {
    match outcome {
        Conditional::Done(mark) => Conditional::Done(Some(mark.version())),
        Conditional::Stale(entry) => Conditional::Stale(entry),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_rounded_so_that_no_key_ends_early() {
        let rounded = |nanoseconds| whole_microseconds(Duration::from_nanos(nanoseconds));
        assert_eq!(rounded(1_000_000), 1_000);
        assert_eq!(rounded(1_000_001), 1_001);
        assert_eq!(rounded(1_001_000), 1_001);
    }

    #[test]
    fn a_range_holds_the_keys_of_its_prefix_only() {
        let request = |prefix, after| ListRequest {
            prefix,
            after,
            limit: 1,
        };
        let whole = bounds(&request("", None)).unwrap();
        assert_eq!(whole, (b"".to_vec(), b"\xff".to_vec()));
        let some = bounds(&request("a", Some(b"ab"))).unwrap();
        assert_eq!(some, (b"ab\0".to_vec(), b"a\xff".to_vec()));
        assert!(bounds(&request("a", Some(b"b"))).is_err());
    }
}
