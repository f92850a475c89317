//! Where a key lies in the table: its bytes as partition key and row key.
//!
//! Both take 1 KiB, which is 512 characters where they are counted in UTF-16, and
//! few characters are safe in them and in addresses. So bytes become base 32 with
//! digits and lower-case letters, whose order is that of the bytes. The first 300
//! bytes make the partition key, what is left the row key, so that the order of
//! entities (partition, then row) is the order of keys. Both begin with the mark of
//! the store: an emulator finds entities by the row key first.

use std::fmt::Write as _;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghijklmnopqrstuv";
/// Behind every character of the alphabet.
const BEHIND: char = 'w';
/// A multiple of five, which fills 480 characters without padding.
const HEAD_BYTES: usize = 300;
/// The two keys of an entity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) partition: String,
    pub(crate) row: String,
}

/// What the partition keys of one store, or of all stores of a scope, begin with.
#[derive(Debug, Clone)]
pub(crate) struct Space {
    prefix: String,
}

impl Space {
    /// All stores of the scope of this life.
    pub(crate) fn of_scope(life: &str) -> Self {
        Self {
            prefix: format!("d{life}"),
        }
    }

    /// The store of this number in the scope of this life.
    pub(crate) fn of_store(life: &str, number: u16) -> Self {
        Self {
            prefix: format!("d{life}{number:04x}"),
        }
    }

    /// The entity of a key, or the place at which keys with this beginning begin.
    pub(crate) fn place(&self, key: &[u8]) -> Place {
        let (head, tail) = key.split_at(key.len().min(HEAD_BYTES));
        let mut partition = String::with_capacity(self.prefix.len() + encoded_len(head));
        partition.push_str(&self.prefix);
        encode(head, &mut partition);
        let mut row = String::with_capacity(self.prefix.len() + encoded_len(tail));
        row.push_str(&self.prefix);
        encode(tail, &mut row);
        Place { partition, row }
    }

    /// The key of an entity, unless it is none of this store.
    pub(crate) fn key(&self, partition: &str, row: &str) -> Option<String> {
        let head = partition.strip_prefix(&self.prefix)?;
        let tail = row.strip_prefix(&self.prefix)?;
        let mut bytes = Vec::with_capacity((head.len() + tail.len()) * 5 / 8);
        decode(head, &mut bytes)?;
        decode(tail, &mut bytes)?;
        String::from_utf8(bytes).ok()
    }

    /// Everything in it, as a filter.
    pub(crate) fn filter(&self) -> String {
        let prefix = &self.prefix;
        format!("PartitionKey ge '{prefix}' and PartitionKey lt '{prefix}{BEHIND}'")
    }

    /// The keys with this prefix and behind this one, as filters whose results
    /// follow each other in the order of keys. Each is one range, since a filter
    /// with an `or` makes the service read the whole table.
    pub(crate) fn filters(&self, prefix: &[u8], after: Option<&[u8]>) -> Vec<String> {
        if prefix.len() > HEAD_BYTES {
            return vec![self.filter_in_partition(prefix, after)];
        }
        let mut filters = Vec::with_capacity(2);
        let mut first = String::new();
        match after {
            Some(after) => {
                let place = self.place(after);
                // More keys with the same head can be in its partition.
                if after.len() >= HEAD_BYTES {
                    filters.push(format!(
                        "PartitionKey eq '{}' and RowKey gt '{}'",
                        place.partition, place.row
                    ));
                }
                // Writing to a string cannot fail.
                let _ = write!(first, "PartitionKey gt '{}'", place.partition);
            }
            None => {
                let _ = write!(first, "PartitionKey ge '{}'", self.place(prefix).partition);
            }
        }
        match successor(prefix) {
            Some(end) => {
                let _ = write!(
                    first,
                    " and PartitionKey lt '{}'",
                    self.place(&end).partition
                );
            }
            None => {
                let _ = write!(first, " and PartitionKey lt '{}{BEHIND}'", self.prefix);
            }
        }
        filters.push(first);
        filters
    }

    /// All keys with a prefix as long as that have the same head.
    fn filter_in_partition(&self, prefix: &[u8], after: Option<&[u8]>) -> String {
        let begin = self.place(after.unwrap_or(prefix));
        let from = if after.is_some() { "gt" } else { "ge" };
        let mut filter = format!(
            "PartitionKey eq '{}' and RowKey {from} '{}'",
            begin.partition, begin.row
        );
        if let Some(end) = successor(prefix) {
            let _ = write!(filter, " and RowKey lt '{}'", self.place(&end).row);
        }
        filter
    }
}

/// The first text of bytes behind all that begin with these; none behind the
/// empty one. No byte of UTF-8 is 255.
fn successor(prefix: &[u8]) -> Option<Vec<u8>> {
    let mut end = prefix.to_vec();
    let last = end.last_mut()?;
    *last = last.saturating_add(1);
    Some(end)
}

fn encoded_len(bytes: &[u8]) -> usize {
    (bytes.len() * 8).div_ceil(5)
}

fn encode(bytes: &[u8], text: &mut String) {
    let (mut bits, mut count) = (0_u32, 0);
    for &byte in bytes {
        bits = (bits << 8) | u32::from(byte);
        count += 8;
        while count >= 5 {
            count -= 5;
            text.push(digit(bits >> count));
        }
    }
    if count > 0 {
        text.push(digit(bits << (5 - count)));
    }
}

fn digit(bits: u32) -> char {
    char::from(ALPHABET[(bits & 31) as usize])
}

fn decode(text: &str, bytes: &mut Vec<u8>) -> Option<()> {
    let (mut bits, mut count) = (0_u32, 0);
    for character in text.bytes() {
        let value = match character {
            b'0'..=b'9' => character - b'0',
            b'a'..=b'v' => character - b'a' + 10,
            _ => return None,
        };
        bits = (bits << 5) | u32::from(value);
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from((bits >> count) & 255).ok()?);
        }
    }
    // What is left is padding.
    (count < 5 && bits & ((1 << count) - 1) == 0).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space() -> Space {
        Space::of_store("0123456789abcdef", 7)
    }

    fn samples() -> Vec<String> {
        let mut keys: Vec<String> = vec![
            "\0".into(),
            "\0\0".into(),
            "a".into(),
            "a\0".into(),
            "ab".into(),
            "b".into(),
            "\u{7f}".into(),
            "\u{80}".into(),
            "\u{10ffff}".into(),
        ];
        for length in [1, 2, 3, 4, 5, 298, 299, 300, 301, 302, 304, 511, 512] {
            for end in ["", "\0", "b", "\u{10ffff}"] {
                if length + end.len() <= 512 {
                    keys.push("a".repeat(length) + end);
                }
            }
        }
        keys.sort_unstable();
        keys.dedup();
        keys
    }

    #[test]
    fn keys_come_back_and_keep_their_order() {
        let mut places = Vec::new();
        for key in samples() {
            let place = space().place(key.as_bytes());
            assert!(place.partition.len() <= 512 && place.row.len() <= 512);
            let back = space().key(&place.partition, &place.row);
            assert_eq!(back.as_deref(), Some(&*key));
            places.push((place.partition, place.row));
        }
        assert!(places.is_sorted());
        places.dedup();
        assert_eq!(places.len(), samples().len());
    }

    #[test]
    fn what_is_no_key_is_none() {
        let prefix = "d0123456789abcdef0007";
        for (partition, row) in [
            ("", prefix),
            ("d0123456789abcdef0008c4", "d0123456789abcdef0008"),
            ("d0123456789abcdef0007c4", ""),
            // Padding that is not zero, a length that no bytes have, a capital.
            (&*format!("{prefix}c5"), prefix),
            (&*format!("{prefix}c"), prefix),
            (&*format!("{prefix}C4"), prefix),
        ] {
            assert_eq!(space().key(partition, row), None, "{partition} {row}");
        }
        assert_eq!(
            space().key(&format!("{prefix}c4"), prefix).as_deref(),
            Some("a")
        );
    }

    /// What the service does with a filter of ours.
    fn matches(filter: &str, place: &Place) -> bool {
        filter.split(" and ").all(|term| {
            let words: Vec<&str> = term.split(' ').collect();
            let have = if words[0] == "PartitionKey" {
                &place.partition
            } else {
                &place.row
            };
            let bound = words[2].trim_matches('\'');
            match words[1] {
                "eq" => have == bound,
                "gt" => have.as_str() > bound,
                "ge" => have.as_str() >= bound,
                "lt" => have.as_str() < bound,
                other => panic!("{other}"),
            }
        })
    }

    #[test]
    fn filters_find_the_keys_of_a_list_in_their_order() {
        let keys = samples();
        for prefix in keys.iter().map(String::as_str).chain([""]) {
            let afters: Vec<Option<&str>> = keys
                .iter()
                .filter(|key| key.starts_with(prefix))
                .map(|key| Some(key.as_str()))
                .chain([None])
                .collect();
            for after in afters {
                let wanted: Vec<&String> = keys
                    .iter()
                    .filter(|key| key.starts_with(prefix))
                    .filter(|key| after.is_none_or(|after| key.as_str() > after))
                    .collect();
                let filters = space().filters(prefix.as_bytes(), after.map(str::as_bytes));
                let mut found = Vec::new();
                for filter in &filters {
                    for key in &keys {
                        if matches(filter, &space().place(key.as_bytes())) {
                            found.push(key);
                        }
                    }
                }
                assert_eq!(found, wanted, "{prefix:?} {after:?} {filters:?}");
            }
        }
    }

    #[test]
    fn a_scope_holds_its_stores_and_no_other() {
        let scope = Space::of_scope("0123456789abcdef").filter();
        assert!(matches(&scope, &space().place(b"\xf4\x8f\xbf\xbf")));
        assert!(matches(&scope, &space().place(b"")));
        let other = Space::of_store("0123456789abcdf0", 7);
        assert!(!matches(&scope, &other.place(b"a")));
    }
}
