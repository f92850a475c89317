//! A key's message: what it says of the key, and how it is written.

use std::time::Duration;

use async_nats::header::HeaderMap;
use bytes::Bytes;
use cloud_contract::Result;

use crate::stored::{Stored, number};
use crate::stream::{EXPECTED_SEQUENCE, SERVER_TTL};

const OPERATION: &str = "KV-Operation";
/// A message that the server put in the place of one that it removed.
const MARKER_REASON: &str = "Nats-Marker-Reason";
const ENDS_AFTER: &str = "Cloud-Ends-After";
const ENDS_AT: &str = "Cloud-Ends-At";

/// How long a message says that its key was deleted, where the server can end it:
/// long enough for other clients that watch the bucket and lost their connection.
const DELETION_STAYS: Duration = Duration::from_secs(60);
/// How long after its end the server still keeps a message. It only has to be later
/// than every clock's idea of the end.
const CLEANING_DELAY: Duration = Duration::from_secs(5);
/// The most that headers of ours add to a message: the condition (59 bytes), the end
/// (36), the server's time to live (22), first line and end (12), and room.
pub(crate) const HEADERS_MAX_BYTES: usize = 256;

/// The end of a key as a message states it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stated {
    Never,
    /// Nanoseconds after the message's time stamp.
    After(u64),
    /// Nanoseconds since 1970.
    At(u64),
}

/// What the headers of a message say of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) deleted: bool,
    stated: Stated,
}

impl Marks {
    pub(crate) fn read(headers: Option<&HeaderMap>) -> Result<Self> {
        let mut marks = Self {
            deleted: false,
            stated: Stated::Never,
        };
        let Some(headers) = headers.filter(|headers| !headers.is_empty()) else {
            return Ok(marks);
        };
        let operation = headers.get(OPERATION).map(|value| value.as_str());
        marks.deleted =
            matches!(operation, Some("DEL" | "PURGE")) || headers.get(MARKER_REASON).is_some();
        if let Some(span) = headers.get(ENDS_AFTER) {
            marks.stated = Stated::After(number(span.as_str())?);
        } else if let Some(end) = headers.get(ENDS_AT) {
            marks.stated = Stated::At(number(end.as_str())?);
        }
        Ok(marks)
    }

    /// The end in nanoseconds since 1970, by the server's clock. `stamped` is asked
    /// for the message's time stamp.
    pub(crate) fn end(self, stamped: impl FnOnce() -> Result<u64>) -> Result<Option<u64>> {
        Ok(match self.stated {
            Stated::Never => None,
            Stated::After(span) => Some(stamped()?.saturating_add(span)),
            Stated::At(end) => Some(end),
        })
    }
}

/// The last message of a key.
#[derive(Debug, Clone)]
pub(crate) struct Record {
    pub(crate) sequence: u64,
    pub(crate) value: Bytes,
    pub(crate) deleted: bool,
    /// When it ends, by the server's clock.
    pub(crate) end: Option<u64>,
}

impl Record {
    pub(crate) fn of(message: Stored) -> Result<Self> {
        let marks = Marks::read(Some(&message.headers))?;
        Ok(Self {
            sequence: message.sequence,
            deleted: marks.deleted,
            end: marks.end(|| Ok(message.stamp))?,
            value: message.payload,
        })
    }
}

/// How a new message shall end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Never,
    /// This long after the server stamps it.
    After(Duration),
    /// At this time of the server; the span is about what is left until then.
    At(u64, Duration),
    /// It says that the key was deleted. `true`: the server can clean it up.
    Deletion(bool),
}

/// The headers of a new message; none if it needs none. `expected`: the sequence that
/// the last message of the subject must have, 0 if there must be none.
pub(crate) fn headers(expected: Option<u64>, ending: Ending) -> Option<HeaderMap> {
    if expected.is_none() && ending == Ending::Never {
        return None;
    }
    let mut headers = HeaderMap::new();
    if let Some(sequence) = expected {
        headers.insert(EXPECTED_SEQUENCE, sequence.to_string());
    }
    let cleaned = match ending {
        Ending::Never => None,
        Ending::After(span) => {
            let span_ns = u64::try_from(span.as_nanos()).unwrap_or(u64::MAX);
            headers.insert(ENDS_AFTER, span_ns.to_string());
            Some(span + CLEANING_DELAY)
        }
        Ending::At(end, left) => {
            headers.insert(ENDS_AT, end.to_string());
            Some(left + CLEANING_DELAY)
        }
        Ending::Deletion(cleaned) => {
            headers.insert(OPERATION, "DEL");
            cleaned.then_some(DELETION_STAYS)
        }
    };
    if let Some(span) = cleaned {
        // Whole seconds; up, so that it never comes before the end.
        headers.insert(SERVER_TTL, format!("{}s", span.as_secs() + 1));
    }
    Some(headers)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text<'a>(headers: &'a HeaderMap, name: &'static str) -> Option<&'a str> {
        headers.get(name).map(|value| value.as_str())
    }

    #[test]
    fn a_plain_write_needs_no_headers() {
        assert!(headers(None, Ending::Never).is_none());
        let condition = headers(Some(0), Ending::Never).unwrap();
        assert_eq!(text(&condition, EXPECTED_SEQUENCE), Some("0"));
        assert_eq!(text(&condition, SERVER_TTL), None);
    }

    #[test]
    fn the_server_cleans_up_after_the_end() {
        let span = Duration::from_millis(1);
        let written = headers(None, Ending::After(span)).unwrap();
        assert_eq!(text(&written, SERVER_TTL), Some("6s"));
        let marks = Marks::read(Some(&written)).unwrap();
        assert!(!marks.deleted);
        assert_eq!(marks.end(|| Ok(5)), Ok(Some(1_000_005)));

        let written = headers(Some(7), Ending::At(99, Duration::from_secs(2))).unwrap();
        assert_eq!(text(&written, SERVER_TTL), Some("8s"));
        let marks = Marks::read(Some(&written)).unwrap();
        assert_eq!(marks.end(|| number("none")), Ok(Some(99)));
    }

    #[test]
    fn deletions_of_every_client_are_seen() {
        let ours = headers(None, Ending::Deletion(true)).unwrap();
        assert_eq!(text(&ours, SERVER_TTL), Some("61s"));
        assert!(Marks::read(Some(&ours)).unwrap().deleted);
        let old = headers(None, Ending::Deletion(false)).unwrap();
        assert_eq!(text(&old, SERVER_TTL), None);
        for (name, value) in [(OPERATION, "PURGE"), (MARKER_REASON, "MaxAge")] {
            let mut theirs = HeaderMap::new();
            theirs.insert(name, value);
            assert!(Marks::read(Some(&theirs)).unwrap().deleted);
        }
        let mut put = HeaderMap::new();
        put.insert(OPERATION, "PUT");
        assert!(!Marks::read(Some(&put)).unwrap().deleted);
    }

    #[test]
    fn headers_stay_within_their_room() {
        let most = Duration::from_secs(10 * 365 * 24 * 60 * 60);
        for ending in [
            Ending::After(most),
            Ending::At(u64::MAX, most),
            Ending::Deletion(true),
        ] {
            let written = headers(Some(u64::MAX), ending).unwrap();
            let lines: usize = written
                .iter()
                .map(|(name, values)| {
                    AsRef::<str>::as_ref(name).len() + values[0].as_str().len() + 4
                })
                .sum();
            assert!(lines + 12 <= HEADERS_MAX_BYTES, "{lines}");
        }
    }
}
