//! How scopes, stores and keys are called in the service.

use std::fmt::Write as _;

use cloud_contract::ScopeId;

/// A document id ends at 1,500 bytes, and a byte of a key takes two.
pub(crate) const KEY_MAX_BYTES: usize = 750;

/// The document of a scope, and the beginning of the names of all that is in it.
/// `documents` is the name under which all documents are.
pub(crate) fn scope_document(documents: &str, collection: &str, scope: &ScopeId) -> String {
    format!("{documents}/{collection}/{scope}")
}

/// The collection id of the entries of all stores of a scope. It is the scope's own:
/// indexes and TTL policies are set for an id, and the emulator, for a list, looks
/// at all documents in collections of the same id.
pub(crate) fn entries_collection(collection: &str, scope: &ScopeId) -> String {
    format!("{collection}-{scope}")
}

/// A document that no scope has: scope ids have no `_`.
pub(crate) fn probe_document(documents: &str, collection: &str) -> String {
    format!("{documents}/{collection}/_")
}

/// The names that belong to one store.
#[derive(Debug)]
pub(crate) struct StoreNames {
    /// The document under which the entries are. It need not exist, and does not.
    pub(crate) parent: String,
    /// The collection in which they are.
    pub(crate) collection: String,
    /// What an entry's id follows.
    entries: String,
}

impl StoreNames {
    pub(crate) fn new(scope_document: &str, collection: &str, store: &str) -> Self {
        let mut parent = format!("{scope_document}/stores/");
        for byte in store.bytes() {
            match byte {
                b'a'..=b'z' | b'0'..=b'9' | b'-' => parent.push(char::from(byte)),
                // Writing to a string cannot fail.
                _ => drop(write!(parent, "%{byte:02x}")),
            }
        }
        let entries = format!("{parent}/{collection}/");
        Self {
            parent,
            collection: collection.to_owned(),
            entries,
        }
    }

    /// The document of a key, or the place at which the keys with a prefix begin.
    pub(crate) fn entry(&self, key: &[u8]) -> String {
        let mut name = String::with_capacity(self.entries.len() + 2 * key.len() + 1);
        name.push_str(&self.entries);
        for byte in key {
            for half in [byte >> 4, byte & 15] {
                name.push(char::from(b"0123456789abcdef"[usize::from(half)]));
            }
        }
        name
    }

    /// The place behind all keys with a prefix: no digit comes after `f`.
    pub(crate) fn behind(&self, prefix: &[u8]) -> String {
        let mut name = self.entry(prefix);
        name.push('g');
        name
    }

    /// The key of a document; none if it is none of ours.
    pub(crate) fn key(&self, name: &str) -> Option<String> {
        let digits = name.strip_prefix(&self.entries)?.as_bytes();
        if digits.is_empty() || digits.len() % 2 != 0 {
            return None;
        }
        let bytes: Option<Vec<u8>> = digits
            .chunks_exact(2)
            .map(|pair| Some(digit(pair[0])? << 4 | digit(pair[1])?))
            .collect();
        String::from_utf8(bytes?).ok()
    }
}

fn digit(character: u8) -> Option<u8> {
    match character {
        b'0'..=b'9' => Some(character - b'0'),
        b'a'..=b'f' => Some(character - b'a' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_and_keep_their_order() {
        let names = StoreNames::new("root/s", "root-s", "data");
        let mut keys = [
            "\0", "\0\0", "\u{1}", ".", "..", "/", "0", "A", "__a__", "a", "a/b", "aa", "b", "~",
            "\u{7f}", "é", "\u{ffff}", "𐍈",
        ];
        keys.sort_unstable_by_key(|key| key.as_bytes());
        let ids: Vec<String> = keys.iter().map(|key| names.entry(key.as_bytes())).collect();
        assert!(ids.is_sorted());
        for (key, id) in keys.iter().zip(&ids) {
            assert_eq!(names.key(id).as_deref(), Some(*key));
            assert!(*id < names.behind(key.as_bytes()));
        }
        assert_eq!(ids[0], "root/s/stores/data/root-s/00");
        let within = names.entry(b"a\xff\xff");
        assert!(within > names.entry(b"a") && within < names.behind(b"a"));
        assert!(names.entry(b"b") > names.behind(b"a"));
    }

    #[test]
    fn what_is_not_ours_is_no_key() {
        let names = StoreNames::new("root/s", "root-s", "data");
        for id in ["", "0", "0g", "A0", "zz", "ff", "61/x"] {
            let name = format!("root/s/stores/data/root-s/{id}");
            assert_eq!(names.key(&name), None, "{id}");
        }
        assert_eq!(names.key("root/t/stores/data/root-s/61"), None);
    }

    #[test]
    fn no_two_stores_share_a_name_and_none_is_forbidden() {
        let stores = [
            "a", "a/b", "a%2fb", "A", ".", "..", "__a__", "é", "a\0", "a b", "data", "data-1",
        ];
        let parents: Vec<String> = stores
            .iter()
            .map(|store| StoreNames::new("root/s", "root-s", store).parent)
            .collect();
        for (place, parent) in parents.iter().enumerate() {
            let id = parent.strip_prefix("root/s/stores/").unwrap();
            assert!(!id.contains(['/', '.', '_']), "{id}");
            assert!(!parents[..place].contains(parent), "{id}");
        }
    }
}
