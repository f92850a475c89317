//! What this provider states about itself.

use std::time::Duration;

use cloud_contract::{Descriptor, Durability, Limit, feature, limit};

use crate::blobstore::{MAX_IDLE_NS, OBJECT_MAX_BYTES, PART_MIN_BYTES};

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
            feature::BLOB_CONTAINER,
            feature::BLOB_LIST_ORDERED,
            feature::BLOB_ADMIN,
            feature::BLOB_CONDITIONAL_DELETE,
            feature::BLOB_CONDITIONAL_COPY,
            feature::BLOB_ATOMIC_MOVE,
            feature::BLOB_MULTIPART,
            feature::BLOB_APPEND,
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
            (limit::BLOB_NAME_MAX_BYTES, 1_024),
            (limit::BLOB_OBJECT_MAX_BYTES, OBJECT_MAX_BYTES),
            (limit::BLOB_METADATA_MAX_BYTES, 8 << 10),
            (limit::BLOB_BUFFER_MAX_BYTES, 4 << 20),
            // Removed at once; large files and busy disks take their time.
            (limit::BLOB_RESIDUE_MAX_NS, 60 * SECOND_NS),
            (limit::BLOB_PAGE_MAX_ITEMS, 1_000),
            (limit::BLOB_DELETE_MAX_NAMES, 1_000),
            (limit::BLOB_PART_MIN_BYTES, PART_MIN_BYTES),
            (limit::BLOB_PART_MAX_BYTES, OBJECT_MAX_BYTES),
            (limit::BLOB_PART_MAX_NUMBER, 10_000),
            (limit::BLOB_UPLOAD_MAX_IDLE_NS, MAX_IDLE_NS),
        ]
        .map(|(id, value)| Limit { id, value })
        .to_vec(),
        durability: Durability::Durable,
        visibility_bound: Duration::ZERO,
        // A flush can take seconds on a disk that is busy with others.
        call_timeout: Duration::from_secs(10),
    }
}
