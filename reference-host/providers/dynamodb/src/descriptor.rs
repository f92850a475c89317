//! What this provider declares.

use std::time::Duration;

use cloud_contract::{Descriptor, Durability, Limit, feature, limit};

use crate::clock::WIDEST;
use crate::record::{KEY_BYTES, VALUE_BYTES};

/// The provider's id.
pub(crate) const NAME: &str = "dynamodb";

/// With the largest values, so many keys are a hundred requests of 1 MB, which a call
/// has the time for.
const PAGE_MAX_KEYS: u64 = 250;
/// As many as one request can read; writes are divided.
const BATCH_MAX_ITEMS: u64 = 100;
/// Deadlines are kept in milliseconds.
const TTL_MIN: Duration = Duration::from_millis(1);
const TTL_MAX: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
/// The deadline is late by the span of the writer's estimate of the clock, and is
/// judged late by that of the reader's. The rest is for rounding, and for what the
/// clock moves on between a judgement and its answer.
const TTL_LATENESS: Duration = WIDEST
    .saturating_mul(2)
    .saturating_add(Duration::from_millis(200));

/// The declarations.
pub(crate) fn describe(is_aws: bool, call_timeout: Duration) -> Descriptor {
    let nanoseconds = |span: Duration| u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
    let limits = [
        (limit::KV_KEY_MAX_BYTES, KEY_BYTES as u64),
        (limit::KV_VALUE_MAX_BYTES, VALUE_BYTES as u64),
        (limit::KV_PAGE_MAX_KEYS, PAGE_MAX_KEYS),
        (limit::KV_BATCH_MAX_ITEMS, BATCH_MAX_ITEMS),
        (limit::KV_TTL_MIN_NS, nanoseconds(TTL_MIN)),
        (limit::KV_TTL_MAX_NS, nanoseconds(TTL_MAX)),
        (limit::KV_TTL_LATENESS_NS, nanoseconds(TTL_LATENESS)),
    ];
    Descriptor {
        provider: NAME,
        product: "DynamoDB".to_owned(),
        // The service does not tell.
        product_version: None,
        features: vec![
            feature::KV_STORE,
            feature::KV_LIST_ORDERED,
            feature::KV_CAS,
            feature::KV_COUNTERS,
            feature::KV_BATCH,
            feature::KV_EXPIRY,
        ],
        limits: limits.map(|(id, value)| Limit { id, value }).to_vec(),
        // AWS answers when a write is in several data centers; what an emulator
        // keeps is not known.
        durability: if is_aws {
            Durability::Durable
        } else {
            Durability::Process
        },
        // Every read asks for strong consistency.
        visibility_bound: Duration::ZERO,
        call_timeout,
    }
}

/// What is declared of emulators.
pub(crate) fn of_emulator() -> Descriptor {
    describe(false, crate::config::CALL_TIMEOUT)
}

/// What is declared of the service itself.
pub(crate) fn of_account() -> Descriptor {
    describe(true, crate::config::CALL_TIMEOUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_aws_is_durable() {
        let durability = |is_aws| describe(is_aws, Duration::from_secs(1)).durability;
        assert_eq!(durability(true), Durability::Durable);
        assert_eq!(durability(false), Durability::Process);
    }

    #[test]
    fn limits_are_within_the_portable_bounds() {
        let descriptor = describe(true, Duration::from_secs(1));
        let minute = 60_000_000_000;
        assert!(descriptor.limit(limit::KV_TTL_LATENESS_NS).unwrap() <= minute);
        assert!(descriptor.limit(limit::KV_VALUE_MAX_BYTES).unwrap() > 400_000);
    }
}
