//! What this provider declares, and what the service tells about itself.

use std::time::Duration;

use cloud_contract::{Descriptor, Durability, Limit, feature, limit};

/// The provider's id.
pub(crate) const NAME: &str = "redis";

/// Redis takes keys of 512 MiB; a key stands in an index and in cursors too.
const KEY_MAX_BYTES: u64 = 4 * 1024;
/// Redis takes values of 512 MiB; one connection carries all calls, and a value
/// of 16 MiB keeps the others waiting for about 10 ms.
const VALUE_MAX_BYTES: u64 = 16 * 1024 * 1024;
const PAGE_MAX_KEYS: u64 = 1_000;
const BATCH_MAX_ITEMS: u64 = 1_000;
/// Redis counts lifetimes in milliseconds.
const TTL_MIN: Duration = Duration::from_millis(1);
const TTL_MAX: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
/// Rounding makes an entry end up to 3 ms late: the lifetime and the moment of
/// the write are rounded up to whole milliseconds, and Redis lets the last one
/// pass. The rest is for the pace of two clocks.
const TTL_LATENESS: Duration = Duration::from_millis(10);

/// Facts out of the reply to `INFO`. All are absent where it is not permitted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Facts {
    product: Option<&'static str>,
    version: Option<String>,
    /// Names one run of the service: another after every restart.
    pub(crate) run: Option<String>,
    append_only: bool,
    memory_limited: bool,
    evicting: bool,
}

impl Facts {
    /// Reads `name:value` lines; those that are unknown do not matter.
    pub(crate) fn read(info: &str) -> Self {
        let mut facts = Self::default();
        for (name, value) in info.lines().filter_map(|line| line.split_once(':')) {
            match name {
                "redis_version" if facts.version.is_none() => {
                    facts.version = Some(value.to_owned());
                    facts.product.get_or_insert("Redis");
                }
                "valkey_version" => {
                    facts.version = Some(value.to_owned());
                    facts.product = Some("Valkey");
                }
                "run_id" => facts.run = Some(value.to_owned()),
                "aof_enabled" => facts.append_only = value == "1",
                "maxmemory" => facts.memory_limited = value != "0",
                "maxmemory_policy" => facts.evicting = value != "noeviction",
                _ => {}
            }
        }
        facts
    }

    /// Whether the service may remove entries to save memory.
    pub(crate) fn evicts(&self) -> bool {
        self.memory_limited && self.evicting
    }
}

/// The declarations. `fsync` is the value of `appendfsync`, where it may be read.
pub(crate) fn describe(facts: &Facts, fsync: Option<&str>, call_timeout: Duration) -> Descriptor {
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
    // Only with `always` does the service answer after the write is on disk.
    let durable = facts.append_only && fsync == Some("always");
    Descriptor {
        provider: NAME,
        product: facts.product.unwrap_or("Redis").to_owned(),
        product_version: facts.version.clone(),
        features: vec![
            feature::KV_STORE,
            feature::KV_LIST_ORDERED,
            feature::KV_CAS,
            feature::KV_COUNTERS,
            feature::KV_BATCH,
            feature::KV_EXPIRY,
        ],
        limits: limits.map(|(id, value)| Limit { id, value }).to_vec(),
        durability: if durable {
            Durability::Durable
        } else {
            Durability::Process
        },
        // All requests go to one primary, which carries them out one by one.
        visibility_bound: Duration::ZERO,
        call_timeout,
    }
}

/// What is declared of a service that tells nothing about itself.
pub(crate) fn usual() -> Descriptor {
    describe(&Facts::default(), None, crate::config::CALL_TIMEOUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    const INFO: &str = "# Server\r\nredis_version:7.0.15\r\nrun_id:0123abcd\r\n\
        # Memory\r\nmaxmemory:0\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\n";

    fn durability(info: &str, fsync: Option<&str>) -> Durability {
        describe(&Facts::read(info), fsync, Duration::from_secs(1)).durability
    }

    #[test]
    fn the_service_names_itself() {
        let facts = Facts::read(INFO);
        assert_eq!(facts.run.as_deref(), Some("0123abcd"));
        let descriptor = describe(&facts, None, Duration::from_secs(1));
        assert_eq!(descriptor.product, "Redis");
        assert_eq!(descriptor.product_version.as_deref(), Some("7.0.15"));

        let valkey = Facts::read("redis_version:7.2.4\r\nvalkey_version:8.0.1\r\n");
        let descriptor = describe(&valkey, None, Duration::from_secs(1));
        assert_eq!(descriptor.product, "Valkey");
        assert_eq!(descriptor.product_version.as_deref(), Some("8.0.1"));
    }

    #[test]
    fn durable_only_when_every_write_reaches_the_disk() {
        assert_eq!(durability(INFO, Some("always")), Durability::Durable);
        assert_eq!(durability(INFO, Some("everysec")), Durability::Process);
        assert_eq!(durability(INFO, None), Durability::Process);
        assert_eq!(durability("", Some("always")), Durability::Process);
    }

    #[test]
    fn eviction_needs_a_limit_and_a_policy() {
        let evicts = |info: &str| Facts::read(info).evicts();
        assert!(!evicts(INFO));
        assert!(!evicts("maxmemory:0\nmaxmemory_policy:allkeys-lru\n"));
        assert!(!evicts("maxmemory:9\nmaxmemory_policy:noeviction\n"));
        assert!(evicts("maxmemory:9\nmaxmemory_policy:allkeys-lru\n"));
    }
}
