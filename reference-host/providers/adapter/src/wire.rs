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
use serde::{Deserialize, Serialize, Serializer};

use crate::error::Failure;
use crate::form::{At, Form, Json, Members};

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

impl Call<'_> {
    /// Its name in the protocol.
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::Describe { .. } => "describe",
            Self::OpenScope { .. } => "open-scope",
            Self::CloseScope { .. } => "close-scope",
            Self::OpenStore { .. } => "open-store",
            Self::Get { .. } => "get",
            Self::Exists { .. } => "exists",
            Self::Set { .. } => "set",
            Self::Delete { .. } => "delete",
            Self::List { .. } => "list",
            Self::Entry { .. } => "entry",
            Self::Increment { .. } => "increment",
            Self::GetMany { .. } => "get-many",
            Self::SetMany { .. } => "set-many",
            Self::DeleteMany { .. } => "delete-many",
        }
    }
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

/// What the reader of lines has to know of an answer: its id.
///
/// # Errors
/// Why it is none, without anything of the line.
pub(crate) fn id(line: &[u8]) -> Result<u64, String> {
    #[derive(Deserialize)]
    struct Head {
        id: u64,
    }
    // A list would do for a `Head` as well.
    if line.trim_ascii_start().first() != Some(&b'{') {
        return Err("not a JSON object".to_owned());
    }
    match serde_json::from_slice(line) {
        Ok(Head { id }) => Ok(id),
        // What is said of a wrong type holds what is there.
        Err(error) if error.is_data() => Err("no `id` that is a whole number".to_owned()),
        Err(error) => Err(format!("not JSON: {error}")),
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Reply<T> {
    call: &'static str,
    pub(crate) outcome: Outcome<T>,
}

/// What came of a call.
#[derive(Debug)]
pub(crate) enum Outcome<T> {
    Ok(T),
    /// A condition did not hold; the entry that is there instead.
    Stale(Option<Entry>),
    Failed(Failure),
}

impl<T: Form> Reply<T> {
    /// Reads the answer to a call.
    ///
    /// # Errors
    /// `other` for one of another form, naming the place.
    pub(crate) fn read(call: &'static str, line: &[u8]) -> Result<Self> {
        let at = At::Answer(call);
        let json = serde_json::from_slice(line)
            .map_err(|_| at.wrong("is not JSON in UTF-8 in all its parts"))?;
        let mut members = Members::of(json, &at)?;
        let (ok, stale) = (members.take("ok"), members.take("stale"));
        let error: Option<Json> = members.optional("error")?;
        let outcome = match (ok, stale, error) {
            (Some(ok), None, None) => Outcome::Ok(T::read(ok, &At::Member(&at, "ok"))?),
            (None, Some(stale), None) => {
                let entry = Option::<StoredEntry>::read(stale, &At::Member(&at, "stale"))?;
                Outcome::Stale(entry.map(Entry::from))
            }
            (None, None, Some(error)) => {
                Outcome::Failed(Failure::read(error, &At::Member(&at, "error"))?)
            }
            (None, None, None) => {
                return Err(at.wrong("has none of `ok`, `stale` and `error`"));
            }
            _ => return Err(at.wrong("has more than one of `ok`, `stale` and `error`")),
        };
        Ok(Self { call, outcome })
    }

    /// The answer of a call that sets no condition.
    ///
    /// # Errors
    /// Those that were reported; `other` where a condition is said not to hold.
    pub(crate) fn plain(self) -> Result<T> {
        match self.outcome {
            Outcome::Ok(ok) => Ok(ok),
            Outcome::Failed(failure) => Err(failure.error),
            Outcome::Stale(_) => {
                let at = At::Answer(self.call);
                Err(at.wrong("has `stale`, and no condition was set"))
            }
        }
    }
}

/// One item's part of the answer to a batch. One of another form fails alone.
#[derive(Debug)]
pub(crate) struct ItemAnswer<T>(pub(crate) Result<T>);

impl<T: Form> Form for ItemAnswer<T> {
    fn read(json: Json, at: &At<'_>) -> Result<Self> {
        let read = || {
            let mut members = Members::of(json, at)?;
            let ok = members.take("ok");
            let error: Option<Failure> = members.optional("error")?;
            match (ok, error) {
                (Some(ok), None) => T::read(ok, &At::Member(at, "ok")),
                (None, Some(failure)) => Err(failure.error),
                (None, None) => Err(at.wrong("has neither `ok` nor `error`")),
                (Some(_), Some(_)) => Err(at.wrong("has both `ok` and `error`")),
            }
        };
        Ok(Self(read()))
    }
}

/// A value in an answer.
#[derive(Debug)]
pub(crate) struct Value(pub(crate) Bytes);

impl Form for Value {
    fn read(json: Json, at: &At<'_>) -> Result<Self> {
        let text = String::read(json, at)?;
        // What is wrong with it is left out: it is a value.
        let bytes = STANDARD
            .decode(text)
            .map_err(|_| at.wrong("is not base64 with padding"))?;
        Ok(Self(bytes.into()))
    }
}

/// An entry in an answer.
#[derive(Debug)]
pub(crate) struct StoredEntry {
    value: Value,
    version: String,
    remaining_ns: Option<u64>,
}

impl Form for StoredEntry {
    fn read(json: Json, at: &At<'_>) -> Result<Self> {
        let mut members = Members::of(json, at)?;
        Ok(Self {
            value: members.required("value")?,
            version: members.required("version")?,
            remaining_ns: members.optional("remaining-ns")?,
        })
    }
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
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) keys: Vec<String>,
    pub(crate) next: Option<String>,
}

impl Form for Page {
    fn read(json: Json, at: &At<'_>) -> Result<Self> {
        let mut members = Members::of(json, at)?;
        Ok(Self {
            keys: members.required("keys")?,
            next: members.optional("next")?,
        })
    }
}

/// A number of 64 bits in an answer, as text.
#[derive(Debug)]
pub(crate) struct Sum(pub(crate) i64);

impl Form for Sum {
    fn read(json: Json, at: &At<'_>) -> Result<Self> {
        let text = String::read(json, at)?;
        let number = text.parse();
        number
            .map(Self)
            .map_err(|_| at.wrong("is not a string with a signed number of 64 bits"))
    }
}

/// Whether a call is one that the process does not know.
pub(crate) fn is_unknown<T>(reply: &Result<Reply<T>, Error>) -> bool {
    matches!(reply, Ok(Reply { outcome: Outcome::Failed(failure), .. }) if failure.is_unsupported)
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
            let name = format!(r#""call":"{}""#, call.name());
            assert!(text.contains(&name), "{text}");
        }
    }

    fn read<T: Form>(line: &str) -> Result<Reply<T>> {
        Reply::read("get", line.as_bytes())
    }

    fn get(line: &str) -> Result<Option<Value>> {
        read::<Option<Value>>(line)?.plain()
    }

    #[test]
    fn answers_have_one_of_three_members() {
        assert!(get(r#"{"id":1,"ok":null}"#).unwrap().is_none());
        let value = get(r#"{"ok":"\/wA=","id":1,"new":{}}"#).unwrap();
        assert_eq!(value.unwrap().0, &b"\xff\0"[..]);
        let stale = r#"{"id":1,"stale":{"value":"dg==","version":"3","remaining-ns":5}}"#;
        let Outcome::Stale(Some(entry)) = read::<()>(stale).unwrap().outcome else {
            panic!("not stale")
        };
        assert_eq!(entry.version, "3");
        assert_eq!(entry.remaining, Some(Duration::from_nanos(5)));
        let stale = read::<()>(r#"{"id":1,"stale":null}"#).unwrap();
        assert!(matches!(stale.outcome, Outcome::Stale(None)));
        assert!(stale.plain().is_err());
        let failed = read::<()>(r#"{"id":1,"error":{"name":"timeout"}}"#);
        assert!(failed.unwrap().plain().is_err());
        let sum = read::<Sum>(r#"{"id":1,"ok":"-9223372036854775808"}"#);
        assert_eq!(sum.unwrap().plain().unwrap().0, i64::MIN);
    }

    /// Beside what counts; for `ok` and `stale` it is a value.
    #[test]
    fn null_is_as_good_as_missing_where_a_member_may_be() {
        assert!(get(r#"{"id":1,"ok":null,"error":null}"#).unwrap().is_none());
        let stale = read::<()>(r#"{"id":1,"stale":null,"error":null}"#).unwrap();
        assert!(matches!(stale.outcome, Outcome::Stale(None)));
        let page = r#"{"id":1,"ok":{"keys":["a"],"next":null}}"#;
        let page = read::<Page>(page).unwrap().plain().unwrap();
        assert_eq!(page.next, None);
        let entry = r#"{"id":1,"ok":{"value":"","version":"1","remaining-ns":null}}"#;
        let entry = read::<StoredEntry>(entry).unwrap().plain().unwrap();
        assert_eq!(entry.remaining_ns, None);
        let items = r#"{"id":1,"ok":[{"ok":null,"error":null}]}"#;
        let items = read::<Vec<ItemAnswer<()>>>(items);
        assert!(items.unwrap().plain().unwrap()[0].0.is_ok());
        for line in [
            r#"{"id":1,"ok":null,"stale":null}"#,
            r#"{"id":1,"ok":null,"error":{"name":"timeout"}}"#,
            r#"{"id":1,"error":null}"#,
        ] {
            assert!(read::<()>(line).is_err(), "{line}");
        }
    }

    #[test]
    fn answers_of_another_form_are_errors_without_their_text() {
        for (line, place) in [
            (r#"{"id":1}"#, "it has none of"),
            (
                r#"{"id":1,"ok":"","stale":null}"#,
                "it has more than one of",
            ),
            (r#"{"id":1,"ok":7}"#, "`ok` is not a string"),
            (r#"{"id":1,"ok":"sesame!"}"#, "`ok` is not base64"),
            (r#"{"id":1,"ok":"dg"}"#, "`ok` is not base64"),
            (r#"{"id":1,"error":"sesame"}"#, "`error` is not an object"),
            (r#"{"id":1,"ok":"\udc00sesame"}"#, "it is not JSON in UTF-8"),
            (r#"{"id":1,"stale":"sesame"}"#, "`stale` is not an object"),
            (
                r#"{"id":1,"stale":{"value":"dg=="}}"#,
                "`stale.version` is missing",
            ),
            (r#"{"id":1,"stale":null}"#, "it has `stale`"),
        ] {
            let error = get(line).unwrap_err();
            let text = format!("{error} {error:?}");
            assert!(!text.contains("sesame"), "{line}");
            assert!(text.contains("answered `get`"), "{text}");
            assert!(text.contains(place), "{text}");
        }
        let text = |error: Error| error.to_string();
        let page = read::<Page>(r#"{"id":1,"ok":{"keys":["a",7]}}"#).unwrap_err();
        assert!(text(page).contains("`ok.keys[1]` is not a string"));
        let sum = read::<Sum>(r#"{"id":1,"ok":"sesame"}"#).unwrap_err();
        assert!(text(sum).contains("`ok` is not a string with a signed number"));
        let is_there = read::<bool>(r#"{"id":1,"ok":0}"#).unwrap_err();
        assert!(text(is_there).contains("`ok` is not a boolean"));
    }

    #[test]
    fn an_item_of_another_form_fails_alone() {
        let line = r#"{"id":1,"ok":[{"ok":"dg=="},{"ok":7},{},7,{"error":{"name":"sesame"}}]}"#;
        let items = read::<Vec<ItemAnswer<Option<Value>>>>(line);
        let items = items.unwrap().plain().unwrap();
        assert!(items[0].0.is_ok());
        for (item, place) in items[1..].iter().zip([
            "`ok[1].ok` is not a string",
            "`ok[2]` has neither",
            "`ok[3]` is not an object",
            "`ok[4].error.name` is not the name",
        ]) {
            let text = item.0.as_ref().unwrap_err().to_string();
            assert!(text.contains(place) && !text.contains("sesame"), "{text}");
        }
    }

    #[test]
    fn a_line_has_an_id_or_a_reason() {
        assert_eq!(id(b" {\"ok\":[],\"id\":7}\n"), Ok(7));
        for (line, reason) in [
            ("sesame\n", "not a JSON object"),
            ("[7]\n", "not a JSON object"),
            ("\n", "not a JSON object"),
            ("{\"id\":\"sesame\"}\n", "no `id`"),
            ("{\"ok\":\"sesame\"}\n", "no `id`"),
            ("{\"id\":7}sesame\n", "not JSON: "),
            ("{\"id\":7,'sesame'\n", "not JSON: "),
        ] {
            let found = id(line.as_bytes()).unwrap_err();
            assert!(found.contains(reason), "{found}");
            assert!(!found.contains("sesame"), "{found}");
        }
    }
}
