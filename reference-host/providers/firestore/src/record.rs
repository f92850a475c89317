//! How an entry is written as a document, and read from one.

use std::collections::HashMap;
use std::time::Duration;

use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::keyvalue::{Entry, Version};
use gcloud_sdk::google::firestore::v1::precondition::ConditionType;
use gcloud_sdk::google::firestore::v1::value::ValueType;
use gcloud_sdk::google::firestore::v1::write::Operation;
use gcloud_sdk::google::firestore::v1::{ArrayValue, Document, Precondition, Value, Write};
use gcloud_sdk::prost_types::Timestamp;

use crate::clock::Moment;
use crate::error::unexpected_answer;

const VALUE: &str = "value";
const MARK: &str = "mark";
const LIFETIME: &str = "lifetime_us";
const ENDS: &str = "ends";
const SWEEP: &str = "sweep";
const STORES: &str = "stores";

/// The fields that tell whether an entry has ended.
pub(crate) const END_FIELDS: &[&str] = &[LIFETIME, ENDS];
/// The fields of an entry that are read.
pub(crate) const FIELDS: &[&str] = &[VALUE, LIFETIME, ENDS];

/// How long after the end a TTL policy may remove an entry, in microseconds: far
/// more than what the clock is wrong by when `sweep` is made.
const SWEEP_AFTER: i64 = 3_600_000_000;

/// The year 10000, where the times of the service end.
const LAST: Moment = 253_402_300_800_000_000;

/// An entry as it was read.
#[derive(Debug, Clone)]
pub(crate) struct State {
    /// Empty where it was not asked for.
    pub(crate) value: Bytes,
    pub(crate) updated: Moment,
    /// None for a permanent one.
    pub(crate) ends: Option<Moment>,
}

impl State {
    /// Reads a document. `whole` says that the value was asked for.
    ///
    /// # Errors
    /// `other` if it has not the form of an entry.
    pub(crate) fn read(document: Document, whole: bool) -> Result<Self> {
        let updated = document.update_time.ok_or_else(unexpected_answer)?;
        let updated = moment(&updated);
        let mut fields = document.fields;
        let mut field = |name| fields.remove(name).and_then(|field| field.value_type);
        let value = match field(VALUE) {
            Some(ValueType::BytesValue(value)) => Bytes::from(value),
            None if !whole => Bytes::new(),
            _ => return Err(unexpected_answer()),
        };
        let ends = match (field(ENDS), field(LIFETIME)) {
            (Some(ValueType::TimestampValue(ends)), _) => Some(moment(&ends)),
            (None, Some(ValueType::IntegerValue(lifetime))) => {
                Some(updated.saturating_add(lifetime))
            }
            (None, None) => None,
            _ => return Err(unexpected_answer()),
        };
        Ok(Self {
            value,
            updated,
            ends,
        })
    }

    pub(crate) fn has_ended(&self, now: Moment) -> bool {
        self.ends.is_some_and(|ends| ends <= now)
    }

    pub(crate) fn version(&self) -> Version {
        Mark {
            updated: self.updated,
            expires: self.ends.is_some(),
        }
        .version()
    }

    /// What a caller gets of it; it has not ended.
    pub(crate) fn entry(self, now: Moment) -> Entry {
        Entry {
            version: self.version(),
            remaining: self.ends.map(|ends| {
                Duration::from_micros(u64::try_from(ends.saturating_sub(now)).unwrap_or(0))
            }),
            value: self.value,
        }
    }
}

/// What a version says: when the entry was written, and whether it was given an end,
/// so that a conditional write of a permanent one need not read it before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) updated: Moment,
    pub(crate) expires: bool,
}

impl Mark {
    /// All bits are turned for an entry with an end: no text made by cutting or
    /// changing a few characters is the other's.
    pub(crate) fn version(self) -> Version {
        let bits = if self.expires {
            !self.updated
        } else {
            self.updated
        };
        compact(bits)
    }

    /// None for a text that was never issued.
    pub(crate) fn read(version: &str) -> Option<Self> {
        let is_ours = version.len() == 16
            && version
                .bytes()
                .all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if !is_ours {
            return None;
        }
        // Times are positive, so the first bit tells.
        let bits = u64::from_str_radix(version, 16).ok()?.cast_signed();
        let (updated, expires) = if bits < 0 {
            (!bits, true)
        } else {
            (bits, false)
        };
        (updated < LAST).then_some(Self { updated, expires })
    }
}

fn compact(bits: i64) -> Version {
    Version::from(format!("{:016x}", bits.cast_unsigned()))
}

/// In which state a document has to be for a change to happen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Condition {
    Any,
    Absent,
    /// Last written at this moment.
    Updated(Moment),
}

/// How long a written entry stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stay {
    Forever,
    /// From the moment of the write on.
    For(Duration),
    Until(Moment),
}

/// What is put in the place of a document.
#[derive(Debug, Clone)]
pub(crate) enum Content {
    Entry(Bytes, Stay),
    /// The names of a scope's stores.
    Stores(Vec<String>),
    Nothing,
}

/// One write.
#[derive(Debug, Clone)]
pub(crate) struct Change {
    /// The name of the document.
    pub(crate) document: String,
    pub(crate) content: Content,
    pub(crate) condition: Condition,
}

impl Change {
    pub(crate) fn remove(document: String, condition: Condition) -> Self {
        Self {
            document,
            content: Content::Nothing,
            condition,
        }
    }

    /// Whether the entry that is written has an end.
    pub(crate) fn expires(&self) -> bool {
        matches!(
            self.content,
            Content::Entry(_, Stay::For(_) | Stay::Until(_))
        )
    }

    /// About how many bytes it takes in a request.
    pub(crate) fn bytes(&self) -> usize {
        let content = match &self.content {
            Content::Entry(value, _) => value.len(),
            Content::Stores(names) => names.iter().map(String::len).sum(),
            Content::Nothing => 0,
        };
        self.document.len() + content + 256
    }

    /// The form that the service takes. `mark` is another one each time; `now` need
    /// not be exact.
    pub(crate) fn write(&self, mark: i64, now: Moment) -> Write {
        let fields = match &self.content {
            Content::Nothing => None,
            Content::Stores(names) => Some(HashMap::from([(STORES.to_owned(), texts(names))])),
            Content::Entry(value, stay) => Some(entry_fields(value, *stay, mark, now)),
        };
        let operation = match fields {
            None => Operation::Delete(self.document.clone()),
            Some(fields) => Operation::Update(Document {
                name: self.document.clone(),
                fields,
                ..Document::default()
            }),
        };
        let condition = match self.condition {
            Condition::Any => None,
            Condition::Absent => Some(ConditionType::Exists(false)),
            Condition::Updated(moment) => Some(ConditionType::UpdateTime(timestamp(moment))),
        };
        Write {
            current_document: condition.map(|condition| Precondition {
                condition_type: Some(condition),
            }),
            operation: Some(operation),
            ..Write::default()
        }
    }
}

fn entry_fields(value: &Bytes, stay: Stay, mark: i64, now: Moment) -> HashMap<String, Value> {
    let mut fields = HashMap::with_capacity(4);
    let mut put = |name: &str, value| {
        fields.insert(
            name.to_owned(),
            Value {
                value_type: Some(value),
            },
        );
    };
    put(VALUE, ValueType::BytesValue(value.to_vec()));
    put(MARK, ValueType::IntegerValue(mark));
    let ends = match stay {
        Stay::Forever => return fields,
        Stay::For(ttl) => {
            // Up, so that no entry ends early.
            let lifetime = i64::try_from(ttl.as_nanos().div_ceil(1_000)).unwrap_or(i64::MAX);
            put(LIFETIME, ValueType::IntegerValue(lifetime));
            now.saturating_add(lifetime)
        }
        Stay::Until(ends) => {
            put(ENDS, ValueType::TimestampValue(timestamp(ends)));
            ends
        }
    };
    let sweep = timestamp(ends.saturating_add(SWEEP_AFTER));
    put(SWEEP, ValueType::TimestampValue(sweep));
    fields
}

fn texts(names: &[String]) -> Value {
    let values = names.iter().map(|name| Value {
        value_type: Some(ValueType::StringValue(name.clone())),
    });
    Value {
        value_type: Some(ValueType::ArrayValue(ArrayValue {
            values: values.collect(),
        })),
    }
}

/// The names of a scope's stores.
///
/// # Errors
/// `other` if the document has not this form.
pub(crate) fn stores(mut document: Document) -> Result<Vec<String>> {
    let field = document.fields.remove(STORES);
    let Some(ValueType::ArrayValue(names)) = field.and_then(|field| field.value_type) else {
        return Err(unexpected_answer());
    };
    let name = |value: Value| match value.value_type {
        Some(ValueType::StringValue(name)) => Ok(name),
        _ => Err(unexpected_answer()),
    };
    names.values.into_iter().map(name).collect()
}

/// The service counts in microseconds.
pub(crate) fn moment(timestamp: &Timestamp) -> Moment {
    timestamp
        .seconds
        .saturating_mul(1_000_000)
        .saturating_add(i64::from(timestamp.nanos) / 1_000)
}

fn timestamp(moment: Moment) -> Timestamp {
    Timestamp {
        seconds: moment.div_euclid(1_000_000),
        // Less than a second, so less than 2^31.
        nanos: i32::try_from(moment.rem_euclid(1_000_000) * 1_000).unwrap_or(0),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Moment = 1_795_323_459_014_696;

    /// What the service would give back of a write at `NOW`.
    fn stored(content: Content) -> Document {
        let change = Change {
            document: "root/s".to_owned(),
            content,
            condition: Condition::Any,
        };
        let Some(Operation::Update(mut document)) = change.write(7, NOW + 5_000).operation else {
            panic!("no update");
        };
        document.update_time = Some(timestamp(NOW));
        document
    }

    #[test]
    fn a_permanent_entry_comes_back() {
        for value in ["", "v"] {
            let value = Bytes::from(value);
            let document = stored(Content::Entry(value.clone(), Stay::Forever));
            let state = State::read(document, true).unwrap();
            assert_eq!((state.value.clone(), state.ends), (value, None));
            assert!(!state.has_ended(Moment::MAX));
            assert_eq!(state.entry(NOW).remaining, None);
        }
    }

    #[test]
    fn a_lifetime_runs_from_the_update_and_an_end_stays() {
        let ttl = Duration::from_nanos(1_500);
        let document = stored(Content::Entry(Bytes::new(), Stay::For(ttl)));
        let state = State::read(document, true).unwrap();
        assert_eq!(state.ends, Some(NOW + 2));
        assert!(!state.has_ended(NOW + 1) && state.has_ended(NOW + 2));
        assert_eq!(state.entry(NOW).remaining, Some(Duration::from_micros(2)));

        let document = stored(Content::Entry(Bytes::new(), Stay::Until(NOW - 1)));
        let Some(ValueType::TimestampValue(sweep)) = document.fields[SWEEP].value_type.clone()
        else {
            panic!("no sweep")
        };
        assert_eq!(moment(&sweep), NOW - 1 + SWEEP_AFTER);
        assert!(State::read(document, true).unwrap().has_ended(NOW));
    }

    #[test]
    fn what_is_no_entry_is_not_taken_for_one() {
        let mut document = stored(Content::Entry(Bytes::new(), Stay::Forever));
        document.fields.remove(VALUE);
        assert!(State::read(document.clone(), true).is_err());
        assert!(State::read(document, false).is_ok());
        assert!(State::read(stored(Content::Stores(vec![])), true).is_err());
        assert!(stores(stored(Content::Entry(Bytes::new(), Stay::Forever))).is_err());
    }

    #[test]
    fn names_of_stores_come_back() {
        for names in [vec![], vec!["b".to_owned(), "a".to_owned()]] {
            assert_eq!(
                stores(stored(Content::Stores(names.clone()))).unwrap(),
                names
            );
        }
    }

    #[test]
    fn versions_come_back_and_no_other_text_is_one() {
        for expires in [false, true] {
            let mark = Mark {
                updated: NOW,
                expires,
            };
            let version = mark.version();
            assert_eq!(Mark::read(&version), Some(mark));
            let upper = version.to_uppercase();
            let longer = format!("{version}0");
            for text in [
                &version[1..],
                &longer,
                upper.as_str(),
                "",
                "+00000000000000f",
            ] {
                assert_ne!(Mark::read(text), Some(mark), "{text}");
            }
        }
    }

    #[test]
    fn moments_are_exact() {
        for moment_in in [0, 1, NOW, -1] {
            assert_eq!(moment(&timestamp(moment_in)), moment_in);
        }
    }
}
