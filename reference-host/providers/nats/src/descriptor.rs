//! What this provider declares, and what the service tells about itself.

use std::borrow::Cow;
use std::time::Duration;

use cloud_contract::{Descriptor, Durability, ErrorKind, Limit, Result, feature, limit};

use crate::blobstore::{CHUNK_BYTES, CHUNKS_AT_ONCE, NAME_BYTES, OBJECT_BYTES, RESIDUE_MAX};
use crate::keyvalue::record::HEADERS_MAX_BYTES;

/// The provider's id.
pub(crate) const NAME: &str = "nats";

/// A key takes up to three times its length in a subject, and a subject has to fit
/// into the 4 KiB that the server takes for one line, with the names of a stream and
/// of an inbox: 3,670 bytes at most.
const KEY_MAX_BYTES: u64 = 1024;
/// The makers of NATS advise against longer messages, whatever a server permits.
const VALUE_MAX_BYTES: u64 = 8 * 1024 * 1024;
/// The `max_payload` of a server that is told nothing.
const USUAL_MAX_PAYLOAD: usize = 1024 * 1024;
/// Below this the interface cannot be served at all.
const VALUE_FLOOR_BYTES: u64 = 24_576;
/// Each page reads all names: a large one saves much.
const PAGE_MAX_KEYS: u64 = 10_000;
const BATCH_MAX_ITEMS: u64 = 1_000;
const TTL_MIN: Duration = Duration::from_millis(1);
const TTL_MAX: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);
/// Lists read it along with the names.
const METADATA_MAX_BYTES: u64 = 8 * 1024;
/// Below this a container cannot be served at all.
const METADATA_FLOOR_BYTES: u64 = 1024;
/// What a character of a text takes in a message at most: `\u0000`.
const ESCAPED_BYTES: usize = 6;
/// What the message of an object has besides its name and metadata: the content type
/// (510 bytes at most), the names of a bucket (251) and of fields, a digest, numbers.
const META_FRAME_BYTES: usize = 1536;
/// What is being divided, the messages on their way, and what the client has of them.
const BUFFER_MAX_BYTES: u64 = 2 * (CHUNK_BYTES * CHUNKS_AT_ONCE) as u64;
const PAGE_MAX_ITEMS: u64 = 1_000;
const DELETE_MAX_NAMES: u64 = 1_000;
/// How far apart the bounds of the server's clock may be: as much as an answer takes,
/// and the drift since.
pub(crate) const WIDTH_MAX: Duration = Duration::from_millis(100);
/// A key is judged by the earlier bound of the server's clock, so late by what
/// [`WIDTH_MAX`] allows. The rest is for the way of the next answer.
const TTL_LATENESS: Duration = Duration::from_millis(250);
/// The first version that knows times to live of messages. Older ones ignore the
/// header and say nothing.
const LIFETIMES_SINCE: (u32, u32) = (2, 11);

/// The first level of the API that knows messages which are taken together.
const BATCHES_SINCE: u32 = 2;

/// What was found out when connecting.
#[derive(Debug, Clone, Default)]
pub(crate) struct Facts {
    pub(crate) version: String,
    /// Which API the server has, since 2.11.
    pub(crate) api_level: u32,
    pub(crate) max_payload: usize,
    /// How long the quickest of several answers took.
    pub(crate) quickest: Duration,
}

impl Facts {
    /// Whether messages can have times to live, and the server's clock can be read
    /// well enough to judge them.
    pub(crate) fn lifetimes(&self) -> bool {
        self.is_recent() && self.quickest <= WIDTH_MAX
    }

    /// Whether it is of version 2.11 or later.
    fn is_recent(&self) -> bool {
        self.api_level >= 1 && knows_lifetimes(&self.version)
    }

    /// Whether a stream can take several messages in one step, since 2.12.
    pub(crate) fn batches(&self) -> bool {
        self.api_level >= BATCHES_SINCE
    }

    /// The most metadata of an object, if objects can be served: several messages for
    /// one request came with version 2.11 too.
    fn metadata_max(&self) -> Option<u64> {
        let taken = HEADERS_MAX_BYTES + META_FRAME_BYTES + ESCAPED_BYTES * NAME_BYTES;
        let room = self.max_payload.saturating_sub(taken) / ESCAPED_BYTES;
        let most =
            u64::try_from(room).map_or(METADATA_MAX_BYTES, |room| room.min(METADATA_MAX_BYTES));
        (self.is_recent() && most >= METADATA_FLOOR_BYTES).then_some(most)
    }
}

fn knows_lifetimes(version: &str) -> bool {
    let mut parts = version.split('.').map(|part| part.parse::<u32>().ok());
    match (parts.next().flatten(), parts.next().flatten()) {
        (Some(major), Some(minor)) => (major, minor) >= LIFETIMES_SINCE,
        _ => false,
    }
}

/// The declarations.
///
/// # Errors
/// `other` if the server permits only messages that are too short.
pub(crate) fn describe(facts: &Facts, call_timeout: Duration) -> Result<Descriptor> {
    let payload = facts.max_payload.saturating_sub(HEADERS_MAX_BYTES);
    let value_max =
        u64::try_from(payload).map_or(VALUE_MAX_BYTES, |most| most.min(VALUE_MAX_BYTES));
    if value_max < VALUE_FLOOR_BYTES {
        return Err(ErrorKind::Other(Cow::Borrowed(
            "the service permits only messages that are too short: its max_payload must be at \
             least 25 KB",
        ))
        .into());
    }
    Ok(declared(facts, value_max, call_timeout))
}

/// What is declared of a service as it is installed.
pub(crate) fn usual() -> Descriptor {
    let facts = Facts {
        version: "2.12".to_owned(),
        api_level: 2,
        max_payload: USUAL_MAX_PAYLOAD,
        ..Facts::default()
    };
    let value_max = (USUAL_MAX_PAYLOAD - HEADERS_MAX_BYTES) as u64;
    Descriptor {
        product_version: None,
        ..declared(&facts, value_max, crate::config::CALL_TIMEOUT)
    }
}

fn declared(facts: &Facts, value_max: u64, call_timeout: Duration) -> Descriptor {
    let nanoseconds = |span: Duration| u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
    let mut features = vec![
        feature::KV_STORE,
        feature::KV_LIST_ORDERED,
        feature::KV_CAS,
        feature::KV_COUNTERS,
        feature::KV_BATCH,
    ];
    let mut limits = vec![
        (limit::KV_KEY_MAX_BYTES, KEY_MAX_BYTES),
        (limit::KV_VALUE_MAX_BYTES, value_max),
        (limit::KV_PAGE_MAX_KEYS, PAGE_MAX_KEYS),
        (limit::KV_BATCH_MAX_ITEMS, BATCH_MAX_ITEMS),
    ];
    if facts.lifetimes() {
        features.push(feature::KV_EXPIRY);
        limits.extend([
            (limit::KV_TTL_MIN_NS, nanoseconds(TTL_MIN)),
            (limit::KV_TTL_MAX_NS, nanoseconds(TTL_MAX)),
            (limit::KV_TTL_LATENESS_NS, nanoseconds(TTL_LATENESS)),
        ]);
    }
    if let Some(metadata_max) = facts.metadata_max() {
        features.extend([
            feature::BLOB_CONTAINER,
            feature::BLOB_LIST_ORDERED,
            feature::BLOB_ADMIN,
            feature::BLOB_CONDITIONAL_DELETE,
            feature::BLOB_CONDITIONAL_COPY,
        ]);
        if facts.batches() {
            features.push(feature::BLOB_ATOMIC_MOVE);
        }
        limits.extend([
            (limit::BLOB_NAME_MAX_BYTES, NAME_BYTES as u64),
            (limit::BLOB_OBJECT_MAX_BYTES, OBJECT_BYTES),
            (limit::BLOB_METADATA_MAX_BYTES, metadata_max),
            (limit::BLOB_BUFFER_MAX_BYTES, BUFFER_MAX_BYTES),
            (limit::BLOB_RESIDUE_MAX_NS, nanoseconds(RESIDUE_MAX)),
            (limit::BLOB_PAGE_MAX_ITEMS, PAGE_MAX_ITEMS),
            (limit::BLOB_DELETE_MAX_NAMES, DELETE_MAX_NAMES),
        ]);
    }
    Descriptor {
        provider: NAME,
        product: "NATS".to_owned(),
        product_version: Some(facts.version.clone()).filter(|version| !version.is_empty()),
        features,
        limits: limits
            .into_iter()
            .map(|(id, value)| Limit { id, value })
            .collect(),
        // A message is in the hands of the operating system before it is acknowledged;
        // that the disk has it (`sync_interval`) matters only when power fails.
        durability: Durability::Durable,
        // Reads are answered by the leader of the stream.
        visibility_bound: Duration::ZERO,
        call_timeout,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(version: &str, api_level: u32) -> Facts {
        Facts {
            version: version.to_owned(),
            api_level,
            max_payload: 1024 * 1024,
            quickest: Duration::from_millis(1),
        }
    }

    #[test]
    fn expiry_is_declared_only_where_it_holds() {
        for (version, api_level, holds) in [
            ("2.15.1", 5, true),
            ("2.11.0", 1, true),
            ("2.11.0-RC.1", 1, true),
            ("3.0.0", 1, true),
            // The one we talk to is new, the one that leads JetStream is not.
            ("2.11.0", 0, false),
            ("2.10.29", 0, false),
            ("2.9.10", 0, false),
            ("2.9.10", 1, false),
            ("", 1, false),
            ("nightly", 1, false),
        ] {
            let facts = facts(version, api_level);
            assert_eq!(facts.lifetimes(), holds, "{version} {api_level}");
            let descriptor = describe(&facts, Duration::from_secs(1)).unwrap();
            assert_eq!(descriptor.declares(feature::KV_EXPIRY), holds);
            assert_eq!(descriptor.limit(limit::KV_TTL_MIN_NS).is_some(), holds);
        }
        let far = Facts {
            quickest: Duration::from_millis(101),
            ..facts("2.15.1", 5)
        };
        assert!(!far.lifetimes());
    }

    #[test]
    fn containers_are_declared_where_they_can_be_served() {
        let metadata_max = |version, api_level, max_payload| {
            let facts = Facts {
                max_payload,
                ..facts(version, api_level)
            };
            let descriptor = describe(&facts, Duration::from_secs(1)).unwrap();
            let most = descriptor.limit(limit::BLOB_METADATA_MAX_BYTES);
            assert_eq!(descriptor.declares(feature::BLOB_CONTAINER), most.is_some());
            assert_eq!(
                descriptor.limit(limit::BLOB_NAME_MAX_BYTES).is_some(),
                most.is_some()
            );
            most
        };
        assert_eq!(metadata_max("2.15.1", 5, 1024 * 1024), Some(8 * 1024));
        assert_eq!(metadata_max("2.10.29", 0, 1024 * 1024), None);
        assert_eq!(metadata_max("2.15.1", 5, 24_576 + 256), Some(1_792));
        assert_eq!(
            usual().limit(limit::BLOB_METADATA_MAX_BYTES),
            Some(8 * 1024)
        );
    }

    #[test]
    fn values_leave_room_for_headers() {
        let value_max = |max_payload| {
            let facts = Facts {
                max_payload,
                ..facts("2.15.1", 5)
            };
            let descriptor = describe(&facts, Duration::from_secs(1)).ok()?;
            descriptor.limit(limit::KV_VALUE_MAX_BYTES)
        };
        assert_eq!(value_max(1024 * 1024), Some(1024 * 1024 - 256));
        assert_eq!(value_max(64 * 1024 * 1024), Some(8 * 1024 * 1024));
        assert_eq!(value_max(24_576 + 256), Some(24_576));
        assert_eq!(value_max(24_576 + 255), None);
        assert_eq!(value_max(0), None);
    }
}
