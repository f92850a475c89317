//! Keys, prefixes and values that are refused or accepted against the rules, and
//! refusals with the wrong reason.

use std::borrow::Cow;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::Page;
use cloud_contract::{Error, ErrorKind, Result};

use super::store;
use super::tools::other;
use crate::Mutant;
use crate::keyvalue::store::{Call, StoreFault, Target};

/// The limits of the memory provider, which these faults are made for.
pub(super) const KEY_BYTES: usize = 1024;
pub(super) const VALUE_BYTES: usize = 16 * 1024 * 1024;

/// One function takes the empty key for another one.
#[derive(Debug)]
struct EmptyKey(Call);

impl StoreFault for EmptyKey {
    fn key<'a>(&self, call: Call, key: &'a str) -> Result<Cow<'a, str>> {
        let taken = call == self.0 && key.is_empty();
        Ok(Cow::Borrowed(if taken { "(empty)" } else { key }))
    }
}

/// One function cuts keys that are too long.
#[derive(Debug)]
struct LongKey(Call);

impl StoreFault for LongKey {
    fn key<'a>(&self, call: Call, key: &'a str) -> Result<Cow<'a, str>> {
        let end = if call == self.0 { KEY_BYTES } else { key.len() };
        Ok(Cow::Borrowed(&key[..key.floor_char_boundary(end)]))
    }
}

/// Refuses some keys that are valid.
#[derive(Debug)]
struct PickyKey(fn(&str) -> bool);

impl StoreFault for PickyKey {
    fn key<'a>(&self, _: Call, key: &'a str) -> Result<Cow<'a, str>> {
        if (self.0)(key) {
            Err(Error::invalid("key: has a form that is not accepted"))
        } else {
            Ok(Cow::Borrowed(key))
        }
    }
}

/// Counts the characters of a key where it should count bytes.
#[derive(Debug)]
struct CountsCharacters;

impl StoreFault for CountsCharacters {
    fn key<'a>(&self, _: Call, key: &'a str) -> Result<Cow<'a, str>> {
        if key.len() > KEY_BYTES && key.chars().count() <= KEY_BYTES {
            Ok(Cow::Borrowed(&key[..key.floor_char_boundary(KEY_BYTES)]))
        } else {
            Ok(Cow::Borrowed(key))
        }
    }
}

/// One function cuts values that are too large.
#[derive(Debug)]
struct LargeValue(Call);

impl StoreFault for LargeValue {
    fn value(&self, call: Call, value: Bytes) -> Result<Bytes> {
        let over = call == self.0 && value.len() > VALUE_BYTES;
        Ok(if over {
            value.slice(..VALUE_BYTES)
        } else {
            value
        })
    }
}

/// Refuses some values that are valid.
#[derive(Debug)]
struct PickyValue(fn(&[u8]) -> Option<Error>);

impl StoreFault for PickyValue {
    fn value(&self, _: Call, value: Bytes) -> Result<Bytes> {
        match (self.0)(&value) {
            Some(error) => Err(error),
            None => Ok(value),
        }
    }
}

/// Some functions fail for another reason than the right one.
#[derive(Debug)]
pub(super) struct Reason {
    pub(super) of: &'static [Call],
    pub(super) instead: fn(&ErrorKind) -> Option<ErrorKind>,
}

impl StoreFault for Reason {
    fn error(&self, call: Call, error: Error) -> Error {
        if self.of.is_empty() || self.of.contains(&call) {
            (self.instead)(error.kind()).map_or(error, Error::from)
        } else {
            error
        }
    }
}

/// A list whose prefix is handled by its own rule.
#[derive(Debug)]
struct Prefix(fn(&str) -> Option<Result<Page>>);

#[async_trait]
impl StoreFault for Prefix {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        match (self.0)(prefix) {
            Some(answer) => answer,
            None => to.store.list(prefix, cursor, size).await,
        }
    }
}

fn one_more(kind: &ErrorKind) -> Option<ErrorKind> {
    match kind {
        ErrorKind::TooLarge { limit } => Some(ErrorKind::TooLarge { limit: limit + 1 }),
        _ => None,
    }
}

fn too_large_as_invalid(kind: &ErrorKind) -> Option<ErrorKind> {
    matches!(kind, ErrorKind::TooLarge { .. })
        .then(|| ErrorKind::InvalidArgument("key: is too long".into()))
}

fn invalid_as_not_found(kind: &ErrorKind) -> Option<ErrorKind> {
    matches!(kind, ErrorKind::InvalidArgument(_)).then_some(ErrorKind::NotFound)
}

macro_rules! takes_empty {
    ($name:literal, $function:literal, $call:ident) => {
        Mutant::new(
            $name,
            concat!("`", $function, "` accepts the empty key"),
            &["KV-KEY-4"],
            store!(EmptyKey(Call::$call)),
        )
    };
}

macro_rules! takes_long {
    ($name:literal, $function:literal, $call:ident) => {
        Mutant::new(
            $name,
            concat!("`", $function, "` cuts a key that is too long"),
            &["KV-KEY-5"],
            store!(LongKey(Call::$call)),
        )
    };
}

macro_rules! takes_large {
    ($name:literal, $function:literal, $call:ident) => {
        Mutant::new(
            $name,
            concat!("`", $function, "` cuts a value that is too large"),
            &["KV-VALUE-2"],
            store!(LargeValue(Call::$call)),
        )
    };
}

pub(super) const MUTANTS: &[Mutant] = &[
    takes_empty!("kv-empty-key-get", "get", Get),
    takes_empty!("kv-empty-key-set", "set", Set),
    takes_empty!("kv-empty-key-delete", "delete", Delete),
    takes_empty!("kv-empty-key-exists", "exists", Exists),
    takes_empty!("kv-empty-key-current", "current", Current),
    takes_empty!("kv-empty-key-swap", "swap", Swap),
    takes_empty!("kv-empty-key-delete-if", "delete-if", DeleteIf),
    takes_empty!("kv-empty-key-increment", "increment", Increment),
    takes_empty!("kv-empty-key-get-many", "get-many", GetMany),
    takes_empty!("kv-empty-key-set-many", "set-many", SetMany),
    takes_empty!("kv-empty-key-delete-many", "delete-many", DeleteMany),
    takes_empty!("kv-empty-key-set-expiring", "set-expiring", SetExpiring),
    takes_empty!("kv-empty-key-remaining", "remaining", Remaining),
    takes_long!("kv-long-key-get", "get", Get),
    takes_long!("kv-long-key-set", "set", Set),
    takes_long!("kv-long-key-delete", "delete", Delete),
    takes_long!("kv-long-key-exists", "exists", Exists),
    takes_long!("kv-long-key-current", "current", Current),
    takes_long!("kv-long-key-swap", "swap", Swap),
    takes_long!("kv-long-key-delete-if", "delete-if", DeleteIf),
    takes_long!("kv-long-key-increment", "increment", Increment),
    takes_long!("kv-long-key-get-many", "get-many", GetMany),
    takes_long!("kv-long-key-set-many", "set-many", SetMany),
    takes_long!("kv-long-key-delete-many", "delete-many", DeleteMany),
    takes_long!("kv-long-key-set-expiring", "set-expiring", SetExpiring),
    takes_long!("kv-long-key-remaining", "remaining", Remaining),
    takes_large!("kv-large-value-set", "set", Set),
    takes_large!("kv-large-value-swap", "swap", Swap),
    takes_large!("kv-large-value-set-many", "set-many", SetMany),
    takes_large!("kv-large-value-set-expiring", "set-expiring", SetExpiring),
    Mutant::new(
        "kv-key-counts-characters",
        "the limit of a key counts characters, not bytes",
        &["KV-KEY-5"],
        store!(CountsCharacters),
    ),
    Mutant::new(
        "kv-key-refuses-controls",
        "keys with control characters are refused",
        &["KV-KEY-1"],
        store!(PickyKey(|key| key.contains(|sign| matches!(
            sign,
            '\u{1}'..='\u{1f}' | '\u{7f}'
        )))),
    ),
    Mutant::new(
        "kv-key-refuses-nul",
        "keys with U+0000 are refused",
        &["KV-KEY-1"],
        store!(PickyKey(|key| key.contains('\0'))),
    ),
    Mutant::new(
        "kv-key-refuses-emoji",
        "keys with characters of four bytes are refused",
        &["KV-KEY-1"],
        store!(PickyKey(
            |key| key.contains(|sign: char| sign.len_utf8() == 4)
        )),
    ),
    Mutant::new(
        "kv-key-refuses-dots",
        "the keys `.` and `..` are refused",
        &["KV-KEY-1", "KV-KEY-3"],
        store!(PickyKey(|key| key == "." || key == "..")),
    ),
    Mutant::new(
        "kv-key-refuses-limit",
        "a key of exactly the greatest length is refused",
        &["KV-KEY-1"],
        store!(PickyKey(|key| key.len() == KEY_BYTES)),
    ),
    Mutant::new(
        "kv-key-limit-payload",
        "`too-large` carries one more than the limit",
        &["KV-KEY-5", "KV-VALUE-2", "KV-BATCH-2", "KV-LIST-5"],
        store!(Reason {
            of: &[],
            instead: one_more
        }),
    ),
    Mutant::new(
        "kv-exists-limit-payload",
        "`too-large` of `exists` carries zero",
        &["KV-KEY-5"],
        store!(Reason {
            of: &[Call::Exists],
            instead: |kind| matches!(kind, ErrorKind::TooLarge { .. })
                .then_some(ErrorKind::TooLarge { limit: 0 }),
        }),
    ),
    Mutant::new(
        "kv-key-too-long-invalid",
        "a key that is too long is `invalid-argument`",
        &["KV-KEY-5"],
        store!(Reason {
            of: &[Call::Get, Call::Set, Call::Delete, Call::Exists],
            instead: too_large_as_invalid,
        }),
    ),
    Mutant::new(
        "kv-increment-too-long-invalid",
        "a key that is too long is `invalid-argument` for `increment` alone",
        &["KV-KEY-5"],
        store!(Reason {
            of: &[Call::Increment],
            instead: too_large_as_invalid
        }),
    ),
    Mutant::new(
        "kv-get-empty-key-not-found",
        "`get` of the empty key is `not-found`",
        &["KV-KEY-4"],
        store!(Reason {
            of: &[Call::Get],
            instead: invalid_as_not_found
        }),
    ),
    Mutant::new(
        "kv-delete-if-empty-key-not-found",
        "`delete-if` of the empty key is `not-found`",
        &["KV-KEY-4"],
        store!(Reason {
            of: &[Call::DeleteIf],
            instead: invalid_as_not_found
        }),
    ),
    Mutant::new(
        "kv-list-too-long-empty",
        "a list of a prefix that is too long is empty",
        &["KV-LIST-5"],
        store!(Prefix(
            |prefix| (prefix.len() > KEY_BYTES).then(|| Ok(Page::default()))
        )),
    ),
    Mutant::new(
        "kv-list-too-long-invalid",
        "a prefix that is too long is `invalid-argument`",
        &["KV-LIST-5"],
        store!(Reason {
            of: &[Call::List, Call::Keys],
            instead: too_large_as_invalid
        }),
    ),
    Mutant::new(
        "kv-list-refuses-longest",
        "a prefix of the greatest length is refused",
        &["KV-LIST-4"],
        store!(Prefix(|prefix| {
            (prefix.len() == KEY_BYTES).then(|| Err(Error::too_large(KEY_BYTES as u64)))
        })),
    ),
    Mutant::new(
        "kv-list-refuses-nul",
        "a prefix with U+0000 is refused",
        &["KV-LIST-4"],
        store!(Prefix(|prefix| {
            let refusal = || Err(Error::invalid("prefix: must not hold control characters"));
            prefix.contains('\0').then(refusal)
        })),
    ),
    Mutant::new(
        "kv-value-refuses-limit",
        "a value of exactly the greatest length is refused",
        &["KV-VALUE-1"],
        store!(PickyValue(|value| {
            (value.len() == VALUE_BYTES).then(|| Error::too_large(VALUE_BYTES as u64))
        })),
    ),
    Mutant::new(
        "kv-value-refuses-binary",
        "values that are not UTF-8 are refused",
        &["KV-VALUE-1"],
        store!(PickyValue(|value| {
            std::str::from_utf8(value)
                .is_err()
                .then(|| Error::invalid("value: must be text"))
        })),
    ),
    Mutant::new(
        "kv-value-refuses-empty",
        "values of zero bytes are refused",
        &["KV-VALUE-1", "KV-VALUE-3"],
        store!(PickyValue(|value| value
            .is_empty()
            .then(|| Error::invalid("value: must not be empty")))),
    ),
    Mutant::new(
        "kv-value-over-limit-other",
        "a value that is too large fails with a text",
        &["KV-VALUE-2", "TYP-ERR-1"],
        store!(PickyValue(|value| {
            (value.len() > VALUE_BYTES).then(|| other("the service refused the value"))
        })),
    ),
    Mutant::new(
        "kv-value-limit-swapped",
        "`too-large` for a value carries the limit of keys",
        &["KV-VALUE-2"],
        store!(PickyValue(|value| {
            (value.len() > VALUE_BYTES).then(|| Error::too_large(KEY_BYTES as u64))
        })),
    ),
];
