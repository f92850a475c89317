//! What this provider declares.

use std::time::Duration;

use cloud_contract::{Descriptor, FeatureId, Limit, feature, limit};

use crate::driver::{OBJECT_BYTES, PART_BYTES};
use crate::metadata::METADATA_BYTES;
use crate::names::NAME_BYTES;
use crate::server::{self, Server};
use bucket_scopes::{GIVEN_UP, SIGNATURE_LOSS};

/// The provider's id.
pub(crate) const NAME: &str = "s3";

/// A part on its way, the next one, and what has come of the one after it.
const BUFFER_BYTES: u64 = 3 * PART_BYTES as u64;
/// As many as one request lists or deletes.
pub(crate) const PAGE_ITEMS: usize = 1_000;
/// The smallest part that S3 joins with others, and the largest that is taken here: S3
/// itself takes 5 GiB.
pub(crate) const PART_MIN_BYTES: u64 = 5 << 20;
const PART_MAX_BYTES: u64 = 512 << 20;
const PART_MAX_NUMBER: u64 = 10_000;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// S3 keeps an upload until it is told otherwise.
const UPLOAD_MAX_IDLE: Duration = DAY.saturating_mul(7);
/// The longest that S3 takes a signature for.
const LINK_MAX: Duration = DAY.saturating_mul(7).saturating_sub(SIGNATURE_LOSS);

/// Every feature of this provider, on a server that lacks none.
const FEATURES: &[FeatureId] = &[
    feature::BLOB_CONTAINER,
    feature::BLOB_LIST_ORDERED,
    feature::BLOB_ADMIN,
    feature::BLOB_CONDITIONAL_DELETE,
    feature::BLOB_CONDITIONAL_COPY,
    feature::BLOB_MULTIPART,
    feature::BLOB_LINKS,
];

/// The declarations.
pub(crate) fn describe(server: Server, signs_for_days: bool, call_timeout: Duration) -> Descriptor {
    let lacks = |feature: FeatureId| {
        server.lacks.contains(&feature) || (feature == feature::BLOB_LINKS && !signs_for_days)
    };
    let features = FEATURES.iter().copied().filter(|&feature| !lacks(feature));
    let features: Vec<FeatureId> = features.collect();
    let limits = [
        (limit::BLOB_NAME_MAX_BYTES, NAME_BYTES as u64),
        (limit::BLOB_OBJECT_MAX_BYTES, OBJECT_BYTES),
        (limit::BLOB_METADATA_MAX_BYTES, METADATA_BYTES as u64),
        (limit::BLOB_BUFFER_MAX_BYTES, BUFFER_BYTES),
        (limit::BLOB_RESIDUE_MAX_NS, nanoseconds(GIVEN_UP * 2)),
        (limit::BLOB_PAGE_MAX_ITEMS, PAGE_ITEMS as u64),
        (limit::BLOB_DELETE_MAX_NAMES, 1_000),
    ];
    let of_multipart = [
        (limit::BLOB_PART_MIN_BYTES, PART_MIN_BYTES),
        (limit::BLOB_PART_MAX_BYTES, PART_MAX_BYTES),
        (limit::BLOB_PART_MAX_NUMBER, PART_MAX_NUMBER),
        (limit::BLOB_UPLOAD_MAX_IDLE_NS, nanoseconds(UPLOAD_MAX_IDLE)),
    ];
    let of_links = [(limit::BLOB_LINK_MAX_NS, nanoseconds(LINK_MAX))];
    let extended = [
        (feature::BLOB_MULTIPART, &of_multipart[..]),
        (feature::BLOB_LINKS, &of_links[..]),
    ];
    let declared = extended
        .into_iter()
        .filter(|(feature, _)| features.contains(feature))
        .flat_map(|(_, limits)| limits);
    Descriptor {
        provider: NAME,
        product: server.product.to_owned(),
        // The service does not tell.
        product_version: None,
        limits: limits
            .iter()
            .chain(declared)
            .map(|&(id, value)| Limit { id, value })
            .collect(),
        features,
        durability: server.durability,
        // Reads and lists are strong since 2020.
        visibility_bound: Duration::ZERO,
        call_timeout,
    }
}

fn nanoseconds(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

/// What is declared of a server, as far as that does not depend on credentials.
fn of(server: Server) -> Descriptor {
    describe(server, true, crate::config::CALL_TIMEOUT)
}

pub(crate) fn of_aws() -> Descriptor {
    of(server::AWS)
}

pub(crate) fn of_seaweedfs() -> Descriptor {
    of(server::SEAWEEDFS)
}

pub(crate) fn of_ministack() -> Descriptor {
    of(server::MINISTACK)
}

pub(crate) fn of_localstack() -> Descriptor {
    of(server::LOCALSTACK)
}

pub(crate) fn of_minio() -> Descriptor {
    of(server::MINIO)
}

pub(crate) fn of_s3s_fs() -> Descriptor {
    of(server::S3S_FS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_within_the_portable_bounds_and_belong_to_declared_features() {
        for descriptor in [
            of_aws(),
            of_seaweedfs(),
            of_ministack(),
            of_localstack(),
            of_minio(),
            of_s3s_fs(),
        ] {
            for (id, floor) in [
                (limit::BLOB_NAME_MAX_BYTES, 512),
                (limit::BLOB_OBJECT_MAX_BYTES, 1 << 30),
                (limit::BLOB_METADATA_MAX_BYTES, 1_024),
                (limit::BLOB_PAGE_MAX_ITEMS, 1),
                (limit::BLOB_DELETE_MAX_NAMES, 1_000),
            ] {
                assert!(descriptor.limit(id).unwrap() >= floor, "{id}");
            }
            assert!(descriptor.limit(limit::BLOB_BUFFER_MAX_BYTES).unwrap() <= 64 << 20);
            let week = nanoseconds(7 * DAY);
            assert!(descriptor.limit(limit::BLOB_RESIDUE_MAX_NS).unwrap() <= week);
            let has_parts = descriptor.declares(feature::BLOB_MULTIPART);
            assert_eq!(
                descriptor.limit(limit::BLOB_PART_MAX_BYTES).is_some(),
                has_parts
            );
            if has_parts {
                assert!(descriptor.limit(limit::BLOB_PART_MIN_BYTES).unwrap() <= 5 << 20);
                assert!(descriptor.limit(limit::BLOB_PART_MAX_BYTES).unwrap() >= 64 << 20);
                assert!(descriptor.limit(limit::BLOB_UPLOAD_MAX_IDLE_NS).unwrap() >= week / 7);
            }
            let has_links = descriptor.declares(feature::BLOB_LINKS);
            assert_eq!(
                descriptor.limit(limit::BLOB_LINK_MAX_NS).is_some(),
                has_links
            );
        }
    }

    #[test]
    fn keys_that_end_sign_no_links() {
        let lasting = describe(server::AWS, true, Duration::from_secs(1));
        let ending = describe(server::AWS, false, Duration::from_secs(1));
        assert!(lasting.declares(feature::BLOB_LINKS) && !ending.declares(feature::BLOB_LINKS));
        assert_eq!(lasting.features.len(), ending.features.len() + 1);
    }
}
