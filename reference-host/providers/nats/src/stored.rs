//! A message as the service keeps it, in whichever way it was asked for.

use async_nats::header::HeaderMap;
use async_nats::jetstream::message::StreamMessage;
use async_nats::{Message, datetime};
use bytes::Bytes;
use cloud_contract::Result;

use crate::error::unexpected_reply;

const SEQUENCE: &str = "Nats-Sequence";
const TIME: &str = "Nats-Time-Stamp";
const SUBJECT: &str = "Nats-Subject";
const PENDING: &str = "Nats-Num-Pending";
/// Ours: how many messages of the same bytes were sent before this one.
pub(crate) const PLACE: &str = "Cloud-Place";

/// A message of a stream.
#[derive(Debug, Clone)]
pub(crate) struct Stored {
    pub(crate) sequence: u64,
    /// When it was stored, by the clock of the service: nanoseconds since 1970.
    pub(crate) stamp: u64,
    pub(crate) headers: HeaderMap,
    pub(crate) payload: Bytes,
}

impl Stored {
    /// The answer to a direct get.
    pub(crate) fn direct(message: Message) -> Result<Self> {
        let headers = message.headers.ok_or_else(unexpected_reply)?;
        let text = |name| {
            let value = headers.get_last(name);
            value.map(|value| value.as_str()).unwrap_or_default()
        };
        Ok(Self {
            sequence: number(text(SEQUENCE))?,
            stamp: nanoseconds(text(TIME))?,
            headers,
            payload: message.payload,
        })
    }

    /// A message as the leader has it.
    pub(crate) fn of_leader(message: StreamMessage) -> Result<Self> {
        let stamp = u64::try_from(message.time.unix_timestamp_nanos());
        Ok(Self {
            sequence: message.sequence,
            stamp: stamp.map_err(|_| unexpected_reply())?,
            headers: message.headers,
            payload: message.payload,
        })
    }

    /// The subject of one out of several answers to a direct get.
    pub(crate) fn subject(&self) -> Result<&str> {
        let subject = self.headers.get_last(SUBJECT);
        let subject = subject.ok_or_else(unexpected_reply)?;
        Ok(subject.as_str())
    }

    /// How many messages of the same bytes were sent before this one; none where another
    /// client wrote it.
    pub(crate) fn place(&self) -> Result<Option<u64>> {
        let place = self.headers.get_last(PLACE);
        place.map(|place| number(place.as_str())).transpose()
    }

    /// How many messages that were asked for lie behind this one, as far as the copy of the
    /// stream knows that answered.
    pub(crate) fn pending(&self) -> Result<u64> {
        let pending = self.headers.get_last(PENDING);
        number(pending.ok_or_else(unexpected_reply)?.as_str())
    }
}

/// A time of the server in nanoseconds since 1970.
pub(crate) fn nanoseconds(rfc3339: &str) -> Result<u64> {
    datetime::parse_rfc3339(rfc3339)
        .ok()
        .and_then(|time| u64::try_from(time.unix_timestamp_nanos()).ok())
        .ok_or_else(unexpected_reply)
}

/// A number in a header.
pub(crate) fn number(text: &str) -> Result<u64> {
    text.parse().map_err(|_| unexpected_reply())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_exact() {
        assert_eq!(
            nanoseconds("1970-01-01T00:00:01.000000005Z"),
            Ok(1_000_000_005)
        );
        assert_eq!(
            nanoseconds("2026-11-22T05:02:31.33189262Z").unwrap() % 1_000_000_000,
            331_892_620
        );
        assert!(nanoseconds("sesame").is_err());
        assert!(number("sesame").is_err());
    }
}
