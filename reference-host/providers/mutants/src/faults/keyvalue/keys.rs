//! Keys that are mangled on their way to the service, or on their way back.

use std::borrow::Cow;

use async_trait::async_trait;
use cloud_contract::Result;
use cloud_contract::keyvalue::{Driver, KeyPage, ListRequest};

use super::{driver, store};
use crate::Mutant;
use crate::keyvalue::driver::DriverFault;
use crate::keyvalue::store::{Call, StoreFault};

/// Every function writes under, and asks for, another key.
#[derive(Debug)]
struct Mangled(fn(&str) -> String);

impl DriverFault for Mangled {
    fn key(&self, key: &str) -> String {
        (self.0)(key)
    }
}

/// One function alone asks for another key.
#[derive(Debug)]
struct MangledIn(Call, fn(&str) -> String);

impl StoreFault for MangledIn {
    fn key<'a>(&self, call: Call, key: &'a str) -> Result<Cow<'a, str>> {
        if call == self.0 {
            Ok(Cow::Owned((self.1)(key)))
        } else {
            Ok(Cow::Borrowed(key))
        }
    }
}

/// Lists return another text than the key: prefix and key to text.
#[derive(Debug)]
struct Listed(fn(&str, &str) -> String);

#[async_trait]
impl DriverFault for Listed {
    async fn list(&self, to: &dyn Driver, request: ListRequest<'_>) -> Result<KeyPage> {
        let prefix = request.prefix;
        let mut page = to.list(request).await?;
        for key in &mut page.keys {
            *key = (self.0)(prefix, key);
        }
        Ok(page)
    }
}

/// Letters with an accent and the two characters that spell them.
const ACCENTS: [(&str, &str); 14] = [
    ("é", "e\u{301}"),
    ("è", "e\u{300}"),
    ("ê", "e\u{302}"),
    ("ë", "e\u{308}"),
    ("É", "E\u{301}"),
    ("á", "a\u{301}"),
    ("à", "a\u{300}"),
    ("ä", "a\u{308}"),
    ("å", "a\u{30a}"),
    ("Å", "A\u{30a}"),
    ("ö", "o\u{308}"),
    ("ü", "u\u{308}"),
    ("ñ", "n\u{303}"),
    ("ç", "c\u{327}"),
];

fn composed(key: &str) -> String {
    let signs = key.replace('\u{212b}', "Å");
    let compose = |key: String, (one, two): &(&str, &str)| key.replace(two, one);
    ACCENTS.iter().fold(signs, compose)
}

fn decomposed(key: &str) -> String {
    let decompose = |key: String, (one, two): &(&str, &str)| key.replace(one, two);
    ACCENTS.iter().fold(key.to_owned(), decompose)
}

fn before(key: &str, end: char) -> String {
    key.split(end).next().unwrap_or_default().to_owned()
}

/// The longest start of `key` of at most `length` bytes.
fn cut(key: &str, length: usize) -> String {
    key[..key.floor_char_boundary(length)].to_owned()
}

fn percent_decoded(key: &str) -> String {
    let mut decoded = Vec::with_capacity(key.len());
    let mut rest = key.as_bytes();
    while let [first, behind @ ..] = rest {
        let code = match rest {
            [b'%', high, low, ..] => std::str::from_utf8(&[*high, *low])
                .ok()
                .and_then(|code| u8::from_str_radix(code, 16).ok()),
            _ => None,
        };
        decoded.push(code.unwrap_or(*first));
        rest = if code.is_some() { &rest[3..] } else { behind };
    }
    String::from_utf8(decoded).unwrap_or_else(|_| key.to_owned())
}

/// As a file system resolves `.` and `..`.
fn resolved(key: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in key.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join("/")
}

fn squeezed(key: &str) -> String {
    let mut key = key.to_owned();
    while key.contains("//") {
        key = key.replace("//", "/");
    }
    key
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-key-folds-case",
        "`Key` and `key` are one key",
        &["KV-KEY-2", "TYP-TEXT-1"],
        driver!(Mangled(str::to_lowercase)),
    ),
    Mutant::new(
        "kv-key-composes",
        "an accent after its letter and the accented letter are one key",
        &["KV-KEY-2", "TYP-TEXT-1"],
        driver!(Mangled(composed)),
    ),
    Mutant::new(
        "kv-key-decomposes",
        "accented letters are stored as letter and accent",
        &["KV-KEY-2", "TYP-TEXT-1", "KV-KEY-6"],
        driver!(Mangled(decomposed)),
    ),
    Mutant::new(
        "kv-key-trims-end",
        "spaces at the end of a key are lost",
        &["KV-KEY-2", "TYP-TEXT-1"],
        driver!(Mangled(|key| key.trim_end().to_owned())),
    ),
    Mutant::new(
        "kv-key-trims-start",
        "spaces at the start of a key are lost",
        &["KV-KEY-2", "TYP-TEXT-1"],
        driver!(Mangled(|key| key.trim_start().to_owned())),
    ),
    Mutant::new(
        "kv-key-ends-at-nul",
        "a key ends before its first U+0000",
        &["KV-KEY-1", "KV-KEY-2"],
        driver!(Mangled(|key| before(key, '\0'))),
    ),
    Mutant::new(
        "kv-key-drops-controls",
        "control characters are dropped from keys",
        &["KV-KEY-1", "KV-KEY-2"],
        driver!(Mangled(|key| key.replace(char::is_control, ""))),
    ),
    Mutant::new(
        "kv-key-decodes-slash",
        "`%2F` in a key is a slash",
        &["KV-KEY-2", "KV-KEY-3"],
        driver!(Mangled(|key| key.replace("%2F", "/"))),
    ),
    Mutant::new(
        "kv-key-decodes-percent",
        "`%41` in a key is `A`",
        &["KV-KEY-2", "KV-KEY-3"],
        driver!(Mangled(percent_decoded)),
    ),
    Mutant::new(
        "kv-key-plus-is-space",
        "`+` in a key is a space",
        &["KV-KEY-2", "KV-KEY-3"],
        driver!(Mangled(|key| key.replace('+', " "))),
    ),
    Mutant::new(
        "kv-key-squeezes-slashes",
        "`a//b` and `a/b` are one key",
        &["KV-KEY-2", "KV-KEY-3"],
        driver!(Mangled(squeezed)),
    ),
    Mutant::new(
        "kv-key-drops-last-slash",
        "`a/` and `a` are one key",
        &["KV-KEY-2", "KV-KEY-3"],
        driver!(Mangled(|key| key
            .strip_suffix('/')
            .unwrap_or(key)
            .to_owned())),
    ),
    Mutant::new(
        "kv-key-drops-first-slash",
        "`/a` and `a` are one key",
        &["KV-KEY-2", "KV-KEY-3"],
        driver!(Mangled(|key| key
            .strip_prefix('/')
            .unwrap_or(key)
            .to_owned())),
    ),
    Mutant::new(
        "kv-key-resolves-dots",
        "`a/../b` and `b` are one key",
        &["KV-KEY-2", "KV-KEY-3"],
        driver!(Mangled(resolved)),
    ),
    Mutant::new(
        "kv-key-backslash-is-slash",
        "a backslash in a key is a slash",
        &["KV-KEY-2", "KV-KEY-3"],
        driver!(Mangled(|key| key.replace('\\', "/"))),
    ),
    Mutant::new(
        "kv-key-drops-query",
        "a key ends before its first question mark",
        &["KV-KEY-2", "KV-KEY-3"],
        driver!(Mangled(|key| before(key, '?'))),
    ),
    Mutant::new(
        "kv-key-cut-at-255",
        "keys of more than 255 bytes lose their end",
        &["KV-KEY-1", "KV-KEY-2"],
        driver!(Mangled(|key| cut(key, 255))),
    ),
    Mutant::new(
        "kv-key-cut-below-limit",
        "keys of the greatest length lose their last byte",
        &["KV-KEY-1", "KV-KEY-2"],
        driver!(Mangled(|key| cut(key, 1023))),
    ),
    Mutant::new(
        "kv-key-ascii-only",
        "every character beyond ASCII is stored as a question mark",
        &["KV-KEY-1", "KV-KEY-2", "TYP-TEXT-1"],
        driver!(Mangled(
            |key| key.replace(|sign: char| !sign.is_ascii(), "?")
        )),
    ),
    Mutant::new(
        "kv-key-drops-joiners",
        "invisible characters (U+200D, U+FE0F) are dropped from keys",
        &["KV-KEY-2", "TYP-TEXT-1"],
        driver!(Mangled(|key| key.replace(['\u{200d}', '\u{fe0f}'], ""))),
    ),
    Mutant::new(
        "kv-key-get-many-folds-case",
        "`get-many` alone asks for keys in lower case",
        &["KV-KEY-2", "KV-GETMANY-2"],
        store!(MangledIn(Call::GetMany, str::to_lowercase)),
    ),
    Mutant::new(
        "kv-key-delete-folds-case",
        "`delete` alone removes the key in lower case",
        &["KV-KEY-2", "KV-DELETE-1", "KV-DELETE-3"],
        store!(MangledIn(Call::Delete, str::to_lowercase)),
    ),
    Mutant::new(
        "kv-key-increment-trims",
        "`increment` alone trims its key",
        &["KV-KEY-2", "TYP-TEXT-1"],
        store!(MangledIn(Call::Increment, |key| key.trim().to_owned())),
    ),
    Mutant::new(
        "kv-key-current-ends-at-nul",
        "`current` alone cuts its key at U+0000",
        &["KV-KEY-2", "KV-CURRENT-1"],
        store!(MangledIn(Call::Current, |key| before(key, '\0'))),
    ),
    Mutant::new(
        "kv-key-listed-escaped",
        "lists return `%2F` for a slash",
        &["KV-KEY-6", "KV-LIST-1"],
        driver!(Listed(|_, key| key.replace('/', "%2F"))),
    ),
    Mutant::new(
        "kv-key-listed-lower-case",
        "lists return keys in lower case",
        &["KV-KEY-6", "TYP-TEXT-1"],
        driver!(Listed(|_, key| key.to_lowercase())),
    ),
    Mutant::new(
        "kv-key-listed-relative",
        "lists return keys without their prefix",
        &["KV-KEY-6", "KV-LIST-1"],
        driver!(Listed(|prefix, key| key[prefix.len()..].to_owned())),
    ),
    Mutant::new(
        "kv-key-listed-printable",
        "lists return U+FFFD for control characters",
        &["KV-KEY-6"],
        driver!(Listed(|_, key| key.replace(char::is_control, "\u{fffd}"))),
    ),
    Mutant::new(
        "kv-key-listed-composed",
        "lists return accented letters composed",
        &["KV-KEY-6", "TYP-TEXT-1"],
        driver!(Listed(|_, key| composed(key))),
    ),
];
