//! What this provider states about itself.

use std::time::Duration;

use cloud_contract::{Descriptor, Durability, Limit, feature, limit};

pub(crate) const NAME: &str = "local";

const SECOND_NS: u64 = 1_000_000_000;

/// Every line of it is proved by the conformance suite.
pub(crate) fn descriptor() -> Descriptor {
    Descriptor {
        provider: NAME,
        product: "redb".to_owned(),
        product_version: None,
        features: vec![
            feature::KV_STORE,
            feature::KV_LIST_ORDERED,
            feature::KV_CAS,
            feature::KV_COUNTERS,
            feature::KV_BATCH,
            feature::KV_EXPIRY,
        ],
        limits: [
            (limit::KV_KEY_MAX_BYTES, 1_024),
            (limit::KV_VALUE_MAX_BYTES, 16 << 20),
            (limit::KV_PAGE_MAX_KEYS, 1_000),
            (limit::KV_BATCH_MAX_ITEMS, 1_000),
            (limit::KV_TTL_MIN_NS, SECOND_NS / 1_000),
            // Ten years.
            (limit::KV_TTL_MAX_NS, 3_650 * 86_400 * SECOND_NS),
            // A lifetime ends by comparison with the clock, whether or not the
            // record is still there; this covers the grain of clocks.
            (limit::KV_TTL_LATENESS_NS, SECOND_NS / 100),
        ]
        .map(|(id, value)| Limit { id, value })
        .to_vec(),
        durability: Durability::Durable,
        visibility_bound: Duration::ZERO,
        // A flush can take seconds on a disk that is busy with others.
        call_timeout: Duration::from_secs(10),
    }
}
