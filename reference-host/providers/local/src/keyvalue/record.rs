//! The bytes of keys and records on disk. Must not know the database.
//!
//! An item's key is its store's number (8 bytes, most significant first, so
//! that stores lie one after the other) and the guest's key. Its record is
//! `kind, version, deadline, value`: one byte, two little-endian `u64`, and the
//! value itself if it is short. A long value lies in a table of its own under
//! the same key, so that a list or a conditional write reads past it for free
//! and a short neighbour is not rewritten with it.

use std::collections::BTreeMap;

use cloud_contract::keyvalue::Version;

/// Values up to this many bytes are stored inside the record.
pub(crate) const INLINE_BYTES: usize = 1_024;

const HEADER_BYTES: usize = 17;
const KIND_INLINE: u8 = 0;
const KIND_APART: u8 = 1;

/// What a record says beside the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Header {
    /// A number that no other write of this data folder got.
    pub(crate) version: u64,
    /// When the key ends, in nanoseconds since 1970; none for a permanent key.
    pub(crate) deadline: Option<u64>,
    /// Whether the value lies in the table of long values.
    pub(crate) apart: bool,
}

impl Header {
    pub(crate) fn present_at(&self, now: u64) -> bool {
        self.deadline.is_none_or(|deadline| now < deadline)
    }

    /// The version as guests see it.
    pub(crate) fn version(&self) -> Version {
        version(self.version)
    }

    /// The record of `value`, which is left out if it lies apart.
    pub(crate) fn encode(&self, value: &[u8]) -> Vec<u8> {
        let value = if self.apart { &[] } else { value };
        let mut record = Vec::with_capacity(HEADER_BYTES + value.len());
        record.push(if self.apart { KIND_APART } else { KIND_INLINE });
        record.extend_from_slice(&self.version.to_le_bytes());
        // No key ends in 1970, so zero is free to mean never.
        record.extend_from_slice(&self.deadline.unwrap_or(0).to_le_bytes());
        record.extend_from_slice(value);
        record
    }

    /// The header and the inline value of a record; none if it is damaged.
    pub(crate) fn decode(record: &[u8]) -> Option<(Self, &[u8])> {
        let (&kind, rest) = record.split_first()?;
        let (version, rest) = rest.split_first_chunk()?;
        let (deadline, value) = rest.split_first_chunk()?;
        let apart = match kind {
            KIND_INLINE => false,
            KIND_APART if value.is_empty() => true,
            _ => return None,
        };
        let header = Self {
            version: u64::from_le_bytes(*version),
            deadline: Some(u64::from_le_bytes(*deadline)).filter(|&deadline| deadline != 0),
            apart,
        };
        Some((header, value))
    }
}

/// A version as guests see it.
pub(crate) fn version(number: u64) -> Version {
    Version::from(number.to_string())
}

/// The key of an item, or of the first items with a prefix.
pub(crate) fn item(store: u64, key: &[u8]) -> Vec<u8> {
    let mut item = Vec::with_capacity(8 + key.len());
    item.extend_from_slice(&store.to_be_bytes());
    item.extend_from_slice(key);
    item
}

/// The key of an item in the order of deadlines.
pub(crate) fn expiry(deadline: u64, item: &[u8]) -> Vec<u8> {
    let mut expiry = Vec::with_capacity(8 + item.len());
    expiry.extend_from_slice(&deadline.to_be_bytes());
    expiry.extend_from_slice(item);
    expiry
}

/// The two parts of what [`expiry`] made.
pub(crate) fn split_expiry(expiry: &[u8]) -> Option<(u64, &[u8])> {
    let (deadline, item) = expiry.split_first_chunk()?;
    Some((u64::from_be_bytes(*deadline), item))
}

/// The stores of a scope: their numbers by name.
pub(crate) type Names = BTreeMap<String, u64>;

/// The record of a scope: number, length and text of each name.
pub(crate) fn encode_names(names: &Names) -> Vec<u8> {
    let mut record = Vec::new();
    for (name, number) in names {
        record.extend_from_slice(&number.to_le_bytes());
        record.extend_from_slice(&(name.len() as u64).to_le_bytes());
        record.extend_from_slice(name.as_bytes());
    }
    record
}

/// Reads what [`encode_names`] wrote; none if it is damaged.
pub(crate) fn decode_names(mut record: &[u8]) -> Option<Names> {
    let mut names = Names::new();
    while !record.is_empty() {
        let (number, rest) = record.split_first_chunk()?;
        let (length, rest) = rest.split_first_chunk()?;
        let length = usize::try_from(u64::from_le_bytes(*length)).ok()?;
        let (name, rest) = rest.split_at_checked(length)?;
        let name = std::str::from_utf8(name).ok()?.to_owned();
        names.insert(name, u64::from_le_bytes(*number));
        record = rest;
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_record_reads_back() {
        for (deadline, apart, value) in [
            (None, false, &b""[..]),
            (Some(1), false, b"\0value\xff"),
            (Some(u64::MAX), true, b""),
        ] {
            let header = Header {
                version: u64::MAX - 1,
                deadline,
                apart,
            };
            let record = header.encode(value);
            assert_eq!(Header::decode(&record), Some((header, value)));
            for short in 0..HEADER_BYTES {
                assert_eq!(Header::decode(&record[..short]), None);
            }
        }
    }

    #[test]
    fn a_value_apart_is_not_in_the_record() {
        let header = Header {
            version: 1,
            deadline: None,
            apart: true,
        };
        assert_eq!(header.encode(b"long").len(), HEADER_BYTES);
    }

    #[test]
    fn an_unknown_kind_is_damage() {
        let mut record = vec![0; HEADER_BYTES + 1];
        assert!(Header::decode(&record).is_some());
        for kind in [1, 2, 255] {
            record[0] = kind;
            assert_eq!(Header::decode(&record), None, "{kind}");
        }
    }

    #[test]
    fn a_key_ends_at_its_deadline() {
        let mut header = Header {
            version: 1,
            deadline: Some(10),
            apart: false,
        };
        assert!(header.present_at(9));
        assert!(!header.present_at(10));
        header.deadline = None;
        assert!(header.present_at(u64::MAX));
    }

    #[test]
    fn expiries_sort_by_deadline() {
        let early = expiry(255, b"z");
        let late = expiry(256, b"a");
        assert!(early < late);
        assert_eq!(split_expiry(&late), Some((256, &b"a"[..])));
        assert_eq!(split_expiry(b"short"), None);
    }

    #[test]
    fn names_read_back() {
        for names in [
            Names::new(),
            Names::from([("default".to_owned(), 7), (String::new(), u64::MAX)]),
        ] {
            let record = encode_names(&names);
            assert_eq!(decode_names(&record), Some(names));
            for short in 1..record.len() {
                let cut = decode_names(&record[..short]);
                assert!(cut.is_none_or(|cut| cut.len() < 2), "{short}");
            }
        }
        let mut absurd = vec![0; 8];
        absurd.extend_from_slice(&u64::MAX.to_le_bytes());
        assert_eq!(decode_names(&absurd), None);
    }
}
