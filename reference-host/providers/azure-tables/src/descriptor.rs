//! What this provider declares.

use std::time::Duration;

use cloud_contract::{Descriptor, Durability, Limit, feature, limit};

use crate::record::{PART_BYTES, PARTS};

/// The provider's id.
pub(crate) const NAME: &str = "azure-tables";

/// 820 characters in two keys that hold 512 each, 21 of ours in both.
const KEY_MAX_BYTES: u64 = 512;
/// Eleven properties of 64 KiB. The service takes entities of 1 MiB and requests
/// of 4 MiB; an emulator counts the text of the request, base64 included.
const VALUE_MAX_BYTES: u64 = (PARTS.len() * PART_BYTES) as u64;
/// Half of what the service puts into one answer.
const PAGE_MAX_KEYS: u64 = 500;
const BATCH_MAX_ITEMS: u64 = 100;
const TTL_MIN: Duration = Duration::from_millis(1);
const TTL_MAX: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
/// An end is written by the latest time that the service's clock can show, and
/// judged by the earliest. Both bounds are off by the time of two requests and 40
/// ms; estimates that are off by more than 200 ms are made anew. The rest is for a
/// way to the service on which two requests take 400 ms.
const TTL_LATENESS: Duration = Duration::from_secs(1);

/// The declarations. `server` is what the service calls itself.
pub(crate) fn describe(server: &str, call_timeout: Duration) -> Descriptor {
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
    let (product, version) = match server.split_once('/') {
        Some((name, version)) if name.starts_with("Azurite") => ("Azurite", Some(version)),
        Some((_, version)) => ("Azure Table Storage", version.split(' ').next()),
        None => ("Azure Table Storage", None),
    };
    Descriptor {
        provider: NAME,
        product: product.to_owned(),
        product_version: version.map(str::to_owned),
        features: vec![
            feature::KV_STORE,
            feature::KV_LIST_ORDERED,
            feature::KV_CAS,
            feature::KV_COUNTERS,
            feature::KV_BATCH,
            feature::KV_EXPIRY,
        ],
        limits: limits.map(|(id, value)| Limit { id, value }).to_vec(),
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

/// What is declared of the emulator.
pub(crate) fn of_emulator() -> Descriptor {
    describe("Azurite-Table/3", crate::config::CALL_TIMEOUT)
}

/// What is declared of the service itself.
pub(crate) fn of_account() -> Descriptor {
    describe("", crate::config::CALL_TIMEOUT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_service_names_itself() {
        let emulator = describe("Azurite-Table/3.37.0", Duration::ZERO);
        assert_eq!(emulator.product, "Azurite");
        assert_eq!(emulator.product_version.as_deref(), Some("3.37.0"));
        assert_eq!(emulator.durability, Durability::Process);
        let server = "Windows-Azure-Table/1.0 Microsoft-HTTPAPI/2.0";
        let service = describe(server, Duration::ZERO);
        assert_eq!(service.product, "Azure Table Storage");
        assert_eq!(service.product_version.as_deref(), Some("1.0"));
        assert_eq!(service.durability, Durability::Durable);
        assert_eq!(describe("", Duration::ZERO).product_version, None);
    }

    #[test]
    fn the_longest_life_is_a_moment_that_can_be_written() {
        // In the nanoseconds of the clock, from today on.
        assert!(TTL_MAX.as_nanos() < i64::MAX as u128 / 4);
    }
}
