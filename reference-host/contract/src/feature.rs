//! Ids of the features that the portable layer acts on, spelled as the WIT and
//! `conformance/features/` spell them.

/// The id of a feature, for example `kv.cas`.
pub type FeatureId = &'static str;

/// The core of `cloud:keyvalue`.
pub const KV_STORE: FeatureId = "kv.store";
/// Lists come in the order of the keys' bytes.
pub const KV_LIST_ORDERED: FeatureId = "kv.list.ordered";
/// `cloud:keyvalue/cas`.
pub const KV_CAS: FeatureId = "kv.cas";
/// `cloud:keyvalue/counters`.
pub const KV_COUNTERS: FeatureId = "kv.counters";
/// `cloud:keyvalue/batch`.
pub const KV_BATCH: FeatureId = "kv.batch";
/// `cloud:keyvalue/expiry`.
pub const KV_EXPIRY: FeatureId = "kv.expiry";
