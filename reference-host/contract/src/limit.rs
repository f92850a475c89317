//! Ids of limits and their portable floors, as `wit/keyvalue/package.wit` has them.

/// Longest key, in bytes of UTF-8 (floor 512).
pub const KV_KEY_MAX_BYTES: &str = "kv.key.max-bytes";
/// Longest value, in bytes (floor 24,576).
pub const KV_VALUE_MAX_BYTES: &str = "kv.value.max-bytes";
/// Largest page of a list, in keys (floor 1).
pub const KV_PAGE_MAX_KEYS: &str = "kv.page.max-keys";
/// Largest batch, in items (floor 25).
pub const KV_BATCH_MAX_ITEMS: &str = "kv.batch.max-items";
/// Shortest time to live, in nanoseconds.
pub const KV_TTL_MIN_NS: &str = "kv.ttl.min-ns";
/// Longest time to live, in nanoseconds (floor one day).
pub const KV_TTL_MAX_NS: &str = "kv.ttl.max-ns";
/// How long after its time to live a key may still be seen, in nanoseconds.
pub const KV_TTL_LATENESS_NS: &str = "kv.ttl.lateness-ns";
