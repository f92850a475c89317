//! The messages: what is written for a call, and what an answer holds.
//!
//! Owns the spelling of the protocol, which `docs/guide/adapter.md` describes.
//! Must not know how lines are carried.

use std::fmt;
use std::time::Duration;

use base64::Engine as _;
use base64::display::Base64Display;
use base64::engine::general_purpose::STANDARD;
use cloud_contract::keyvalue::{Entry, Expected, Version};
use cloud_contract::{Bytes, Error, Result};
use serde::de::{DeserializeOwned, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::error::{Failure, unexpected_answer};

/// The versions of the protocol that this host speaks.
pub(crate) const PROTOCOLS: &[u64] = &[1];

/// A line to the process.
#[derive(Debug, Serialize)]
pub(crate) struct Request<'a> {
    pub(crate) id: u64,
    #[serde(flatten)]
    pub(crate) call: &'a Call<'a>,
}

/// Where a key lies.
#[derive(Debug, Clone, Copy, Serialize)]
pub(crate) struct Place<'a> {
    pub(crate) scope: &'a str,
    pub(crate) store: &'a str,
}

/// What the process is asked to do.
#[derive(Debug, Serialize)]
#[serde(
    tag = "call",
    rename_all = "kebab-case",
    rename_all_fields = "kebab-case"
)]
pub(crate) enum Call<'a> {
    Describe {
        protocols: &'static [u64],
    },
    OpenScope {
        scope: &'a str,
        stores: &'a [String],
    },
    CloseScope {
        scope: &'a str,
    },
    OpenStore {
        #[serde(flatten)]
        place: Place<'a>,
    },
    Get {
        #[serde(flatten)]
        place: Place<'a>,
        key: &'a str,
    },
    Exists {
        #[serde(flatten)]
        place: Place<'a>,
        key: &'a str,
    },
    Set {
        #[serde(flatten)]
        place: Place<'a>,
        key: &'a str,
        value: Base64<'a>,
        #[serde(flatten)]
        condition: Condition<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        ttl_ns: Option<u64>,
    },
    Delete {
        #[serde(flatten)]
        place: Place<'a>,
        key: &'a str,
        #[serde(flatten)]
        condition: Condition<'a>,
    },
    List {
        #[serde(flatten)]
        place: Place<'a>,
        prefix: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        after: Option<&'a str>,
        limit: usize,
    },
    Entry {
        #[serde(flatten)]
        place: Place<'a>,
        key: &'a str,
    },
    Increment {
        #[serde(flatten)]
        place: Place<'a>,
        key: &'a str,
        /// As text: not every language reads a number of 64 bits exactly.
        #[serde(serialize_with = "as_text")]
        delta: i64,
    },
    GetMany {
        #[serde(flatten)]
        place: Place<'a>,
        keys: &'a [String],
    },
    SetMany {
        #[serde(flatten)]
        place: Place<'a>,
        entries: Vec<Item<'a>>,
    },
    DeleteMany {
        #[serde(flatten)]
        place: Place<'a>,
        keys: &'a [String],
    },
}

/// One entry of a batch.
#[derive(Debug, Serialize)]
pub(crate) struct Item<'a> {
    pub(crate) key: &'a str,
    pub(crate) value: Base64<'a>,
}

/// What must hold for a write; nothing where neither is there.
#[derive(Debug, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct Condition<'a> {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    if_absent: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    if_version: Option<&'a str>,
}

impl<'a> From<&'a Expected> for Condition<'a> {
    fn from(expected: &'a Expected) -> Self {
        Self {
            if_absent: matches!(expected, Expected::Absent),
            if_version: match expected {
                Expected::Version(version) => Some(version),
                Expected::Any | Expected::Absent => None,
            },
        }
    }
}

/// Bytes, as text while they are written.
pub(crate) struct Base64<'a>(pub(crate) &'a [u8]);

impl Serialize for Base64<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&Base64Display::new(self.0, &STANDARD))
    }
}

/// Shows no data.
impl fmt::Debug for Base64<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

fn as_text<S: Serializer>(number: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(number)
}

/// What the reader of lines has to know of an answer.
#[derive(Debug, Deserialize)]
pub(crate) struct Head {
    pub(crate) id: u64,
}

/// An answer: one of the three is there.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
struct Answer<T> {
    #[serde(default = "none", deserialize_with = "present")]
    ok: Option<T>,
    #[serde(default = "none", deserialize_with = "present")]
    stale: Option<Option<StoredEntry>>,
    #[serde(default)]
    error: Option<Failure>,
}

fn none<T>() -> Option<T> {
    None
}

/// A member that is there counts, also where it is `null`.
fn present<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de>,
{
    T::deserialize(deserializer).map(Some)
}

/// What came of a call.
#[derive(Debug)]
pub(crate) enum Reply<T> {
    Ok(T),
    /// A condition did not hold; the entry that is there instead.
    Stale(Option<Entry>),
    Failed(Failure),
}

impl<T: DeserializeOwned> Reply<T> {
    /// Reads an answer.
    ///
    /// # Errors
    /// `other` for one of another form.
    pub(crate) fn read(line: &[u8]) -> Result<Self> {
        let answer: Answer<T> = serde_json::from_slice(line).map_err(unexpected_answer)?;
        match answer {
            Answer {
                ok: Some(ok),
                stale: None,
                error: None,
            } => Ok(Self::Ok(ok)),
            Answer {
                ok: None,
                stale: Some(entry),
                error: None,
            } => Ok(Self::Stale(entry.map(Entry::from))),
            Answer {
                ok: None,
                stale: None,
                error: Some(failure),
            } => Ok(Self::Failed(failure)),
            _ => Err(unexpected_answer(
                "an answer has one of `ok`, `stale` and `error`",
            )),
        }
    }

    /// The answer of a call that sets no condition.
    ///
    /// # Errors
    /// Those that were reported; `other` where a condition is said not to hold.
    pub(crate) fn plain(self) -> Result<T> {
        match self {
            Self::Ok(ok) => Ok(ok),
            Self::Failed(failure) => Err(failure.into()),
            Self::Stale(_) => Err(unexpected_answer("`stale` where no condition was set")),
        }
    }
}

/// One item's part of the answer to a batch.
#[derive(Debug, Deserialize)]
#[serde(bound = "T: DeserializeOwned")]
pub(crate) struct ItemAnswer<T> {
    #[serde(default = "none", deserialize_with = "present")]
    ok: Option<T>,
    #[serde(default)]
    error: Option<Failure>,
}

impl<T> From<ItemAnswer<T>> for Result<T> {
    fn from(answer: ItemAnswer<T>) -> Self {
        match (answer.ok, answer.error) {
            (Some(ok), None) => Ok(ok),
            (None, Some(failure)) => Err(failure.into()),
            _ => Err(unexpected_answer("an item has one of `ok` and `error`")),
        }
    }
}

/// A value in an answer.
#[derive(Debug)]
pub(crate) struct Value(pub(crate) Bytes);

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Value;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a value in base64")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Value, E> {
                // What is wrong with it is left out: it is a value.
                let bytes = STANDARD
                    .decode(text)
                    .map_err(|_| E::custom("a value is not base64 with padding"))?;
                Ok(Value(bytes.into()))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// An entry in an answer.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) struct StoredEntry {
    value: Value,
    version: String,
    #[serde(default)]
    remaining_ns: Option<u64>,
}

impl From<StoredEntry> for Entry {
    fn from(entry: StoredEntry) -> Self {
        Self {
            value: entry.value.0,
            version: Version::from(entry.version),
            remaining: entry.remaining_ns.map(Duration::from_nanos),
        }
    }
}

/// A page of a list in an answer.
#[derive(Debug, Deserialize)]
pub(crate) struct Page {
    pub(crate) keys: Vec<String>,
    #[serde(default)]
    pub(crate) next: Option<String>,
}

/// A number of 64 bits in an answer, as text.
#[derive(Debug)]
pub(crate) struct Sum(pub(crate) i64);

impl<'de> Deserialize<'de> for Sum {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let number = text
            .parse()
            .map_err(|_| serde::de::Error::custom("a sum is not a number in a string"))?;
        Ok(Self(number))
    }
}

/// Whether a call is one that the process does not know.
pub(crate) fn is_unknown<T>(reply: &Result<Reply<T>, Error>) -> bool {
    matches!(reply, Ok(Reply::Failed(failure)) if failure.is_unsupported())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLACE: Place<'static> = Place {
        scope: "s",
        store: "t",
    };

    fn line(call: &Call<'_>) -> String {
        serde_json::to_string(&Request { id: 7, call }).unwrap()
    }

    #[test]
    fn requests_are_spelled_as_the_guide_says() {
        let version = Expected::Version("v\"1".into());
        for (call, text) in [
            (
                Call::Describe {
                    protocols: PROTOCOLS,
                },
                r#"{"id":7,"call":"describe","protocols":[1]}"#,
            ),
            (
                Call::OpenScope {
                    scope: "s",
                    stores: &["t".to_owned()],
                },
                r#"{"id":7,"call":"open-scope","scope":"s","stores":["t"]}"#,
            ),
            (
                Call::Get {
                    place: PLACE,
                    key: "a\0\n\"é",
                },
                r#"{"id":7,"call":"get","scope":"s","store":"t","key":"a\u0000\n\"é"}"#,
            ),
            (
                Call::Set {
                    place: PLACE,
                    key: "k",
                    value: Base64(b"\xff\x00"),
                    condition: (&Expected::Any).into(),
                    ttl_ns: None,
                },
                r#"{"id":7,"call":"set","scope":"s","store":"t","key":"k","value":"/wA="}"#,
            ),
            (
                Call::Set {
                    place: PLACE,
                    key: "k",
                    value: Base64(b""),
                    condition: (&Expected::Absent).into(),
                    ttl_ns: Some(9),
                },
                r#"{"id":7,"call":"set","scope":"s","store":"t","key":"k","value":"","if-absent":true,"ttl-ns":9}"#,
            ),
            (
                Call::Delete {
                    place: PLACE,
                    key: "k",
                    condition: (&version).into(),
                },
                r#"{"id":7,"call":"delete","scope":"s","store":"t","key":"k","if-version":"v\"1"}"#,
            ),
            (
                Call::List {
                    place: PLACE,
                    prefix: "",
                    after: Some("x"),
                    limit: 3,
                },
                r#"{"id":7,"call":"list","scope":"s","store":"t","prefix":"","after":"x","limit":3}"#,
            ),
            (
                Call::Increment {
                    place: PLACE,
                    key: "k",
                    delta: i64::MIN,
                },
                r#"{"id":7,"call":"increment","scope":"s","store":"t","key":"k","delta":"-9223372036854775808"}"#,
            ),
            (
                Call::SetMany {
                    place: PLACE,
                    entries: vec![Item {
                        key: "k",
                        value: Base64(b"v"),
                    }],
                },
                r#"{"id":7,"call":"set-many","scope":"s","store":"t","entries":[{"key":"k","value":"dg=="}]}"#,
            ),
        ] {
            assert_eq!(line(&call), text);
        }
    }

    #[test]
    fn answers_have_one_of_three_members() {
        let absent = Reply::<Option<Value>>::read(br#"{"id":1,"ok":null}"#);
        assert!(absent.unwrap().plain().unwrap().is_none());
        let value = Reply::<Option<Value>>::read(br#"{"ok":"\/wA=","id":1,"new":{}}"#);
        assert_eq!(value.unwrap().plain().unwrap().unwrap().0, &b"\xff\0"[..]);
        let stale = br#"{"id":1,"stale":{"value":"dg==","version":"3","remaining-ns":5}}"#;
        let Reply::Stale(Some(entry)) = Reply::<()>::read(stale).unwrap() else {
            panic!("not stale")
        };
        assert_eq!(entry.version, "3");
        assert_eq!(entry.remaining, Some(Duration::from_nanos(5)));
        let stale = Reply::<()>::read(br#"{"id":1,"stale":null}"#).unwrap();
        assert!(matches!(stale, Reply::Stale(None)));
        assert!(stale.plain().is_err());
        let failed = Reply::<()>::read(br#"{"id":1,"error":{"name":"timeout"}}"#);
        assert!(failed.unwrap().plain().is_err());
        let sum = Reply::<Sum>::read(br#"{"id":1,"ok":"-9223372036854775808"}"#);
        assert_eq!(sum.unwrap().plain().unwrap().0, i64::MIN);
    }

    #[test]
    fn answers_of_another_form_are_errors_without_their_text() {
        for line in [
            r#"{"id":1}"#,
            r#"{"id":1,"ok":"","stale":null}"#,
            r#"{"id":1,"ok":7}"#,
            r#"{"id":1,"ok":"sesame!"}"#,
            r#"{"id":1,"ok":"dg"}"#,
            r#"{"id":1,"error":"sesame"}"#,
        ] {
            let error = Reply::<Option<Value>>::read(line.as_bytes()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("sesame"), "{line}");
        }
    }
}
