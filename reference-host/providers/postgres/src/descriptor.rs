//! What this provider declares, and what the service tells about itself.

use std::borrow::Cow;
use std::time::Duration;

use cloud_contract::{Descriptor, Durability, ErrorKind, Limit, Result, feature, limit};
use tokio_postgres::Row;

use crate::error::unexpected_reply;

/// The provider's id.
pub(crate) const NAME: &str = "postgres";

/// An entry of an index takes a third of a page of 8 KiB, about 2,700 bytes.
const KEY_MAX_BYTES: u64 = 2 * 1024;
/// PostgreSQL takes values of 1 GB; one connection carries many calls, and a value
/// of 16 MiB keeps the others waiting for about 100 ms.
const VALUE_MAX_BYTES: u64 = 16 * 1024 * 1024;
const PAGE_MAX_KEYS: u64 = 1_000;
const BATCH_MAX_ITEMS: u64 = 1_000;
const TTL_MIN: Duration = Duration::from_millis(1);
const TTL_MAX: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
/// Times are rounded to microseconds; the rest is for the pace of two clocks.
const TTL_LATENESS: Duration = Duration::from_millis(10);
/// The first version that makes UUIDs by itself.
const OLDEST: i32 = 130_000;

/// What the service says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) version: String,
    number: i32,
    /// The value of `synchronous_commit`.
    pub(crate) commit: String,
    fsync: bool,
    pub(crate) has_schema: bool,
    /// None if there is no table yet; whether it is logged, as one of ours is.
    pub(crate) table: Option<bool>,
}

impl Facts {
    /// Reads the row of `facts.sql`.
    pub(crate) fn read(row: &Row) -> Result<Self> {
        let read = || -> std::result::Result<Self, tokio_postgres::Error> {
            Ok(Self {
                version: row.try_get(0)?,
                number: row.try_get(1)?,
                commit: row.try_get(2)?,
                fsync: row.try_get(3)?,
                has_schema: row.try_get(4)?,
                table: row.try_get(5)?,
            })
        };
        let facts = read().map_err(|_| unexpected_reply())?;
        if facts.number < OLDEST {
            let text = "the service is too old: it must be PostgreSQL 13 or later";
            return Err(ErrorKind::Other(Cow::Borrowed(text)).into());
        }
        // It stands in the text of a statement later.
        if facts
            .commit
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte == b'_')
        {
            Ok(facts)
        } else {
            Err(unexpected_reply())
        }
    }

    /// Whether an answer to a write means that it survives the service.
    fn durable(&self) -> bool {
        self.commit != "off" && self.fsync && self.table != Some(false)
    }
}

/// The declarations.
pub(crate) fn describe(facts: &Facts, call_timeout: Duration) -> Descriptor {
    let nanoseconds = |span: Duration| u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
    let limits = [
        (limit::KV_KEY_MAX_BYTES, KEY_MAX_BYTES),
        (limit::KV_VALUE_MAX_BYTES, VALUE_MAX_BYTES),
        (limit::KV_PAGE_MAX_KEYS, PAGE_MAX_KEYS),
        (limit::KV_BATCH_MAX_ITEMS, BATCH_MAX_ITEMS),
        (limit::KV_TTL_MIN_NS, nanoseconds(TTL_MIN)),
        (limit::KV_TTL_MAX_NS, nanoseconds(TTL_MAX)),
        (limit::KV_TTL_LATENESS_NS, nanoseconds(TTL_LATENESS)),
    ];
    // `15.18 (Debian 15.18-0+deb12u1)`
    let version = facts.version.split(' ').next().unwrap_or_default();
    Descriptor {
        provider: NAME,
        product: "PostgreSQL".to_owned(),
        product_version: Some(version.to_owned()),
        features: vec![
            feature::KV_STORE,
            feature::KV_LIST_ORDERED,
            feature::KV_CAS,
            feature::KV_COUNTERS,
            feature::KV_BATCH,
            feature::KV_EXPIRY,
        ],
        limits: limits.map(|(id, value)| Limit { id, value }).to_vec(),
        durability: if facts.durable() {
            Durability::Durable
        } else {
            Durability::Process
        },
        // Every statement goes to the one server that takes writes, and sees what
        // was committed before it began.
        visibility_bound: Duration::ZERO,
        call_timeout,
    }
}

/// What is declared of a service as it is installed.
pub(crate) fn usual() -> Descriptor {
    let facts = Facts {
        version: String::new(),
        number: OLDEST,
        commit: "on".to_owned(),
        fsync: true,
        has_schema: false,
        table: None,
    };
    describe(&facts, crate::config::CALL_TIMEOUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(commit: &str, fsync: bool, table: Option<bool>) -> Facts {
        Facts {
            version: "15.18 (Debian 15.18-0+deb12u1)".to_owned(),
            number: 150_018,
            commit: commit.to_owned(),
            fsync,
            has_schema: true,
            table,
        }
    }

    #[test]
    fn durable_only_when_every_commit_reaches_the_disk() {
        for commit in ["on", "local", "remote_write", "remote_apply"] {
            assert!(facts(commit, true, Some(true)).durable());
            assert!(facts(commit, true, None).durable());
        }
        assert!(!facts("off", true, Some(true)).durable());
        assert!(!facts("on", false, Some(true)).durable());
        assert!(!facts("on", true, Some(false)).durable());
    }

    #[test]
    fn the_service_names_itself() {
        let descriptor = describe(&facts("on", true, Some(true)), Duration::from_secs(1));
        assert_eq!(descriptor.product_version.as_deref(), Some("15.18"));
    }
}
