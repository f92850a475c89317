//! What this provider declares.

use std::time::Duration;

use cloud_contract::{Descriptor, Durability, FeatureId, Limit, feature, limit};

use crate::access::LINK_MAX;
use crate::config::CALL_TIMEOUT;
use crate::driver::{OBJECT_BYTES, PIECE_BYTES};
use crate::metadata::METADATA_BYTES;
use crate::names::NAME_BYTES;
use bucket_scopes::GIVEN_UP;

/// The provider's id.
pub(crate) const NAME: &str = "gcs";

/// A piece in hand, and what has come of the next one or goes out.
const BUFFER_BYTES: u64 = 2 * PIECE_BYTES as u64;
/// As many as one request lists.
pub(crate) const PAGE_ITEMS: usize = 1_000;
/// The smallest part but for the last: the service composes any, and an empty one is
/// composed in vain.
pub(crate) const PART_MIN_BYTES: u64 = 1;
const PART_MAX_NUMBER: u64 = 10_000;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// How long the service may go on to keep what was let go of here.
const RESIDUE: Duration = GIVEN_UP.saturating_mul(2);
/// The longest that an operator's rule for parts has to let an upload be.
const UPLOAD_MAX_IDLE: Duration = DAY.saturating_mul(7);
/// The longest that a bucket may keep what was deleted for parts to be let go of in time.
const SOFT_DELETE_MAX: Duration = DAY.saturating_mul(6);

/// What of a bucket, and of who asks, the declarations depend on.
#[derive(Debug, Clone)]
pub(crate) struct Bucket {
    pub(crate) is_emulator: bool,
    pub(crate) has_history: bool,
    /// How long it keeps what was deleted.
    pub(crate) soft_delete: Duration,
    /// How long a signature is good; none where there are none.
    pub(crate) links: Option<Duration>,
}

/// The declarations.
pub(crate) fn describe(bucket: &Bucket, call_timeout: Duration) -> Descriptor {
    let lets_go = bucket.soft_delete <= SOFT_DELETE_MAX;
    let is_declared = |feature: FeatureId| {
        if feature == feature::BLOB_HISTORY {
            bucket.has_history
        } else if feature == feature::BLOB_ATOMIC_MOVE {
            !bucket.is_emulator && !bucket.has_history
        } else if feature == feature::BLOB_MULTIPART {
            lets_go
        } else if feature == feature::BLOB_LINKS {
            bucket.links.is_some()
        } else {
            true
        }
    };
    let features: Vec<FeatureId> = [
        feature::BLOB_CONTAINER,
        feature::BLOB_LIST_ORDERED,
        feature::BLOB_ADMIN,
        feature::BLOB_CONDITIONAL_DELETE,
        feature::BLOB_CONDITIONAL_COPY,
        feature::BLOB_ATOMIC_MOVE,
        feature::BLOB_MULTIPART,
        feature::BLOB_LINKS,
        feature::BLOB_HISTORY,
        feature::BLOB_APPEND,
    ]
    .into_iter()
    .filter(|&feature| is_declared(feature))
    .collect();
    // Of a put nothing was there that soft delete could keep.
    let residue = if lets_go {
        RESIDUE + bucket.soft_delete
    } else {
        RESIDUE
    };
    let mut limits = vec![
        (limit::BLOB_NAME_MAX_BYTES, NAME_BYTES as u64),
        (limit::BLOB_OBJECT_MAX_BYTES, OBJECT_BYTES),
        (limit::BLOB_METADATA_MAX_BYTES, METADATA_BYTES as u64),
        (limit::BLOB_BUFFER_MAX_BYTES, BUFFER_BYTES),
        (limit::BLOB_RESIDUE_MAX_NS, nanoseconds(residue)),
        (limit::BLOB_PAGE_MAX_ITEMS, PAGE_ITEMS as u64),
        (limit::BLOB_DELETE_MAX_NAMES, 1_000),
    ];
    if lets_go {
        limits.extend([
            (limit::BLOB_PART_MIN_BYTES, PART_MIN_BYTES),
            (limit::BLOB_PART_MAX_BYTES, OBJECT_BYTES),
            (limit::BLOB_PART_MAX_NUMBER, PART_MAX_NUMBER),
            (limit::BLOB_UPLOAD_MAX_IDLE_NS, nanoseconds(UPLOAD_MAX_IDLE)),
        ]);
    }
    if let Some(longest) = bucket.links {
        limits.push((limit::BLOB_LINK_MAX_NS, nanoseconds(longest)));
    }
    Descriptor {
        provider: NAME,
        product: if bucket.is_emulator {
            "an emulator of Google Cloud Storage"
        } else {
            "Google Cloud Storage"
        }
        .to_owned(),
        // The service does not tell.
        product_version: None,
        features,
        limits: limits
            .into_iter()
            .map(|(id, value)| Limit { id, value })
            .collect(),
        durability: if bucket.is_emulator {
            Durability::Process
        } else {
            Durability::Durable
        },
        // Reads and lists are strong.
        visibility_bound: Duration::ZERO,
        call_timeout,
    }
}

fn nanoseconds(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

/// With an emulator as a run has it.
pub(crate) fn of_emulator() -> Descriptor {
    let bucket = Bucket {
        is_emulator: true,
        has_history: true,
        soft_delete: Duration::ZERO,
        links: None,
    };
    describe(&bucket, CALL_TIMEOUT)
}

/// With a bucket as a run makes it, and the key of a service account.
pub(crate) fn of_gcp() -> Descriptor {
    let bucket = Bucket {
        is_emulator: false,
        has_history: false,
        soft_delete: Duration::ZERO,
        links: Some(LINK_MAX),
    };
    describe(&bucket, CALL_TIMEOUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bucket(soft_delete: Duration, has_history: bool) -> Descriptor {
        let bucket = Bucket {
            is_emulator: false,
            has_history,
            soft_delete,
            links: None,
        };
        describe(&bucket, Duration::from_secs(1))
    }

    #[test]
    fn limits_are_within_the_portable_bounds_and_belong_to_declared_features() {
        let week = nanoseconds(7 * DAY);
        for descriptor in [
            of_emulator(),
            of_gcp(),
            bucket(6 * DAY, false),
            bucket(7 * DAY, true),
            bucket(Duration::MAX, true),
        ] {
            assert!(descriptor.limit(limit::BLOB_NAME_MAX_BYTES).unwrap() >= 512);
            assert!(descriptor.limit(limit::BLOB_METADATA_MAX_BYTES).unwrap() >= 1_024);
            assert!(descriptor.limit(limit::BLOB_BUFFER_MAX_BYTES).unwrap() <= 64 << 20);
            assert!(descriptor.limit(limit::BLOB_RESIDUE_MAX_NS).unwrap() <= week);
            for (feature, limit) in [
                (feature::BLOB_MULTIPART, limit::BLOB_PART_MAX_BYTES),
                (feature::BLOB_LINKS, limit::BLOB_LINK_MAX_NS),
            ] {
                let has_limit = descriptor.limit(limit).is_some();
                assert_eq!(has_limit, descriptor.declares(feature), "{limit}");
            }
        }
    }

    #[test]
    fn what_a_bucket_does_decides() {
        let plain = bucket(Duration::ZERO, false);
        assert!(plain.declares(feature::BLOB_MULTIPART));
        assert!(plain.declares(feature::BLOB_ATOMIC_MOVE));
        assert!(!plain.declares(feature::BLOB_HISTORY));
        assert!(!bucket(7 * DAY, false).declares(feature::BLOB_MULTIPART));
        let kept = bucket(Duration::ZERO, true);
        assert!(kept.declares(feature::BLOB_HISTORY));
        assert!(!kept.declares(feature::BLOB_ATOMIC_MOVE));
        assert!(!of_emulator().declares(feature::BLOB_ATOMIC_MOVE));
        assert!(of_gcp().declares(feature::BLOB_LINKS));
    }
}
