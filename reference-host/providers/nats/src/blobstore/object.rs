//! The state of an object, and the one step that changes it.
//!
//! Every change states the sequence of the message that it replaces, also one that
//! expects nothing: who replaces a state knows which one it was, and that he alone has
//! to let go of its bytes.

use async_nats::header::HeaderMap;
use bytes::Bytes;
use cloud_contract::blobstore::Expected;
use cloud_contract::{Error, ErrorKind, Result};

use super::bucket::Bucket;
use super::meta::{CHUNK_BYTES, Found};
use crate::error::Failure;
use crate::link::{Live, lost};
use crate::stream::{EXPECTED_SEQUENCE, SERVER_TTL};

/// The other messages of the subject go.
const ROLLUP: (&str, &str) = ("Nats-Rollup", "sub");
/// How long a message says that its object was deleted: long enough for other clients
/// that watch the bucket and lost their connection.
const DELETION_STAYS: &str = "61s";
/// Messages that a stream takes together.
const BATCH_ID: &str = "Nats-Batch-Id";
const BATCH_PLACE: &str = "Nats-Batch-Sequence";
const BATCH_COMMIT: &str = "Nats-Batch-Commit";

/// What a message says of its object.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// It is there, in messages of this size where that is known.
    Written { chunk_bytes: Option<u64> },
    /// It is gone.
    Deleted,
}

impl Bucket {
    /// Looks at an object.
    pub(super) async fn find(&self, live: &Live, name: &str) -> Result<Found> {
        let subject = self.meta(name);
        let last = self.stream.last(&self.link, live, &subject).await?;
        Ok(last.as_ref().map_or(Found::NOTHING, Found::read))
    }

    /// Replaces the message of an object that has this sequence.
    pub(super) async fn change(
        &self,
        live: &Live,
        name: &str,
        sequence: u64,
        change: &Change,
        payload: Bytes,
    ) -> Result<u64, Failure> {
        let headers = headers(sequence, change);
        let subject = self.meta(name);
        self.stream
            .publish(&self.link, live, &subject, Some(headers), payload)
            .await
    }
}

/// One of two changes that are made in one step.
#[derive(Debug)]
pub(super) struct Half<'a> {
    pub(super) name: &'a str,
    pub(super) sequence: u64,
    pub(super) change: Change,
    pub(super) payload: Bytes,
}

impl Bucket {
    /// Makes two changes in one step, or none: the stream takes both messages while
    /// nobody reads. Returns the sequence of the second; the first lies right before.
    pub(super) async fn change_both(
        &self,
        live: &Live,
        [first, second]: [Half<'_>; 2],
    ) -> Result<u64, Failure> {
        let id = live.unique();
        let mut of_first = headers(first.sequence, &first.change);
        of_first.insert(BATCH_ID, id.as_str());
        of_first.insert(BATCH_PLACE, "1");
        let sent = live
            .client
            .publish_with_headers(self.meta(first.name), of_first, first.payload);
        sent.await.map_err(lost)?;
        let mut of_second = headers(second.sequence, &second.change);
        of_second.insert(BATCH_ID, id.as_str());
        of_second.insert(BATCH_PLACE, "2");
        of_second.insert(BATCH_COMMIT, "1");
        let subject = self.meta(second.name);
        self.stream
            .publish(&self.link, live, &subject, Some(of_second), second.payload)
            .await
    }
}

/// The headers of a message that takes the place of the one with this sequence.
fn headers(sequence: u64, change: &Change) -> HeaderMap {
    let mut headers = HeaderMap::new();
    headers.insert(ROLLUP.0, ROLLUP.1);
    headers.insert(EXPECTED_SEQUENCE, sequence.to_string());
    match change {
        Change::Written { chunk_bytes } => {
            if let Some(bytes) = chunk_bytes {
                headers.insert(CHUNK_BYTES, bytes.to_string());
            }
        }
        Change::Deleted => headers.insert(SERVER_TTL, DELETION_STAYS),
    }
    headers
}

/// Whether an object is as expected.
///
/// # Errors
/// `precondition-failed`.
pub(super) fn check(expected: &Expected, found: &Found) -> Result<()> {
    let is_met = match (expected, &found.state) {
        (Expected::Any, _) | (Expected::Absent, None) => true,
        (Expected::Version(version), Some(state)) => state.info.version == *version,
        _ => false,
    };
    if is_met { Ok(()) } else { Err(stale()) }
}

pub(super) fn stale() -> Error {
    ErrorKind::PreconditionFailed.into()
}
