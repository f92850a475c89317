//! What this provider declares.

use std::time::Duration;

use cloud_contract::{Descriptor, Durability, Limit, feature, limit};

use crate::driver::{BLOCK_BYTES, OBJECT_BYTES};
use crate::metadata::METADATA_BYTES;
use crate::names::NAME_BYTES;

/// The provider's id.
pub(crate) const NAME: &str = "azure-blob";

/// A block in hand, and what has come of the next one.
const BUFFER_BYTES: u64 = 2 * BLOCK_BYTES as u64;
/// The service lists five times as many in one answer.
pub(crate) const PAGE_ITEMS: usize = 1_000;
const DELETE_NAMES: u64 = 1_000;
/// A part is made of blocks of any size.
pub(crate) const PART_MIN_BYTES: u64 = 1;
const PART_MAX_BYTES: u64 = 4 << 30;
/// Together with the size of an object, as many as blocks allow.
const PART_MAX_NUMBER: u64 = 10_000;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
/// The service keeps blocks for so long after the last one that lay with the same name.
const BLOCKS_STAY: Duration = DAY.saturating_mul(7);
/// A day less: a call can name an upload and end before it has the service keep it.
const UPLOADS_STAY: Duration = DAY.saturating_mul(6);
/// The service sets no limit. The key may be another one long before.
const LINK_MAX: Duration = DAY.saturating_mul(10 * 365);

/// The declarations. `server` is what the service calls itself.
pub(crate) fn describe(server: &str, has_key: bool, call_timeout: Duration) -> Descriptor {
    let (product, version) = match server.split_once('/') {
        Some((name, version)) if name.starts_with("Azurite") => ("Azurite", Some(version)),
        Some((_, version)) => ("Azure Blob Storage", version.split(' ').next()),
        None => ("Azure Blob Storage", None),
    };
    let mut features = vec![
        feature::BLOB_CONTAINER,
        feature::BLOB_LIST_ORDERED,
        feature::BLOB_ADMIN,
        feature::BLOB_CONDITIONAL_DELETE,
        feature::BLOB_CONDITIONAL_COPY,
        feature::BLOB_MULTIPART,
        feature::BLOB_APPEND,
    ];
    let mut limits = vec![
        (limit::BLOB_NAME_MAX_BYTES, NAME_BYTES as u64),
        (limit::BLOB_OBJECT_MAX_BYTES, OBJECT_BYTES),
        (limit::BLOB_METADATA_MAX_BYTES, METADATA_BYTES as u64),
        (limit::BLOB_BUFFER_MAX_BYTES, BUFFER_BYTES),
        (limit::BLOB_RESIDUE_MAX_NS, nanoseconds(BLOCKS_STAY)),
        (limit::BLOB_PAGE_MAX_ITEMS, PAGE_ITEMS as u64),
        (limit::BLOB_DELETE_MAX_NAMES, DELETE_NAMES),
        (limit::BLOB_PART_MIN_BYTES, PART_MIN_BYTES),
        (limit::BLOB_PART_MAX_BYTES, PART_MAX_BYTES),
        (limit::BLOB_PART_MAX_NUMBER, PART_MAX_NUMBER),
        (limit::BLOB_UPLOAD_MAX_IDLE_NS, nanoseconds(UPLOADS_STAY)),
    ];
    // A signature is made with the key of the account.
    if has_key {
        features.push(feature::BLOB_LINKS);
        limits.push((limit::BLOB_LINK_MAX_NS, nanoseconds(LINK_MAX)));
    }
    let limits = limits.into_iter();
    Descriptor {
        provider: NAME,
        product: product.to_owned(),
        product_version: version.map(str::to_owned),
        features,
        limits: limits.map(|(id, value)| Limit { id, value }).collect(),
        // The service answers a write when three copies have it. The emulator
        // saves now and then, or never.
        durability: if product == "Azurite" {
            Durability::Process
        } else {
            Durability::Durable
        },
        // Within the primary region reads see every write before them.
        visibility_bound: Duration::ZERO,
        call_timeout,
    }
}

fn nanoseconds(span: Duration) -> u64 {
    u64::try_from(span.as_nanos()).unwrap_or(u64::MAX)
}

/// What is declared of the emulator.
pub(crate) fn of_emulator() -> Descriptor {
    describe("Azurite-Blob/3", true, crate::config::CALL_TIMEOUT)
}

/// What is declared of the service itself, used with the key of the account.
pub(crate) fn of_account() -> Descriptor {
    describe("", true, crate::config::CALL_TIMEOUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_names_itself() {
        let emulator = describe("Azurite-Blob/3.37.0", true, Duration::ZERO);
        assert_eq!(emulator.product, "Azurite");
        assert_eq!(emulator.product_version.as_deref(), Some("3.37.0"));
        assert_eq!(emulator.durability, Durability::Process);
        let server = "Windows-Azure-Blob/1.0 Microsoft-HTTPAPI/2.0";
        let service = describe(server, true, Duration::ZERO);
        assert_eq!(service.product, "Azure Blob Storage");
        assert_eq!(service.product_version.as_deref(), Some("1.0"));
        assert_eq!(service.durability, Durability::Durable);
    }

    #[test]
    fn limits_are_within_the_portable_bounds() {
        let account = of_account();
        let limit = |id| account.limit(id).unwrap();
        assert!(limit(limit::BLOB_NAME_MAX_BYTES) >= 512);
        assert!(limit(limit::BLOB_OBJECT_MAX_BYTES) >= 1 << 30);
        assert!(limit(limit::BLOB_METADATA_MAX_BYTES) >= 1_024);
        assert!(limit(limit::BLOB_BUFFER_MAX_BYTES) <= 64 << 20);
        assert!(limit(limit::BLOB_RESIDUE_MAX_NS) <= nanoseconds(7 * DAY));
        assert!(limit(limit::BLOB_PART_MAX_BYTES) >= 64 << 20);
        assert!(limit(limit::BLOB_UPLOAD_MAX_IDLE_NS) >= nanoseconds(DAY));
        // No more blocks than a blob can have, however they are divided.
        let blocks = OBJECT_BYTES.div_ceil(BLOCK_BYTES as u64) + PART_MAX_NUMBER;
        assert!(blocks <= 50_000);
    }

    #[test]
    fn who_has_no_key_signs_no_links() {
        let described = describe("", false, Duration::ZERO);
        assert!(!described.declares(feature::BLOB_LINKS));
        assert_eq!(described.limit(limit::BLOB_LINK_MAX_NS), None);
        assert!(of_account().declares(feature::BLOB_LINKS));
    }
}
