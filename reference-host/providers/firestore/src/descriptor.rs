//! What this provider declares.

use std::time::Duration;

use cloud_contract::{Descriptor, Durability, Limit, feature, limit};

use crate::names::KEY_MAX_BYTES;

/// The provider's id.
pub(crate) const NAME: &str = "firestore";

/// A document ends at 1 MiB with its name and its other fields, which take up to
/// 3.4 KiB. A bytes field alone would end at 1 MiB less 89 bytes.
const VALUE_MAX_BYTES: u64 = 1024 * 1024 - 4 * 1024;
/// A key of a page is a document that is read; this is what one page of the service's
/// own lists holds.
const PAGE_MAX_KEYS: u64 = 300;
const BATCH_MAX_ITEMS: u64 = 500;
const TTL_MIN: Duration = Duration::from_millis(1);
const TTL_MAX: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
/// Reads are judged by the time that the service gives with the answer. The rest is
/// for a conditional write, which is judged by a read just before it.
const TTL_LATENESS: Duration = Duration::from_millis(100);

/// The declarations.
pub(crate) fn describe(is_emulator: bool, call_timeout: Duration) -> Descriptor {
    let nanoseconds = |span: Duration| u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
    let limits = [
        (limit::KV_KEY_MAX_BYTES, KEY_MAX_BYTES as u64),
        (limit::KV_VALUE_MAX_BYTES, VALUE_MAX_BYTES),
        (limit::KV_PAGE_MAX_KEYS, PAGE_MAX_KEYS),
        (limit::KV_BATCH_MAX_ITEMS, BATCH_MAX_ITEMS),
        (limit::KV_TTL_MIN_NS, nanoseconds(TTL_MIN)),
        (limit::KV_TTL_MAX_NS, nanoseconds(TTL_MAX)),
        (limit::KV_TTL_LATENESS_NS, nanoseconds(TTL_LATENESS)),
    ];
    let (product, durability) = if is_emulator {
        ("Google Firestore emulator", Durability::Process)
    } else {
        ("Google Firestore", Durability::Durable)
    };
    Descriptor {
        provider: NAME,
        product: product.to_owned(),
        // Neither says.
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
        durability,
        // Reads that ask for no certain time are strongly consistent.
        visibility_bound: Duration::ZERO,
        call_timeout,
    }
}

/// What is declared of the emulator.
pub(crate) fn of_emulator() -> Descriptor {
    describe(true, crate::config::CALL_TIMEOUT)
}

/// What is declared of the service itself.
pub(crate) fn of_account() -> Descriptor {
    describe(false, crate::config::CALL_TIMEOUT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::COLLECTION_MAX_BYTES;
    use crate::names::entries_collection;
    use cloud_contract::ScopeId;

    /// By the rules of Google's page "Storage size calculations".
    #[test]
    fn the_largest_entry_fits_a_document() {
        let id = |length: usize| length + 1;
        let scope = ScopeId::new("s".repeat(63)).unwrap();
        let entries = entries_collection(&"c".repeat(COLLECTION_MAX_BYTES), &scope);
        // The longest id that there can be.
        let store = 1_500;
        let name = id(COLLECTION_MAX_BYTES)
            + id(scope.as_str().len())
            + id("stores".len())
            + id(store)
            + id(entries.len())
            + id(2 * KEY_MAX_BYTES)
            + 16;
        let field = |name: &str, bytes: usize| id(name.len()) + bytes;
        let value = usize::try_from(VALUE_MAX_BYTES).unwrap();
        let fields = field("value", value)
            + field("mark", 8)
            + field("lifetime_us", 8)
            + field("ends", 8)
            + field("sweep", 8);
        assert!(name + fields + 32 <= 1024 * 1024);
        assert!(value <= 1024 * 1024 - 89);
        // Names end at 6 KiB.
        assert!(name <= 6 * 1024);
    }
}
