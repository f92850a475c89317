//! Ids of limits and their portable floors, as `wit/*/package.wit` have them.

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

/// Longest name of an object, in bytes of UTF-8 (floor 512).
pub const BLOB_NAME_MAX_BYTES: &str = "blob.name.max-bytes";
/// Largest object, in bytes (floor one gibibyte).
pub const BLOB_OBJECT_MAX_BYTES: &str = "blob.object.max-bytes";
/// Most metadata of an object, in bytes of its keys and values (floor 1,024).
pub const BLOB_METADATA_MAX_BYTES: &str = "blob.metadata.max-bytes";
/// What is held of one stream between guest and service, in bytes (64 mebibytes at
/// most).
pub const BLOB_BUFFER_MAX_BYTES: &str = "blob.buffer.max-bytes";
/// How long the service keeps bytes of a write without effect, in nanoseconds (a week
/// at most).
pub const BLOB_RESIDUE_MAX_NS: &str = "blob.residue.max-ns";
/// Largest page of a list, in items (floor 1).
pub const BLOB_PAGE_MAX_ITEMS: &str = "blob.page.max-items";
/// Most names in one deletion (floor 1,000).
pub const BLOB_DELETE_MAX_NAMES: &str = "blob.delete.max-names";
/// Smallest part of an upload but for the last, in bytes (5 mebibytes at most).
pub const BLOB_PART_MIN_BYTES: &str = "blob.part.min-bytes";
/// Largest part of an upload, in bytes (floor 64 mebibytes).
pub const BLOB_PART_MAX_BYTES: &str = "blob.part.max-bytes";
/// Largest number of a part (floor 10,000).
pub const BLOB_PART_MAX_NUMBER: &str = "blob.part.max-number";
/// How long an upload is kept that nobody touches, in nanoseconds (floor one day).
pub const BLOB_UPLOAD_MAX_IDLE_NS: &str = "blob.upload.max-idle-ns";
/// Longest lifetime of a link, in nanoseconds (floor one hour).
pub const BLOB_LINK_MAX_NS: &str = "blob.link.max-ns";
