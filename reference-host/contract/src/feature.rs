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

/// The core of `cloud:blobstore`.
pub const BLOB_CONTAINER: FeatureId = "blob.container";
/// Lists come in the order of the names' bytes.
pub const BLOB_LIST_ORDERED: FeatureId = "blob.list.ordered";
/// `cloud:blobstore/admin`.
pub const BLOB_ADMIN: FeatureId = "blob.admin";
/// `cloud:blobstore/conditional-delete`.
pub const BLOB_CONDITIONAL_DELETE: FeatureId = "blob.conditional-delete";
/// `cloud:blobstore/conditional-copy`.
pub const BLOB_CONDITIONAL_COPY: FeatureId = "blob.conditional-copy";
/// `cloud:blobstore/atomic-move`.
pub const BLOB_ATOMIC_MOVE: FeatureId = "blob.atomic-move";
/// `cloud:blobstore/multipart`.
pub const BLOB_MULTIPART: FeatureId = "blob.multipart";
/// `cloud:blobstore/links`.
pub const BLOB_LINKS: FeatureId = "blob.links";
/// `cloud:blobstore/history`.
pub const BLOB_HISTORY: FeatureId = "blob.history";
/// `cloud:blobstore/append`.
pub const BLOB_APPEND: FeatureId = "blob.append";
