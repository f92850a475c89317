//! What scopes, containers and objects are called in a bucket. Knows nothing of requests.
//!
//! A service, or the library in front of it, refuses or changes some names: control
//! characters, dots, slashes beside each other or at an end, long ones. A name without
//! any of that stays as it is, in one region of the container's keys; every other one is
//! encoded in a second region. The encoding keeps the order of bytes, so that a list is
//! the two regions merged.

use bucket_scopes::{
    Place, Region, SEGMENT_BYTES, container_name, decode, digits, divided, encode,
};
use cloud_contract::ScopeId;

/// The longest name of an object, in bytes. Encoded, with the longest names in front of
/// it, it fills the 1,024 bytes of a key.
pub(crate) const NAME_BYTES: usize = 512;
/// The highest character, which no name that stays as it is has.
const HIGHEST: char = '\u{10ffff}';

/// Which names stay as they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Style {
    /// Those with slashes too.
    Paths,
    /// None with a slash: to the server they are folders, and `a` and `a/b` cannot both
    /// be there.
    Flat,
}

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
    style: Style,
    plain: String,
    coded: String,
    puts: String,
}

impl Keys {
    /// None for a name that no container can have.
    pub(crate) fn new(style: Style, scope: &ScopeId, container: &str) -> Option<Self> {
        let container = container_name(container)?;
        Some(Self {
            style,
            plain: format!("{scope}/in/{container}/"),
            coded: format!("{scope}/as/{container}/"),
            puts: format!("{scope}/put/{container}/"),
        })
    }

    /// Whether the server can divide names at this text, as it was before encoding.
    pub(crate) fn divides(&self, region: Region, delimiter: &str) -> bool {
        region == Region::Plain && self.style == Style::Paths && delimiter == "/"
    }

    /// What all keys of a region start with.
    pub(crate) fn all(&self, region: Region) -> &str {
        match region {
            Region::Plain => &self.plain,
            Region::Coded => &self.coded,
        }
    }

    /// What the keys of all marks of puts that are under way start with.
    pub(crate) fn puts(&self) -> &str {
        &self.puts
    }

    /// Whether a key is that of an object of this container.
    pub(crate) fn has(&self, key: &str) -> bool {
        [&self.plain, &self.coded]
            .iter()
            .any(|all| key.starts_with(*all))
    }

    /// The key of an object.
    pub(crate) fn key(&self, name: &str) -> String {
        if is_plain(self.style, name) {
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
                let fits = prefix.chars().all(|letter| stays(self.style, letter));
                fits.then(|| format!("{all}{prefix}"))
            }
            Region::Coded => Some(format!("{all}{}", divided(&digits(prefix.as_bytes()).0))),
        }
    }

    /// A text behind which all keys lie whose names start with `prefix` and lie behind
    /// the place. Others can lie there, too. None if that is where the keys begin.
    pub(crate) fn start(&self, region: Region, prefix: &str, place: &Place) -> Option<String> {
        let all = self.all(region);
        match (region, place) {
            (Region::Plain, Place::Start) => None,
            (Region::Plain, Place::After(name)) => {
                Some(format!("{all}{}", readable(self.style, name).0))
            }
            (Region::Plain, Place::Behind(start)) => Some(match readable(self.style, start) {
                (text, true) => format!("{all}{text}{HIGHEST}"),
                (text, false) => format!("{all}{text}"),
            }),
            (Region::Coded, Place::Start) => {
                let (mut first, ends) = digits(prefix.as_bytes());
                first.push(ends?.0.checked_sub(1)?);
                Some(format!("{all}{}~~", divided(&first)))
            }
            (Region::Coded, Place::After(name)) => {
                Some(format!("{all}{}", encode(name.as_bytes())))
            }
            (Region::Coded, Place::Behind(start)) => {
                let (mut last, ends) = digits(start.as_bytes());
                last.extend(ends.map(|(_, highest)| highest));
                Some(format!("{all}{}~~", divided(&last)))
            }
        }
    }
}

/// MinIO keeps a name that ends with a slash as one that ends like this, and lists both as
/// the former.
const DIRECTORY: &str = "__XLDIR__";

/// Whether a name needs no encoding.
fn is_plain(style: Style, name: &str) -> bool {
    let is_segment = |segment: &str| {
        let has_edge = segment.starts_with(' ') || segment.ends_with(' ');
        !matches!(segment, "" | "." | "..") && !has_edge
    };
    let fits = match style {
        Style::Paths => name.len() <= NAME_BYTES && name.split('/').all(is_segment),
        Style::Flat => {
            name.len() <= SEGMENT_BYTES && is_segment(name) && !name.ends_with(DIRECTORY)
        }
    };
    fits && name.chars().all(|letter| stays(style, letter))
}

/// Whether a character needs no encoding. Those that services advise against do, and
/// whatever might be normalised.
fn stays(style: Style, letter: char) -> bool {
    letter.is_alphanumeric()
        || "!-_.*'()@=:,+&$;~ ".contains(letter)
        || (letter == '/' && style == Style::Paths)
}

/// A text of characters that stay, and whether it is the whole one. What stays as it is
/// and lies behind the one also lies behind the other. A server can take a text with
/// others for a path, or be unable to repeat it.
fn readable(style: Style, text: &str) -> (String, bool) {
    let odd = text
        .char_indices()
        .find(|(_, letter)| !stays(style, *letter));
    let odd = match text {
        "." => Some((0, '.')),
        ".." => Some((1, '.')),
        _ => odd,
    };
    let Some((end, letter)) = odd else {
        return (text.to_owned(), true);
    };
    let mut text = text.get(..end).unwrap_or_default().to_owned();
    // Control characters come before all others.
    if letter > ' ' {
        text.extend([before(letter), HIGHEST]);
    }
    (text, false)
}

/// A character before this one, with none in between that stays.
fn before(letter: char) -> char {
    match letter {
        '\u{fffe}' | '\u{ffff}' => '\u{fffd}',
        '\u{e000}' => '\u{d7ff}',
        letter => char::from_u32(u32::from(letter) - 1).unwrap_or(letter),
    }
}

#[cfg(test)]
mod tests {
    use bucket_scopes::CONTAINER_NAME_BYTES;

    use super::*;

    fn keys(style: Style) -> Keys {
        Keys::new(style, &ScopeId::new("s").unwrap(), "c").unwrap()
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
        for style in [Style::Paths, Style::Flat] {
            let keys = keys(style);
            let mut seen = std::collections::HashSet::new();
            for name in hard_names() {
                let key = keys.key(&name);
                let region = region_of(&keys, &name);
                assert_eq!(keys.name(region, &key).as_ref(), Some(&name));
                let text = key.strip_prefix(keys.all(region)).unwrap();
                for segment in text.split('/') {
                    assert!(!matches!(segment, "" | "." | ".."), "{key:?}");
                    assert!(style == Style::Paths || segment.len() <= 255, "{key:?}");
                }
                assert!(key.chars().all(|letter| letter >= ' '), "{key:?}");
                assert!(seen.insert(key));
            }
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
            assert_eq!(keys(Style::Paths).key(name), format!("s/in/c/{name}"));
        }
        assert_eq!(keys(Style::Flat).key("photo.png"), "s/in/c/photo.png");
        assert!(keys(Style::Flat).key("a/b").starts_with("s/as/c/"));
    }

    #[test]
    fn both_regions_keep_the_order_of_the_names() {
        for style in [Style::Paths, Style::Flat] {
            let keys = keys(style);
            for region in [Region::Plain, Region::Coded] {
                let names = hard_names();
                let keys: Vec<String> = names
                    .iter()
                    .filter(|name| region_of(&keys, name) == region)
                    .map(|name| keys.key(name))
                    .collect();
                assert!(keys.is_sorted() && keys.len() > 5);
            }
        }
    }

    /// What a server returns for the prefix and the start is all that is asked for, and
    /// what is not is told by the place.
    #[test]
    fn a_list_begins_before_all_that_is_asked_for() {
        let names = hard_names();
        for style in [Style::Paths, Style::Flat] {
            let keys = keys(style);
            for prefix in names.iter().map(String::as_str).chain([""]) {
                let places = names
                    .iter()
                    .flat_map(|text| [Place::After(text.clone()), Place::Behind(text.clone())]);
                for place in places.chain([Place::Start]) {
                    let wanted = |name: &&String| name.starts_with(prefix) && place.is_before(name);
                    for name in names.iter().filter(wanted) {
                        let region = region_of(&keys, name);
                        let start = keys.prefix(region, prefix).unwrap();
                        let key = keys.key(name);
                        assert!(key.starts_with(&start), "{name:?} {prefix:?}");
                        let start = keys.start(region, prefix, &place);
                        assert!(start.is_none_or(|start| key > start), "{name:?} {place:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn the_longest_key_fits() {
        let scope = ScopeId::new("s".repeat(63)).unwrap();
        let container = "\u{1}".repeat(CONTAINER_NAME_BYTES);
        let keys = Keys::new(Style::Paths, &scope, &container).unwrap();
        assert!(keys.key(&"\u{1}".repeat(NAME_BYTES)).len() <= 1_024);
        assert!(keys.key(&"x".repeat(NAME_BYTES)).len() <= 1_024);
        assert!(Keys::new(Style::Paths, &scope, &format!("{container}x")).is_none());
        assert!(Keys::new(Style::Paths, &scope, "").is_none());
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
