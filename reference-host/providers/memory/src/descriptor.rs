//! What this provider states about itself.

use std::time::Duration;

use cloud_contract::{Descriptor, Durability, Limit, feature, limit};

use crate::blobstore::{MAX_IDLE, PART_MIN_BYTES};

/// The provider's id.
pub(crate) const ID: &str = "memory";

/// The largest object, in bytes.
pub(crate) const OBJECT_MAX_BYTES: u64 = 1 << 30;

const YEAR: Duration = Duration::from_secs(365 * 24 * 60 * 60);

/// The features and limits of this provider.
#[must_use]
pub fn descriptor() -> Descriptor {
    Descriptor {
        provider: ID,
        product: "in-process memory".to_owned(),
        product_version: None,
        features: vec![
            feature::KV_STORE,
            feature::KV_LIST_ORDERED,
            feature::KV_CAS,
            feature::KV_COUNTERS,
            feature::KV_BATCH,
            feature::KV_EXPIRY,
            feature::BLOB_CONTAINER,
            feature::BLOB_LIST_ORDERED,
            feature::BLOB_ADMIN,
            feature::BLOB_CONDITIONAL_DELETE,
            feature::BLOB_CONDITIONAL_COPY,
            feature::BLOB_ATOMIC_MOVE,
            feature::BLOB_MULTIPART,
            feature::BLOB_APPEND,
            feature::BLOB_HISTORY,
        ],
        limits: vec![
            bound(limit::KV_KEY_MAX_BYTES, 1024),
            bound(limit::KV_VALUE_MAX_BYTES, 16 * 1024 * 1024),
            bound(limit::KV_PAGE_MAX_KEYS, 1000),
            bound(limit::KV_BATCH_MAX_ITEMS, 1000),
            span(limit::KV_TTL_MIN_NS, Duration::from_millis(1)),
            span(limit::KV_TTL_MAX_NS, 10 * YEAR),
            // Every read compares the clock, so a key ends on time; the limit has
            // to be greater than zero and covers the resolution of clocks.
            span(limit::KV_TTL_LATENESS_NS, Duration::from_millis(1)),
            bound(limit::BLOB_NAME_MAX_BYTES, 1024),
            bound(limit::BLOB_OBJECT_MAX_BYTES, OBJECT_MAX_BYTES),
            bound(limit::BLOB_METADATA_MAX_BYTES, 8 * 1024),
            bound(limit::BLOB_BUFFER_MAX_BYTES, 4 * 1024 * 1024),
            // Let go of as soon as the call ends.
            bound(limit::BLOB_RESIDUE_MAX_NS, 1),
            bound(limit::BLOB_PAGE_MAX_ITEMS, 1000),
            bound(limit::BLOB_DELETE_MAX_NAMES, 1000),
            bound(limit::BLOB_PART_MIN_BYTES, PART_MIN_BYTES),
            bound(limit::BLOB_PART_MAX_BYTES, OBJECT_MAX_BYTES),
            bound(limit::BLOB_PART_MAX_NUMBER, 10_000),
            span(limit::BLOB_UPLOAD_MAX_IDLE_NS, MAX_IDLE),
        ],
        durability: Durability::Volatile,
        visibility_bound: Duration::ZERO,
        call_timeout: Duration::from_secs(10),
    }
}

const fn bound(id: &'static str, value: u64) -> Limit {
    Limit { id, value }
}

fn span(id: &'static str, length: Duration) -> Limit {
    let value = u64::try_from(length.as_nanos()).unwrap_or(u64::MAX);
    Limit { id, value }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_stated_once_and_keep_the_floors() {
        let descriptor = descriptor();
        let floors = [
            (limit::KV_KEY_MAX_BYTES, 512),
            (limit::KV_VALUE_MAX_BYTES, 24_576),
            (limit::KV_PAGE_MAX_KEYS, 1),
            (limit::KV_BATCH_MAX_ITEMS, 25),
            (limit::KV_TTL_MIN_NS, 1),
            (limit::KV_TTL_MAX_NS, 86_400_000_000_000),
            (limit::KV_TTL_LATENESS_NS, 1),
            (limit::BLOB_NAME_MAX_BYTES, 512),
            (limit::BLOB_OBJECT_MAX_BYTES, 1 << 30),
            (limit::BLOB_METADATA_MAX_BYTES, 1024),
            (limit::BLOB_BUFFER_MAX_BYTES, 1),
            (limit::BLOB_RESIDUE_MAX_NS, 1),
            (limit::BLOB_PAGE_MAX_ITEMS, 1),
            (limit::BLOB_DELETE_MAX_NAMES, 1000),
            (limit::BLOB_PART_MIN_BYTES, 1),
            (limit::BLOB_PART_MAX_BYTES, 64 << 20),
            (limit::BLOB_PART_MAX_NUMBER, 10_000),
            (limit::BLOB_UPLOAD_MAX_IDLE_NS, 86_400_000_000_000),
        ];
        assert_eq!(descriptor.limits.len(), floors.len());
        for (id, floor) in floors {
            assert!(descriptor.limit(id).unwrap() >= floor, "{id}");
        }
    }
}
