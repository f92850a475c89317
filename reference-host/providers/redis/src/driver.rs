//! One store: every call is one request, batches and long lists excepted.
//!
//! Owns the meaning of arguments and replies. Must not know how a connection is
//! kept, nor check what the portable layer has checked.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{
    Conditional, Driver, Entry, Expected, KeyPage, ListRequest, SetOptions, Version,
};
use cloud_contract::{Error, ErrorKind, Result};
use redis::{Cmd, Value};

use crate::error::unexpected_reply;
use crate::link::{Link, Live};
use crate::namespace::{Registration, StoreKeys};
use crate::scripts::{DONE, Joined, NO_STORE, OUT_OF_RANGE, SCRIPTS, WRONG_TYPE};

use reply::{done, entry, text, value};

mod batch;
mod reply;

/// How many ended keys one request of a list clears away at most.
const CLEAR_AT_ONCE: usize = 500;

/// A store of an open scope.
#[derive(Debug)]
pub(crate) struct Store {
    link: Arc<Link>,
    registration: Arc<Registration>,
    keys: StoreKeys,
}

impl Store {
    pub(crate) fn new(link: Arc<Link>, registration: Arc<Registration>, keys: StoreKeys) -> Self {
        Self {
            link,
            registration,
            keys,
        }
    }

    async fn read(&self, cmd: &Cmd) -> Result<Value> {
        let live = self.link.live().await?;
        self.link.send(&live, cmd).await
    }

    async fn call(&self, cmd: &Cmd) -> Result<Value> {
        let live = self.link.live().await?;
        self.link.call(&live, cmd).await
    }

    /// A script call that needs the store to exist. It is made again after the
    /// store was created again, which is safe: the first one did nothing.
    async fn write(&self, cmd: impl Fn(&Live) -> Cmd) -> Result<Value> {
        for _ in 0..2 {
            let renewals = self.registration.renewals();
            let live = self.link.live().await?;
            let answer = self.link.call(&live, &cmd(&live)).await?;
            if answer != Value::Int(NO_STORE) {
                return Ok(answer);
            }
            self.registration.renew(&self.link, renewals).await?;
        }
        Err(ErrorKind::NotFound.into())
    }

    /// Bytes that the names of a call's keys and its key take, about.
    fn room(&self, key: &str) -> usize {
        4 * self.keys.entry.len() + 2 * key.len()
    }

    fn get_cmd(&self, key: &str) -> Cmd {
        let mut cmd = Cmd::with_capacity(3, self.keys.entry.len() + key.len() + 8);
        cmd.arg("HGET").arg(self.keys.entry(key)).arg("v");
        cmd
    }

    fn set_cmd(&self, live: &Live, key: &str, value: &[u8], options: &SetOptions) -> Cmd {
        let mut cmd = SCRIPTS
            .set
            .call(4, 9, self.room(key) + value.len() + 2 * 24);
        cmd.arg(self.keys.entry(key))
            .arg(&self.keys.index)
            .arg(&self.keys.ends)
            .arg(&self.keys.sequence)
            .arg(key)
            .arg(value)
            .arg(live.mark())
            .arg(options.ttl.map_or(0, whole_milliseconds));
        match &options.expected {
            Expected::Any => cmd.arg(""),
            Expected::Absent => cmd.arg("-"),
            Expected::Version(version) => cmd.arg(Joined("=", version)),
        };
        cmd
    }

    fn delete_cmd(&self, key: &str, expected: Option<&Version>) -> Cmd {
        let mut cmd = SCRIPTS.delete.call(3, 5, self.room(key) + 24);
        cmd.arg(self.keys.entry(key))
            .arg(&self.keys.index)
            .arg(&self.keys.ends)
            .arg(key);
        match expected {
            None => cmd.arg(""),
            Some(version) => cmd.arg(Joined("=", version)),
        };
        cmd
    }
}

/// Up, so that no key ends early; limits keep it far below 2^53.
fn whole_milliseconds(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_nanos().div_ceil(1_000_000)).unwrap_or(u64::MAX)
}

/// Where a list begins or goes on, and where it ends, as `ZRANGEBYLEX` takes it.
fn bounds(request: &ListRequest<'_>) -> Result<(Vec<u8>, Vec<u8>)> {
    let prefix = request.prefix.as_bytes();
    let first = match request.after {
        Some(after) if after.starts_with(prefix) => [b"(", after].concat(),
        Some(_) => return Err(Error::invalid("cursor: not issued for this list")),
        None if prefix.is_empty() => b"-".to_vec(),
        None => [b"[", prefix].concat(),
    };
    // No UTF-8 text has the byte 0xff, so every key with the prefix comes before.
    let last = if prefix.is_empty() {
        b"+".to_vec()
    } else {
        [b"(", prefix, b"\xff"].concat()
    };
    Ok((first, last))
}

#[async_trait]
impl Driver for Store {
    async fn get(&self, key: &str) -> Result<Option<Bytes>> {
        value(self.read(&self.get_cmd(key)).await?)
    }

    async fn exists(&self, key: &str) -> Result<bool> {
        let mut cmd = Cmd::with_capacity(2, self.keys.entry.len() + key.len() + 8);
        cmd.arg("EXISTS").arg(self.keys.entry(key));
        match self.read(&cmd).await? {
            Value::Int(count) => Ok(count == 1),
            _ => Err(unexpected_reply()),
        }
    }

    async fn set(
        &self,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        let answer = self
            .write(|live| self.set_cmd(live, key, &value, &options))
            .await?;
        match answer {
            Value::Int(DONE) => Ok(Conditional::Done(None)),
            Value::BulkString(version) => {
                Ok(Conditional::Done(Some(Version::from(text(&version)?))))
            }
            Value::Array(state) => Ok(Conditional::Stale(entry(state)?)),
            _ => Err(unexpected_reply()),
        }
    }

    async fn delete(&self, key: &str, expected: Expected) -> Result<Conditional<()>> {
        let expected = match &expected {
            Expected::Version(version) => Some(version),
            // `Absent` never comes; removing what must be absent is no change.
            Expected::Any | Expected::Absent => None,
        };
        match self.call(&self.delete_cmd(key, expected)).await? {
            Value::Int(DONE) => Ok(Conditional::Done(())),
            Value::Array(state) => Ok(Conditional::Stale(entry(state)?)),
            _ => Err(unexpected_reply()),
        }
    }

    async fn list(&self, request: ListRequest<'_>) -> Result<KeyPage> {
        let (mut first, last) = bounds(&request)?;
        let mut keys: Vec<String> = Vec::new();
        // One more than the page holds tells whether the list goes on. Where many
        // keys have ended since the last look, a request may find few that live;
        // each of them clears some away for good, so this ends.
        loop {
            let wanted = request.limit + 1 - keys.len();
            let mut cmd = SCRIPTS.list.call(2, 7, self.room("") + first.len() + 64);
            cmd.arg(&self.keys.index)
                .arg(&self.keys.ends)
                .arg(&self.keys.entry)
                .arg(&first)
                .arg(&last)
                .arg(wanted)
                .arg(CLEAR_AT_ONCE);
            let Value::Array(found) = self.call(&cmd).await? else {
                return Err(unexpected_reply());
            };
            let mut found = found.into_iter();
            let Some(Value::BulkString(place)) = found.next() else {
                return Err(unexpected_reply());
            };
            keys.reserve(found.len());
            for key in found {
                match key {
                    Value::BulkString(key) => {
                        keys.push(String::from_utf8(key).map_err(|_| unexpected_reply())?);
                    }
                    _ => return Err(unexpected_reply()),
                }
            }
            if keys.len() > request.limit {
                keys.truncate(request.limit);
                let next = keys.last().map(|key| key.as_bytes().to_vec());
                return Ok(KeyPage { keys, next });
            }
            if place.is_empty() {
                return Ok(KeyPage { keys, next: None });
            }
            first = [b"(", place.as_slice()].concat();
        }
    }

    async fn entry(&self, key: &str) -> Result<Option<Entry>> {
        let mut cmd = SCRIPTS.entry.call(1, 1, self.keys.entry.len() + key.len());
        cmd.arg(self.keys.entry(key));
        match self.call(&cmd).await? {
            Value::Array(state) => entry(state),
            _ => Err(unexpected_reply()),
        }
    }

    async fn increment(&self, key: &str, delta: i64) -> Result<i64> {
        let answer = self
            .write(|live| {
                let mut cmd = SCRIPTS.increment.call(4, 7, self.room(key) + 32);
                cmd.arg(self.keys.entry(key))
                    .arg(&self.keys.index)
                    .arg(&self.keys.ends)
                    .arg(&self.keys.sequence)
                    .arg(key)
                    .arg(delta)
                    .arg(live.mark());
                cmd
            })
            .await?;
        match answer {
            Value::BulkString(sum) => text(&sum)?.parse().map_err(|_| unexpected_reply()),
            Value::Int(WRONG_TYPE) => Err(ErrorKind::WrongType.into()),
            Value::Int(OUT_OF_RANGE) => Err(ErrorKind::OutOfRange.into()),
            _ => Err(unexpected_reply()),
        }
    }

    async fn get_many(&self, keys: &[String]) -> Vec<Result<Option<Bytes>>> {
        self.batch(keys, |_, key| self.get_cmd(key), |_| 0, value)
            .await
    }

    async fn set_many(&self, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        let options = SetOptions::default();
        self.batch(
            entries,
            |live, (key, value)| self.set_cmd(live, key, value, &options),
            |(_, value)| value.len(),
            done,
        )
        .await
    }

    async fn delete_many(&self, keys: &[String]) -> Vec<Result<()>> {
        self.batch(keys, |_, key| self.delete_cmd(key, None), |_| 0, done)
            .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lifetimes_are_rounded_so_that_no_key_ends_early() {
        let rounded = |nanoseconds| whole_milliseconds(Duration::from_nanos(nanoseconds));
        assert_eq!(rounded(1_000_000), 1);
        assert_eq!(rounded(1_000_001), 2);
        assert_eq!(rounded(1_999_999), 2);
    }

    #[test]
    fn a_range_holds_the_keys_of_its_prefix_only() {
        let request = |prefix, after| ListRequest {
            prefix,
            after,
            limit: 1,
        };
        let whole = bounds(&request("", None)).unwrap();
        assert_eq!(whole, (b"-".to_vec(), b"+".to_vec()));
        let some = bounds(&request("a", Some(b"ab"))).unwrap();
        assert_eq!(some, (b"(ab".to_vec(), b"(a\xff".to_vec()));
        assert!(bounds(&request("a", Some(b"b"))).is_err());
    }
}
