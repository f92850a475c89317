//! What scopes, containers and objects are called in a bucket. Knows nothing of requests.
//!
//! The service takes any text of up to 1,024 bytes but for line ends. Two things of a name
//! are changed, so that they keep the order of bytes and the beginnings of names:
//!
//! - A run of control characters is a tab, which comes before everything that stays, and
//!   a letter for each. The letter also tells whether something else follows the run.
//! - A dot at the beginning of a segment has a hyphen behind it: clients take `.` and
//!   `..` between slashes for places in a tree, however they are written in a URL.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bucket_scopes::{Place, is_ordinary};
use cloud_contract::ScopeId;

/// The longest name of an object, in bytes. Encoded, with the longest names in front of
/// it, it fills the 1,024 bytes of an object's name.
pub(crate) const NAME_BYTES: usize = 512;
/// The longest name of a container, in bytes.
pub(crate) const CONTAINER_NAME_BYTES: usize = 72;
/// Stands before a run of control characters.
const RUN: char = '\t';
/// Stands behind a dot at the beginning of a segment.
const DOT: char = '-';
/// Two for each control character, in the order of their bytes: one before the end of
/// the name or another control character, one before anything else.
const LETTERS: &[u8; 64] = b"-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz";
/// What is no control character, and how many there are before it.
const SPACE: char = ' ';

/// The prefix of what is under way in a scope.
pub(crate) fn parts_of_scope(scope: &ScopeId) -> String {
    format!("_parts/{scope}/")
}

/// The object that says that a scope has a container; none for a name that none can have.
pub(crate) fn container_mark(scope: &ScopeId, container: &str) -> Option<String> {
    Some(bucket_scopes::container_mark(
        scope,
        &container_name(container)?,
    ))
}

/// Names of ordinary containers are kept, and others begin as those do not.
fn container_name(name: &str) -> Option<String> {
    match name.len() {
        _ if is_ordinary(name) => Some(name.to_owned()),
        1..=CONTAINER_NAME_BYTES => Some(format!("_{}", BASE64.encode(name))),
        _ => None,
    }
}

/// What the object of an upload is called that says that it goes on.
pub(crate) const BEGUN: &str = "begun";
/// What the objects start with that a completion composes on the way.
pub(crate) const COMPOSED: &str = "by-";

/// The keys of one container: what its objects are called in the bucket.
#[derive(Debug, Clone)]
pub(crate) struct Keys {
    /// What all keys start with.
    pub(crate) all: String,
    /// What all starts with that is under way.
    pub(crate) parts: String,
}

impl Keys {
    /// None for a name that no container can have.
    pub(crate) fn new(scope: &ScopeId, container: &str) -> Option<Self> {
        let container = container_name(container)?;
        Some(Self {
            all: format!("{scope}/in/{container}/"),
            parts: format!("{}{container}/", parts_of_scope(scope)),
        })
    }

    /// The key of an object.
    pub(crate) fn key(&self, name: &str) -> String {
        format!("{}{}", self.all, encode(name, true))
    }

    /// The name of an object, or the text that names start with where the service divided
    /// them; none for a key that is not ours.
    pub(crate) fn name(&self, key: &str) -> Option<String> {
        decode(key.strip_prefix(self.all.as_str())?)
    }

    /// What keys start with whose names start with `prefix`. Others can, too.
    pub(crate) fn prefix(&self, prefix: &str) -> String {
        format!("{}{}", self.all, encode(prefix, false))
    }

    /// At or behind which all keys lie whose names lie behind the place. Others can lie
    /// there, too. None if that is where the keys begin, or where there is nothing.
    pub(crate) fn start(&self, place: &Place) -> Option<String> {
        match place {
            Place::Start => None,
            Place::After(name) => Some(self.key(name)),
            Place::Behind(start) => {
                let mut text = encode(start, true);
                if start.ends_with(is_control) {
                    // Something that stays may follow: the other letter.
                    let letter = text.pop().and_then(index).unwrap_or(0);
                    text.push(letter_of(letter | 1));
                }
                Some(format!("{}{}", self.all, next_after(text)?))
            }
        }
    }
}

/// The first text behind all that start with this one.
fn next_after(mut text: String) -> Option<String> {
    while let Some(last) = text.pop() {
        let next = match last {
            '\u{d7ff}' => Some('\u{e000}'),
            last => char::from_u32(u32::from(last) + 1),
        };
        if let Some(next) = next {
            text.push(next);
            return Some(text);
        }
    }
    None
}

fn is_control(letter: char) -> bool {
    letter < SPACE
}

fn letter_of(index: usize) -> char {
    char::from(LETTERS[index % LETTERS.len()])
}

fn index(letter: char) -> Option<usize> {
    LETTERS
        .iter()
        .position(|&known| char::from(known) == letter)
}

/// A whole name; or the beginning of one, up to where it may go on in several ways.
fn encode(name: &str, is_whole: bool) -> String {
    let mut text = String::with_capacity(name.len() + 8);
    let mut letters = name.chars().peekable();
    let (mut begins, mut runs) = (true, false);
    while let Some(letter) = letters.next() {
        if is_control(letter) {
            if !runs {
                text.push(RUN);
            }
            let next = letters.peek();
            if next.is_none() && !is_whole {
                return text;
            }
            let is_followed = next.is_some_and(|&next| !is_control(next));
            text.push(letter_of(2 * letter as usize + usize::from(is_followed)));
            runs = true;
        } else {
            text.push(letter);
            if begins && letter == '.' {
                text.push(DOT);
            }
            runs = false;
        }
        begins = letter == '/';
    }
    text
}

/// None for a text that `encode` does not make.
fn decode(text: &str) -> Option<String> {
    let mut name = String::with_capacity(text.len());
    let (mut begins, mut runs) = (true, false);
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if runs {
            let index = index(letter)?;
            name.push(char::from(u8::try_from(index / 2).ok()?));
            runs = index % 2 == 0;
            continue;
        }
        match letter {
            RUN => runs = true,
            '.' if begins => {
                name.push(letter);
                letters.next().filter(|&behind| behind == DOT)?;
            }
            letter => name.push(letter),
        }
        begins = letter == '/';
    }
    (encode(&name, true) == text).then_some(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Keys {
        Keys::new(&ScopeId::new("s").unwrap(), "c").unwrap()
    }

    /// Names that are hard to keep, in the order of their bytes.
    fn hard_names() -> Vec<String> {
        let mut names: Vec<String> = [
            "\0",
            "\0\0",
            "\0\0a",
            "\0a",
            "\u{1}",
            "\u{1f}",
            "\u{1f}\u{1f}",
            "\u{1f} ",
            "\t",
            "\t-",
            "\n",
            "\r\n",
            "\n/",
            "\n.",
            " ",
            " a",
            "!",
            "%2F",
            "+",
            "-",
            ".",
            "..",
            ".-",
            ".-a",
            "../a",
            "./a",
            "./\n",
            ".\n",
            ".\0.",
            ".a",
            "/",
            "//",
            "/.",
            "/./",
            "/a",
            "a",
            "a\0",
            "a\nb",
            "a\n\nb",
            "a ",
            "a-",
            "a.",
            "a/",
            "a/-",
            "a/.",
            "a/.\n",
            "a/..",
            "a/../b",
            "a/.b",
            "a//b",
            "a/b",
            "a/b/",
            "a0",
            "a\\b",
            "a~",
            "b\u{7f}",
            "e\u{301}",
            "\u{85}",
            "\u{e9}",
            "\u{d7ff}",
            "\u{e000}",
            "\u{fffe}",
            "\u{ffff}a",
            "\u{10ffff}",
            "\u{10ffff}\u{10ffff}a",
        ]
        .map(str::to_owned)
        .to_vec();
        for length in [171, 511, 512] {
            names.push("x".repeat(length));
            names.push("\u{1}".repeat(length));
            names.push("/.\n".repeat(171)[..length].to_owned());
            names.push(".\n/".repeat(171)[..length].to_owned());
            names.push("\na".repeat(256)[..length].to_owned());
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    #[test]
    fn every_name_comes_back_in_its_order_and_no_two_are_one() {
        let keys = keys();
        let names = hard_names();
        let made: Vec<String> = names.iter().map(|name| keys.key(name)).collect();
        for (name, key) in names.iter().zip(&made) {
            assert_eq!(keys.name(key).as_ref(), Some(name), "{key:?}");
            let text = key.strip_prefix(keys.all.as_str()).unwrap();
            assert!(!text.chars().any(|letter| letter < ' ' && letter != '\t'));
            let mut segments = text.split('/');
            assert!(!segments.any(|segment| matches!(segment, "." | "..")));
        }
        for pair in made.windows(2) {
            assert!(pair[0] < pair[1], "{pair:?}");
        }
    }

    #[test]
    fn the_longest_names_fit() {
        let scope = ScopeId::new("s".repeat(63)).unwrap();
        let longest = ["c".repeat(63), "C".repeat(CONTAINER_NAME_BYTES)];
        for container in longest {
            let keys = Keys::new(&scope, &container).unwrap();
            for name in hard_names() {
                assert!(keys.key(&name).len() <= 1_024, "{name:?}");
            }
        }
        assert!(Keys::new(&scope, &"C".repeat(CONTAINER_NAME_BYTES + 1)).is_none());
        assert!(Keys::new(&scope, "").is_none());
    }

    #[test]
    fn ordinary_names_stay_as_they_are() {
        for name in [
            "photo.png",
            "2026/11/a b (1).txt",
            "\u{65e5}\u{672c}",
            "v1.0+x~y_z",
            "a//b/",
        ] {
            assert_eq!(keys().key(name), format!("s/in/c/{name}"));
        }
        assert_eq!(keys().key(".git/x"), "s/in/c/.-git/x");
    }

    #[test]
    fn a_list_begins_before_all_that_is_asked_for() {
        let (keys, names) = (keys(), hard_names());
        for prefix in names.iter().map(String::as_str).chain([""]) {
            let start = keys.prefix(prefix);
            for name in names.iter().filter(|name| name.starts_with(prefix)) {
                assert!(keys.key(name).starts_with(&start), "{prefix:?} {name:?}");
            }
            for place in [Place::After(prefix.into()), Place::Behind(prefix.into())] {
                let Some(start) = keys.start(&place) else {
                    continue;
                };
                for name in names.iter().filter(|name| place.is_before(name)) {
                    assert!(keys.key(name) >= start, "{place:?} {name:?}");
                }
                // Nothing of what was passed is listed again.
                let passed = |name: &&String| !name.is_empty() && name.starts_with(prefix);
                if matches!(place, Place::Behind(_)) && !prefix.is_empty() {
                    for name in names.iter().filter(passed) {
                        assert!(keys.key(name) < start, "{place:?} {name:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn what_is_not_ours_has_no_name() {
        let keys = keys();
        for text in [".", "..", ".a", "\n", "\t", "\t0", "a\t-", "a/./b", "\t!"] {
            let key = format!("s/in/c/{text}");
            if let Some(name) = keys.name(&key) {
                assert_eq!(keys.key(&name), key);
            }
        }
        assert_eq!(keys.name("s/in/c/a/./b"), None);
        assert_eq!(keys.name("s/in/d/a"), None);
        // Where the service divides at slashes, both parts are ours.
        assert_eq!(keys.name("s/in/c/\n/").as_deref(), None);
        assert_eq!(keys.name(&keys.key("\n/")).as_deref(), Some("\n/"));
    }
}
