//! What scopes, containers and objects are called in a container of the account, as the
//! names of its blobs: *keys*. Knows nothing of requests.
//!
//! The service, or whoever reads an address on the way to it, refuses or changes some
//! names: control characters, dots, slashes beside each other or at an end, long ones. A
//! name without any of that stays as it is, in one region of the container's keys; every
//! other one is encoded in a second region. The encoding keeps the order of bytes, so
//! that a list is the two regions merged.

use bucket_scopes::{Region, container_name, decode, digits, divided, encode};
use cloud_contract::ScopeId;

/// The longest name of an object, in bytes. Encoded, with the longest names in front of
/// it, it fills the 1,024 bytes of a key.
pub(crate) const NAME_BYTES: usize = 512;
/// The most slashes of a name that stays as it is: the service takes 254 in a key.
const SLASHES: usize = 200;
/// Characters from here on may be ordered otherwise, by the halves that UTF-16 has.
const HALVES: char = '\u{e000}';

/// The key that says that a scope has a container; none for a name that none can have.
pub(crate) fn container_mark(scope: &ScopeId, container: &str) -> Option<String> {
    Some(bucket_scopes::container_mark(
        scope,
        &container_name(container)?,
    ))
}

/// The keys of one container.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    plain: String,
    coded: String,
    uploads: String,
}

impl Keys {
    /// None for a name that no container can have.
    pub(crate) fn new(scope: &ScopeId, container: &str) -> Option<Self> {
        let container = container_name(container)?;
        Some(Self {
            plain: format!("{scope}/in/{container}/"),
            coded: format!("{scope}/as/{container}/"),
            uploads: format!("{scope}/up/{container}/"),
        })
    }

    /// What all keys of a region start with.
    pub(crate) fn all(&self, region: Region) -> &str {
        match region {
            Region::Plain => &self.plain,
            Region::Coded => &self.coded,
        }
    }

    /// What the keys of all uploads start with.
    pub(crate) fn uploads(&self) -> &str {
        &self.uploads
    }

    /// The key of an upload.
    pub(crate) fn upload(&self, id: &str) -> String {
        format!("{}{id}", self.uploads)
    }

    /// The key of an object.
    pub(crate) fn key(&self, name: &str) -> String {
        if is_plain(name) {
            format!("{}{name}", self.plain)
        } else {
            format!("{}{}", self.coded, encode(name.as_bytes()))
        }
    }

    /// The name of an object; none for a key that is not ours.
    pub(crate) fn name(&self, region: Region, key: &str) -> Option<String> {
        let text = key.strip_prefix(self.all(region))?;
        match region {
            Region::Plain => Some(text.to_owned()),
            Region::Coded => String::from_utf8(decode(text)?).ok(),
        }
    }

    /// What keys start with whose names start with `prefix`; none if the region has no
    /// such name.
    pub(crate) fn prefix(&self, region: Region, prefix: &str) -> Option<String> {
        let all = self.all(region);
        match region {
            Region::Plain => {
                let fits = prefix.chars().all(stays);
                fits.then(|| format!("{all}{prefix}"))
            }
            Region::Coded => Some(format!("{all}{}", divided(&digits(prefix.as_bytes()).0))),
        }
    }
}

/// Whether a name needs no encoding.
fn is_plain(name: &str) -> bool {
    let is_segment = |segment: &str| {
        let is_odd_end = segment.ends_with([' ', '.']);
        !segment.is_empty() && !segment.starts_with(' ') && !is_odd_end
    };
    name.len() <= NAME_BYTES
        && name.matches('/').count() <= SLASHES
        && name.split('/').all(is_segment)
        && name.chars().all(stays)
}

/// Whether a character needs no encoding. Those that the service advises against do, and
/// whatever might be normalised.
fn stays(letter: char) -> bool {
    (letter.is_alphanumeric() && letter < HALVES) || "!-_.*'()@=:,+&$;~ /".contains(letter)
}

#[cfg(test)]
mod tests {
    use bucket_scopes::CONTAINER_NAME_BYTES;

    use super::*;

    fn keys() -> Keys {
        Keys::new(&ScopeId::new("s").unwrap(), "c").unwrap()
    }

    /// Names that are hard to keep, in the order of their bytes.
    fn hard_names() -> Vec<String> {
        let mut names: Vec<String> = [
            "\0",
            "\0\0",
            "\u{1}",
            "\n",
            " ",
            " a",
            "!",
            "%2F",
            "+",
            ".",
            "..",
            "../a",
            "./a",
            "/",
            "//",
            "/a",
            "a",
            "a\0",
            "a ",
            "a b",
            "a+b",
            "a-",
            "a.",
            "a/",
            "a/.",
            "a/..",
            "a/../b",
            "a//b",
            "a/b",
            "a/b/",
            "a0",
            "a\\b",
            "a|b",
            "a~",
            "a~/b",
            "a/b.",
            "a./b",
            "b\u{7f}",
            "e\u{301}",
            "\u{85}",
            "\u{e9}",
            "\u{fffd}",
            "\u{fffe}",
            "\u{ffff}a",
            "\u{10ffff}",
        ]
        .map(str::to_owned)
        .to_vec();
        for length in [149, 150, 151, 239, 240, 241, 300, 301, 511, 512] {
            names.push("x".repeat(length));
            names.push("\u{1}".repeat(length));
            names.push(format!("{}/", "y".repeat(length - 1)));
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    fn region_of(keys: &Keys, name: &str) -> Region {
        if keys.key(name).starts_with(&keys.plain) {
            Region::Plain
        } else {
            Region::Coded
        }
    }

    #[test]
    fn every_name_comes_back_and_no_two_are_one() {
        let keys = keys();
        let mut seen = std::collections::HashSet::new();
        for name in hard_names() {
            let key = keys.key(&name);
            let region = region_of(&keys, &name);
            assert_eq!(keys.name(region, &key).as_ref(), Some(&name));
            let text = key.strip_prefix(keys.all(region)).unwrap();
            for segment in text.split('/') {
                assert!(!segment.is_empty() && !segment.ends_with('.'), "{key:?}");
            }
            assert!(text.matches('/').count() <= SLASHES, "{key:?}");
            assert!(key.chars().all(|letter| letter >= ' '), "{key:?}");
            assert!(seen.insert(key));
        }
    }

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in [
            "photo.png",
            "2026/11/a b (1).txt",
            "\u{65e5}\u{672c}",
            "v1.0+x~y_z",
        ] {
            assert_eq!(keys().key(name), format!("s/in/c/{name}"));
        }
    }

    #[test]
    fn both_regions_keep_the_order_of_the_names() {
        let keys = keys();
        for region in [Region::Plain, Region::Coded] {
            let names = hard_names();
            let keys: Vec<String> = names
                .iter()
                .filter(|name| region_of(&keys, name) == region)
                .map(|name| keys.key(name))
                .collect();
            assert!(keys.is_sorted() && keys.len() > 5);
            let in_halves = |key: &String| key.encode_utf16().collect::<Vec<u16>>();
            assert!(keys.is_sorted_by_key(in_halves));
        }
    }

    #[test]
    fn a_prefix_of_a_name_is_one_of_its_key() {
        let (names, keys) = (hard_names(), keys());
        for prefix in names.iter().map(String::as_str).chain([""]) {
            for name in names.iter().filter(|name| name.starts_with(prefix)) {
                let start = keys.prefix(region_of(&keys, name), prefix).unwrap();
                assert!(keys.key(name).starts_with(&start), "{name:?} {prefix:?}");
            }
        }
    }

    #[test]
    fn the_longest_key_fits() {
        let scope = ScopeId::new("s".repeat(63)).unwrap();
        let container = "\u{1}".repeat(CONTAINER_NAME_BYTES);
        let keys = Keys::new(&scope, &container).unwrap();
        assert!(keys.key(&"\u{1}".repeat(NAME_BYTES)).len() <= 1_024);
        assert!(keys.key(&"x".repeat(NAME_BYTES)).len() <= 1_024);
        assert!(Keys::new(&scope, &format!("{container}x")).is_none());
        assert!(Keys::new(&scope, "").is_none());
    }

    #[test]
    fn containers_are_kept_apart() {
        let scope = ScopeId::new("s").unwrap();
        let mut seen = std::collections::HashSet::new();
        for name in ["a", "A", "a/", "_", "a-b", " ", "_a", &"a".repeat(64)] {
            assert!(seen.insert(container_mark(&scope, name).unwrap()), "{name}");
        }
    }
}
