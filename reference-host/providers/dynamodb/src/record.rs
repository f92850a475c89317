//! Items: what a key and its value look like in the table.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, RandomState};
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use aws_sdk_dynamodb::primitives::Blob;
use aws_sdk_dynamodb::types::AttributeValue;
use bytes::Bytes;
use cloud_contract::keyvalue::{Entry, Version, counter};
use cloud_contract::{Result, ScopeId};

use crate::clock::Moment;
use crate::error::unexpected_reply;

/// Attributes by name.
pub(crate) type Item = HashMap<String, AttributeValue>;

pub(crate) const PARTITION: &str = "p";
pub(crate) const KEY: &str = "k";
pub(crate) const BYTES: &str = "v";
pub(crate) const NUMBER: &str = "n";
pub(crate) const VERSION: &str = "r";
pub(crate) const END: &str = "e";
/// DynamoDB's own time to live.
pub(crate) const TTL: &str = "t";
/// The names of a scope's stores.
pub(crate) const STORES: &str = "s";

/// How long after its end an item may be removed by DynamoDB: later than every host
/// takes the key to have ended.
const REMOVAL: i64 = 3_600;

/// The longest name of a store, so that a partition key has 256 bytes at most.
pub(crate) const STORE_NAME_BYTES: usize = 192;
/// The longest sort key of DynamoDB.
pub(crate) const KEY_BYTES: usize = 1_024;
/// The largest item of DynamoDB, names of attributes included.
const ITEM_BYTES: usize = 400 * 1_024;
/// The largest number of DynamoDB.
const NUMBER_BYTES: usize = 21;
const VERSION_BYTES: usize = 24;
/// What is left for a value whatever the scope, the store and the key are called,
/// and whether or not the key ends. Each attribute has a name of one byte.
pub(crate) const VALUE_BYTES: usize = ITEM_BYTES
    - (1 + 63 + 1 + STORE_NAME_BYTES)
    - (1 + KEY_BYTES)
    - 1
    - (1 + VERSION_BYTES)
    - 2 * (1 + NUMBER_BYTES);

/// The partition that holds the entries of a store. A scope id has no `/`, so no two
/// stores share one, and none is that of a scope.
pub(crate) fn partition(scope: &ScopeId, store: &str) -> String {
    format!("{scope}/{store}")
}

pub(crate) fn text(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

pub(crate) fn bytes(bytes: &[u8]) -> AttributeValue {
    AttributeValue::B(Blob::new(bytes))
}

pub(crate) fn number(number: impl ToString) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A version that no write of any host had before: the mark of this process and the
/// number of the write.
pub(crate) fn fresh_version() -> Version {
    static WRITES: AtomicU64 = AtomicU64::new(0);
    static MARK: LazyLock<(u64, u32)> = LazyLock::new(|| {
        // Keys of hash tables are drawn at random by the system.
        let (one, other) = (RandomState::new(), RandomState::new());
        (one.hash_one(0), other.hash_one(1) as u32)
    });
    let write = WRITES.fetch_add(1, Ordering::Relaxed);
    let mut bytes = [0; 18];
    bytes[..8].copy_from_slice(&MARK.0.to_be_bytes());
    bytes[8..12].copy_from_slice(&MARK.1.to_be_bytes());
    bytes[12..].copy_from_slice(&write.to_be_bytes()[2..]);
    base64(&bytes)
}

/// Six bits a letter, as in URLs; 24 letters need no place on the heap.
fn base64(bytes: &[u8; 18]) -> Version {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut text = Version::with_capacity(VERSION_BYTES);
    for group in bytes.chunks_exact(3) {
        let bits = u32::from_be_bytes([0, group[0], group[1], group[2]]);
        for shift in [18, 12, 6, 0] {
            text.push(char::from(LETTERS[(bits >> shift & 63) as usize]));
        }
    }
    text
}

/// Whether a text can be a version of ours. Others are not sent to the service.
pub(crate) fn may_be_version(text: &str) -> bool {
    text.len() == VERSION_BYTES && text.is_ascii()
}

/// An entry to write.
#[derive(Debug, Clone)]
pub(crate) struct NewEntry {
    pub(crate) key: Bytes,
    pub(crate) value: Bytes,
    pub(crate) version: Version,
    pub(crate) end: Option<Moment>,
}

impl NewEntry {
    /// All attributes of the item.
    pub(crate) fn item(&self, partition: &str) -> Item {
        let mut item = Item::with_capacity(6);
        item.insert(PARTITION.to_owned(), text(partition));
        item.insert(KEY.to_owned(), bytes(&self.key));
        let (name, value) = match counter::parse_canonical(&self.value) {
            Some(sum) => (NUMBER, number(sum)),
            None => (BYTES, bytes(&self.value)),
        };
        item.insert(name.to_owned(), value);
        item.insert(VERSION.to_owned(), text(self.version.as_str()));
        if let Some(Moment(end)) = self.end {
            item.insert(END.to_owned(), number(end));
            item.insert(TTL.to_owned(), number(end.div_euclid(1_000) + 1 + REMOVAL));
        }
        item
    }
}

/// The two attributes by which DynamoDB knows an item.
pub(crate) fn key(partition: &str, key: &[u8]) -> Item {
    HashMap::from([
        (PARTITION.to_owned(), text(partition)),
        (KEY.to_owned(), bytes(key)),
    ])
}

/// An item that a key has at this moment; none if the key has ended.
pub(crate) fn live(item: Item, now: Moment) -> Result<Option<Item>> {
    Ok(match end(&item)? {
        Some(end) if end <= now => None,
        _ => Some(item),
    })
}

fn end(item: &Item) -> Result<Option<Moment>> {
    match item.get(END) {
        None => Ok(None),
        Some(AttributeValue::N(end)) => match end.parse() {
            Ok(end) => Ok(Some(Moment(end))),
            Err(_) => Err(unexpected_reply()),
        },
        Some(_) => Err(unexpected_reply()),
    }
}

/// The value of an item, which is taken out of it.
pub(crate) fn value(item: &mut Item) -> Result<Bytes> {
    match (item.remove(BYTES), item.remove(NUMBER)) {
        (Some(AttributeValue::B(bytes)), None) => Ok(bytes.into_inner().into()),
        (None, Some(AttributeValue::N(number))) => {
            match counter::parse_canonical(number.as_bytes()) {
                Some(_) => Ok(number.into_bytes().into()),
                None => Err(unexpected_reply()),
            }
        }
        _ => Err(unexpected_reply()),
    }
}

/// The entry that a live item is.
pub(crate) fn entry(mut item: Item, now: Moment) -> Result<Entry> {
    let Some(AttributeValue::S(version)) = item.remove(VERSION) else {
        return Err(unexpected_reply());
    };
    let remaining = end(&item)?.map(|end| {
        let left = u64::try_from(end.0 - now.0).unwrap_or_default();
        Duration::from_millis(left.max(1))
    });
    Ok(Entry {
        value: value(&mut item)?,
        version: version.into(),
        remaining,
    })
}

/// The key of an item, as bytes.
pub(crate) fn key_of(item: &Item) -> Result<&[u8]> {
    match item.get(KEY) {
        Some(AttributeValue::B(key)) => Ok(key.as_ref()),
        _ => Err(unexpected_reply()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn new(value: &'static [u8], end: Option<Moment>) -> NewEntry {
        NewEntry {
            key: Bytes::from_static(b"k"),
            value: Bytes::from_static(value),
            version: fresh_version(),
            end,
        }
    }

    #[test]
    fn what_is_written_is_read() {
        for value in [
            &b""[..],
            b"v",
            b"0",
            b"-1",
            b"007",
            b"9223372036854775807",
            b"9223372036854775808",
            b"\xff",
        ] {
            let written = new(value, Some(Moment(1_500)));
            let item = written.item("s/t");
            assert_eq!(key_of(&item).unwrap(), b"k");
            let found = live(item, Moment(1_400)).unwrap().unwrap();
            let entry = entry(found, Moment(1_400)).unwrap();
            assert_eq!(entry.value, value);
            assert_eq!(entry.version, written.version);
            assert_eq!(entry.remaining, Some(Duration::from_millis(100)));
        }
    }

    #[test]
    fn canonical_decimals_are_numbers_and_nothing_else_is() {
        for (value, name) in [(&b"12"[..], NUMBER), (b"012", BYTES), (b"", BYTES)] {
            let item = new(value, None).item("s/t");
            assert!(item.contains_key(name));
            assert_eq!(item.len(), 4);
        }
    }

    #[test]
    fn an_item_ends_with_its_deadline_and_is_removed_later() {
        let item = new(b"v", Some(Moment(1_500))).item("s/t");
        assert_eq!(item[TTL], number(1 + 1 + REMOVAL));
        assert!(live(item.clone(), Moment(1_499)).unwrap().is_some());
        assert!(live(item, Moment(1_500)).unwrap().is_none());
        let permanent = new(b"v", None).item("s/t");
        assert!(live(permanent, Moment(i64::MAX)).unwrap().is_some());
    }

    #[test]
    fn items_of_another_form_are_errors() {
        let item = |parts: &[(&str, AttributeValue)]| -> Item {
            let parts = parts.iter();
            parts
                .map(|(name, it)| ((*name).into(), it.clone()))
                .collect()
        };
        let version = (VERSION, text("r"));
        for wrong in [
            item(&[]),
            item(std::slice::from_ref(&version)),
            item(&[version.clone(), (BYTES, text("v"))]),
            item(&[version.clone(), (NUMBER, number("1.5"))]),
            item(&[version.clone(), (NUMBER, number(1)), (BYTES, bytes(b"1"))]),
            item(&[(BYTES, bytes(b"v"))]),
        ] {
            assert!(entry(wrong, Moment(0)).is_err());
        }
        assert!(live(item(&[(END, text("1"))]), Moment(0)).is_err());
    }

    #[test]
    fn versions_differ_and_have_one_length() {
        let versions: std::collections::HashSet<_> = (0..1_000).map(|_| fresh_version()).collect();
        assert_eq!(versions.len(), 1_000);
        assert!(versions.iter().all(|version| may_be_version(version)));
        for other in ["", "x", "\u{e9}AAAAAAAAAAAAAAAAAAAAAA", &"A".repeat(300)] {
            assert!(!may_be_version(other));
        }
    }

    #[test]
    fn no_two_stores_share_a_partition() {
        let scope = |id: &str| ScopeId::new(id).unwrap();
        assert_eq!(partition(&scope("s"), "a/b"), "s/a/b");
        assert_ne!(partition(&scope("s-a"), "b"), partition(&scope("s"), "a/b"));
    }
}
