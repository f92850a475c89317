//! What this provider declares.

use std::time::Duration;

use cloud_contract::{Descriptor, Durability, Limit, feature, limit};

/// The provider's id.
pub(crate) const NAME: &str = "etcd";

/// etcd has no limit of its own but that of a request.
const KEY_MAX_BYTES: u64 = 4 * 1024;
/// A request has 1.5 MiB by default, in which the key and the store's name are too.
const VALUE_MAX_BYTES: u64 = 1024 * 1024;
const PAGE_MAX_KEYS: u64 = 1_000;
const BATCH_MAX_ITEMS: u64 = 1_000;
const TTL_MIN: Duration = Duration::from_millis(1);
/// A lease of etcd has 9,000,000,000 seconds at most.
const TTL_MAX: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
/// The service's clock is known to a second when an entry is written, and again when it
/// is read; the rest is for the way there, and for members whose clocks differ.
const TTL_LATENESS: Duration = Duration::from_millis(2_500);

/// The declarations.
pub(crate) fn describe(
    version: Option<String>,
    has_clock: bool,
    call_timeout: Duration,
) -> Descriptor {
    let nanoseconds = |span: Duration| u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
    let mut features = vec![
        feature::KV_STORE,
        feature::KV_LIST_ORDERED,
        feature::KV_CAS,
        feature::KV_COUNTERS,
        feature::KV_BATCH,
    ];
    let mut limits = vec![
        (limit::KV_KEY_MAX_BYTES, KEY_MAX_BYTES),
        (limit::KV_VALUE_MAX_BYTES, VALUE_MAX_BYTES),
        (limit::KV_PAGE_MAX_KEYS, PAGE_MAX_KEYS),
        (limit::KV_BATCH_MAX_ITEMS, BATCH_MAX_ITEMS),
    ];
    if has_clock {
        features.push(feature::KV_EXPIRY);
        limits.extend([
            (limit::KV_TTL_MIN_NS, nanoseconds(TTL_MIN)),
            (limit::KV_TTL_MAX_NS, nanoseconds(TTL_MAX)),
            (limit::KV_TTL_LATENESS_NS, nanoseconds(TTL_LATENESS)),
        ]);
    }
    // A write is answered when it is in the log on the disks of a majority.
    let durability = if version.as_deref().is_some_and(forgets) {
        Durability::Process
    } else {
        Durability::Durable
    };
    Descriptor {
        provider: NAME,
        product: "etcd".to_owned(),
        product_version: version,
        features,
        limits: limits
            .into_iter()
            .map(|(id, value)| Limit { id, value })
            .collect(),
        durability,
        // Every read is linearizable.
        visibility_bound: Duration::ZERO,
        call_timeout,
    }
}

/// Whether a version answers writes before they are on the disk, if its cluster has one
/// member: <https://github.com/etcd-io/etcd/issues/14370>. How many there are may change
/// at any time.
fn forgets(version: &str) -> bool {
    let mut parts = version.split(['.', '-', '+']).map(str::parse::<u32>);
    let mut next = || parts.next().and_then(Result::ok);
    let [Some(major), Some(minor), Some(patch)] = [next(), next(), next()] else {
        return false;
    };
    let mended = match (major, minor) {
        (3, 5) => 5,
        (3, 4) => 21,
        _ => return (major, minor) < (3, 4),
    };
    patch < mended
}

/// What is declared of a service whose clock can be read.
pub(crate) fn usual() -> Descriptor {
    describe(None, true, crate::config::CALL_TIMEOUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_that_lose_writes_are_not_durable() {
        for (version, durability) in [
            ("3.3.27", Durability::Process),
            ("3.4.20", Durability::Process),
            ("3.4.21", Durability::Durable),
            ("3.5.1", Durability::Process),
            ("3.5.5", Durability::Durable),
            ("3.6.0-rc.1", Durability::Durable),
            ("unknown", Durability::Durable),
        ] {
            let declared = describe(Some(version.to_owned()), true, Duration::ZERO);
            assert_eq!(declared.durability, durability, "{version}");
        }
    }

    #[test]
    fn nothing_ends_without_a_clock() {
        let descriptor = describe(None, false, Duration::from_secs(1));
        assert!(!descriptor.declares(feature::KV_EXPIRY));
        assert_eq!(descriptor.limit(limit::KV_TTL_MIN_NS), None);
        assert!(describe(None, true, Duration::from_secs(1)).declares(feature::KV_EXPIRY));
    }
}
