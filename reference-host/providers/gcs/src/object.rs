//! Objects as the JSON API has them: where they are asked for, what is said of them, and
//! conditions on them.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};

use cloud_contract::Result;
use cloud_contract::blobstore::{Expected, Info, Timestamp};
use cloud_contract::keyvalue::Version;
use reqwest::header::{CONTENT_LENGTH, CONTENT_RANGE, CONTENT_TYPE, HeaderMap, LAST_MODIFIED};
use serde::{Deserialize, Deserializer};
use serde_json::json;
use time::OffsetDateTime;
use time::format_description::well_known::{Rfc2822, Rfc3339};

use crate::error::{Verdict, stale, unexpected_reply};
use crate::link::{Request, Service, quoted};
use crate::metadata::{self, Fields};

/// What is asked of an object, and of those in a list.
pub(crate) const FIELDS: &str = "name,generation,size,timeCreated,contentType,metadata";
/// The field of an answer that names the state its bytes are of.
pub(crate) const STATE: &str = "x-goog-generation";
/// The one with the size of the object, also where what is sent has another.
const STORED_LENGTH: &str = "x-goog-stored-content-length";
/// What the names of those start with that have its metadata.
const METADATA: &str = "x-goog-meta-";
/// What an object is of which nobody says another thing.
const GENERAL_TYPE: &str = "application/octet-stream";

/// An object, as far as it matters here.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Object {
    pub(crate) name: String,
    /// Another one for each state, greater than all before.
    #[serde(deserialize_with = "number")]
    pub(crate) generation: u64,
    #[serde(default, deserialize_with = "number")]
    pub(crate) size: u64,
    #[serde(default, deserialize_with = "moment")]
    time_created: Option<OffsetDateTime>,
    #[serde(default)]
    content_type: Option<String>,
    #[serde(default)]
    metadata: BTreeMap<String, String>,
}

/// Numbers of 64 bits are texts in JSON.
fn number<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<u64, D::Error> {
    let text = String::deserialize(from)?;
    text.parse().map_err(serde::de::Error::custom)
}

/// Moments are texts as well.
fn moment<'de, D: Deserializer<'de>>(
    from: D,
) -> std::result::Result<Option<OffsetDateTime>, D::Error> {
    let text = String::deserialize(from)?;
    let moment = OffsetDateTime::parse(&text, &Rfc3339);
    moment.map(Some).map_err(serde::de::Error::custom)
}

impl Object {
    /// What the header of an answer with bytes says of their object; none where it does not
    /// say all. It does in the API that is not JSON.
    pub(crate) fn of_answer(key: &str, fields: &HeaderMap) -> Option<Self> {
        let text = |name: &str| fields.get(name)?.to_str().ok();
        // Of a part, the size of the whole stands behind the place.
        let size = match text(CONTENT_RANGE.as_str()) {
            Some(part) => part.rsplit_once('/')?.1,
            None => text(STORED_LENGTH).or_else(|| text(CONTENT_LENGTH.as_str()))?,
        };
        let mut metadata = Fields::new();
        for (name, value) in fields {
            if let Some(name) = name.as_str().strip_prefix(METADATA) {
                metadata.insert(name.to_owned(), value.to_str().ok()?.to_owned());
            }
        }
        Some(Self {
            name: key.to_owned(),
            generation: text(STATE)?.parse().ok()?,
            size: size.parse().ok()?,
            time_created: OffsetDateTime::parse(text(LAST_MODIFIED.as_str())?, &Rfc2822).ok(),
            content_type: Some(text(CONTENT_TYPE.as_str())?.to_owned()),
            metadata,
        })
        .filter(|object| object.time_created.is_some())
    }

    pub(crate) fn version(&self) -> Version {
        version(self.generation)
    }

    /// In whole seconds: the header of an answer has no more, and whatever way a state is
    /// looked at, it says the same.
    pub(crate) fn modified(&self) -> Result<Timestamp> {
        let moment = self.time_created.ok_or_else(unexpected_reply)?;
        let seconds = u64::try_from(moment.unix_timestamp()).map_err(|_| unexpected_reply())?;
        Ok(seconds * 1_000_000_000)
    }

    pub(crate) fn info(self) -> Result<Info> {
        Ok(Info {
            size: self.size,
            version: self.version(),
            modified: self.modified()?,
            content_type: self.content_type.unwrap_or_else(|| GENERAL_TYPE.to_owned()),
            metadata: metadata::read(self.metadata),
        })
    }

    /// What a copy of it has to be given.
    pub(crate) fn kind(&self) -> Kind {
        let content_type = self.content_type.clone();
        Kind {
            content_type: content_type.unwrap_or_else(|| GENERAL_TYPE.to_owned()),
            fields: self.metadata.clone(),
        }
    }
}

/// What an object is to be, but for its name and its bytes.
#[derive(Debug, Clone)]
pub(crate) struct Kind {
    pub(crate) content_type: String,
    pub(crate) fields: Fields,
}

impl Kind {
    /// That of an object of ours that holds nothing for guests, and of a put without
    /// options.
    pub(crate) fn general() -> Self {
        Self {
            content_type: GENERAL_TYPE.to_owned(),
            fields: Fields::new(),
        }
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        json!({ "contentType": self.content_type, "metadata": self.fields })
    }
}

/// A text that nobody else has: who asks, and for the how manieth time.
pub(crate) fn fresh() -> String {
    static ASKED: AtomicU64 = AtomicU64::new(0);
    static ASKER: LazyLock<(u64, u32)> = LazyLock::new(|| {
        // Keys of hash tables are drawn at random by the system.
        let (one, other) = (RandomState::new(), RandomState::new());
        (one.hash_one(0), other.hash_one(1) as u32)
    });
    let number = ASKED.fetch_add(1, Ordering::Relaxed);
    format!("{:016x}{:08x}{number:012x}", ASKER.0, ASKER.1)
}

/// The version of a state.
pub(crate) fn version(generation: u64) -> Version {
    Version::from(generation.to_string())
}

/// The generation that a version stands for; none for one that no object has. Zero would
/// stand for an absent one.
pub(crate) fn generation(version: &Version) -> Option<u64> {
    let generation: u64 = version.parse().ok()?;
    let is_ours =
        generation > 0 && i64::try_from(generation).is_ok() && generation.to_string() == **version;
    is_ours.then_some(generation)
}

/// The generation that is expected, zero for an absent object, none for any.
///
/// # Errors
/// `precondition-failed` for a version that no object has.
pub(crate) fn condition(expected: &Expected) -> Result<Option<u64>> {
    match expected {
        Expected::Any => Ok(None),
        Expected::Absent => Ok(Some(0)),
        Expected::Version(version) => generation(version).map(Some).ok_or_else(stale),
    }
}

impl Service {
    /// Where the objects of the bucket are.
    pub(crate) fn objects(&self) -> String {
        format!("/storage/v1/b/{}/o", self.bucket)
    }

    /// Where an object is.
    pub(crate) fn path(&self, key: &str) -> String {
        format!("{}/{}", self.objects(), quoted(key))
    }

    /// Where its bytes are together with all that is said of it: in the API that is not JSON.
    pub(crate) fn described_bytes(&self, key: &str) -> String {
        format!("/{}/{}", self.bucket, quoted(key))
    }

    /// Looks at an object, or at one state of it; none if it is absent.
    pub(crate) async fn find(&self, key: &str, generation: Option<u64>) -> Result<Option<Object>> {
        let request = Request::get(self.path(key))
            .with("fields", FIELDS)
            .with_some("generation", generation);
        match self.read(&request).await {
            Ok(answer) => answer.json().map(Some),
            Err(failure) if failure.verdict == Verdict::Absent => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Whether an object is in the expected state right now.
    pub(crate) async fn check(&self, key: &str, condition: Option<u64>) -> Result<()> {
        let Some(expected) = condition else {
            return Ok(());
        };
        let found = self.find(key, None).await?;
        if found.map_or(0, |found| found.generation) == expected {
            Ok(())
        } else {
            Err(stale())
        }
    }

    /// Removes an object, or one state of it for good; false if it is not there.
    pub(crate) async fn remove(&self, key: &str, generation: Option<u64>) -> Result<bool> {
        let request = Request::delete(self.path(key)).with_some("generation", generation);
        match self.write(&request).await {
            Ok(_) => Ok(true),
            Err(failure) if failure.verdict == Verdict::Absent => Ok(false),
            Err(failure) => Err(failure.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_service_says_is_read() {
        let text = r#"{"kind":"storage#object","name":"k","generation":"17","size":"3",
            "timeCreated":"2026-11-22T10:00:00.25Z","metadata":{"a":"=_w"}}"#;
        let object: Object = serde_json::from_str(text).unwrap();
        let info = object.info().unwrap();
        assert_eq!((info.size, &*info.version), (3, "17"));
        assert_eq!(info.modified, 1_795_341_600_000_000_000);
        assert_eq!(info.content_type, GENERAL_TYPE);
        assert_eq!(info.metadata, [("a".to_owned(), "=_w".to_owned())]);
        for odd in [
            "{}",
            r#"{"name":"k","generation":7}"#,
            r#"{"name":"k","generation":"x"}"#,
            r#"{"name":"k","generation":"7","timeCreated":"yesterday"}"#,
        ] {
            assert!(serde_json::from_str::<Object>(odd).is_err());
        }
    }

    #[test]
    fn what_stands_in_a_header_is_read_where_it_is_all_there() {
        let all = [
            ("x-goog-generation", "17"),
            ("content-length", "2"),
            ("content-range", "bytes 1-2/3"),
            ("content-type", "text/plain"),
            ("last-modified", "Sun, 22 Nov 2026 10:00:00 GMT"),
            ("x-goog-meta-a", "=_w"),
        ];
        let read = |left_out: &str, field: (&'static str, &'static str)| {
            let fields = all.into_iter().filter(|(name, _)| *name != left_out);
            let fields = fields.chain([field]);
            let fields =
                fields.map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
            Object::of_answer("k", &fields.collect())
        };
        let nothing = ("x", "y");
        let object = read("", nothing).unwrap();
        let info = object.info().unwrap();
        assert_eq!((info.size, &*info.version), (3, "17"));
        assert_eq!(info.modified, 1_795_341_600_000_000_000);
        assert_eq!(info.content_type, "text/plain");
        assert_eq!(info.metadata, [("a".to_owned(), "=_w".to_owned())]);
        assert_eq!(read("content-range", nothing).unwrap().size, 2);
        let stored = ("x-goog-stored-content-length", "4");
        assert_eq!(read("content-range", stored).unwrap().size, 4);
        for left_out in ["x-goog-generation", "content-type", "last-modified"] {
            assert!(read(left_out, nothing).is_none(), "{left_out}");
        }
        for odd in [
            ("x-goog-generation", "x"),
            ("content-range", "bytes 1-2/*"),
            ("content-range", "3"),
            ("last-modified", "yesterday"),
            ("x-goog-meta-a", "\u{e9}"),
        ] {
            assert!(read(odd.0, odd).is_none(), "{odd:?}");
        }
    }

    #[test]
    fn versions_are_generations_and_nothing_else_is() {
        assert_eq!(generation(&version(17)), Some(17));
        for odd in [
            "",
            "0",
            "-1",
            "017",
            "+1",
            "1 ",
            "18446744073709551615",
            "x",
        ] {
            assert_eq!(generation(&Version::from(odd)), None, "{odd:?}");
        }
        assert_eq!(condition(&Expected::Absent).unwrap(), Some(0));
        assert!(condition(&Expected::Version("0".into())).is_err());
    }
}
