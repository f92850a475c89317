//! Values that are not returned as they were written.

use std::borrow::Cow;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{BatchResult, Conditional, Driver, Entry, SetOptions, Version};
use cloud_contract::{Result, keyvalue::Expected};

use super::{driver, store};
use crate::Mutant;
use crate::keyvalue::driver::DriverFault;
use crate::keyvalue::store::{StoreFault, Target};

/// Every function writes other bytes.
#[derive(Debug)]
struct Written(fn(Bytes) -> Bytes);

impl DriverFault for Written {
    fn written(&self, value: Bytes) -> Bytes {
        (self.0)(value)
    }
}

/// Every function reads other bytes.
#[derive(Debug)]
struct Read(fn(Bytes) -> Bytes);

impl DriverFault for Read {
    fn read(&self, value: Bytes) -> Bytes {
        (self.0)(value)
    }
}

/// `get` alone takes zero bytes for no value.
#[derive(Debug)]
struct GetEmpty;

#[async_trait]
impl StoreFault for GetEmpty {
    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        let value = to.store.get(key).await?;
        Ok(value.filter(|value| !value.is_empty()))
    }
}

/// `exists` alone takes zero bytes for no value.
#[derive(Debug)]
struct ExistsEmpty;

#[async_trait]
impl StoreFault for ExistsEmpty {
    async fn exists(&self, to: &Target, key: &str) -> Result<bool> {
        let value = to.store.get(key).await?;
        Ok(value.is_some_and(|value| !value.is_empty()))
    }
}

/// `get-many` alone takes zero bytes for no value.
#[derive(Debug)]
struct GetManyEmpty;

#[async_trait]
impl StoreFault for GetManyEmpty {
    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let values = to.store.get_many(keys).await?;
        let present = |value: &Bytes| !value.is_empty();
        Ok(values
            .into_iter()
            .map(|value| value.filter(present))
            .collect())
    }
}

/// `current` alone takes zero bytes for no value.
#[derive(Debug)]
struct CurrentEmpty;

#[async_trait]
impl StoreFault for CurrentEmpty {
    async fn current(&self, to: &Target, key: &str) -> Result<Option<Entry>> {
        let entry = to.store.current(key).await?;
        Ok(entry.filter(|entry| !entry.value.is_empty()))
    }
}

/// `get-many` alone loses the last byte of long values.
#[derive(Debug)]
struct GetManyShort;

#[async_trait]
impl StoreFault for GetManyShort {
    async fn get_many(&self, to: &Target, keys: Vec<String>) -> BatchResult<Vec<Option<Bytes>>> {
        let values = to.store.get_many(keys).await?;
        let cut = |value: Bytes| value.slice(..value.len() - usize::from(value.len() > 64));
        Ok(values.into_iter().map(|value| value.map(cut)).collect())
    }
}

/// Writing zero bytes removes the key.
#[derive(Debug)]
struct EmptyDeletes;

#[async_trait]
impl DriverFault for EmptyDeletes {
    async fn set(
        &self,
        to: &dyn Driver,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        let removes = value.is_empty();
        let outcome = to.set(key, value, options).await?;
        if removes && matches!(outcome, Conditional::Done(_)) {
            to.delete(key, Expected::Any).await?;
        }
        Ok(outcome)
    }
}

fn replaced(value: &Bytes, from: &str, to: &str) -> Bytes {
    match std::str::from_utf8(value) {
        Ok(text) => Bytes::from(text.replace(from, to)),
        Err(_) => value.clone(),
    }
}

fn changed_at(value: Bytes, place: usize) -> Bytes {
    if value.len() <= place {
        return value;
    }
    let mut bytes = value.to_vec();
    bytes[place] ^= 1;
    Bytes::from(bytes)
}

fn end_at_nul(value: Bytes) -> Bytes {
    let end = value.iter().position(|byte| *byte == 0);
    value.slice(..end.unwrap_or(value.len()))
}

fn lossy(value: Bytes) -> Bytes {
    match String::from_utf8_lossy(&value) {
        Cow::Borrowed(_) => value,
        Cow::Owned(text) => Bytes::from(text),
    }
}

fn number(value: Bytes) -> Bytes {
    let parsed = std::str::from_utf8(&value)
        .ok()
        .and_then(|text| text.parse::<i64>().ok());
    parsed.map_or(value, |number| Bytes::from(number.to_string()))
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-value-ends-at-nul",
        "a value ends before its first zero byte",
        &["KV-VALUE-1"],
        driver!(Written(end_at_nul)),
    ),
    Mutant::new(
        "kv-value-lossy-text",
        "bytes that are not UTF-8 are replaced",
        &["KV-VALUE-1"],
        driver!(Written(lossy)),
    ),
    Mutant::new(
        "kv-value-trims-end",
        "white space at the end of a value is lost",
        &["KV-VALUE-1"],
        driver!(Written(|value| value.slice(..value.trim_ascii_end().len()))),
    ),
    Mutant::new(
        "kv-value-line-ends",
        "CR LF in a value is read as LF",
        &["KV-VALUE-1"],
        driver!(Read(|value| replaced(&value, "\r\n", "\n"))),
    ),
    Mutant::new(
        "kv-value-drops-bom",
        "a byte order mark at the start of a value is lost",
        &["KV-VALUE-1"],
        driver!(Read(|value| match value.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) => Bytes::copy_from_slice(rest),
            None => value,
        })),
    ),
    Mutant::new(
        "kv-value-seven-bits",
        "the highest bit of each byte is lost",
        &["KV-VALUE-1"],
        driver!(Written(|value| value
            .iter()
            .map(|byte| byte & 0x7f)
            .collect())),
    ),
    Mutant::new(
        "kv-value-normal-numbers",
        "`007` is stored as `7`",
        &["KV-VALUE-1", "KV-INCR-5"],
        driver!(Written(number)),
    ),
    Mutant::new(
        "kv-value-changed-behind-64-kib",
        "the byte behind the first 64 KiB is changed",
        &["KV-VALUE-1"],
        driver!(Read(|value| changed_at(value, 64 * 1024))),
    ),
    Mutant::new(
        "kv-value-cut-at-1-mib",
        "values lose what is behind 1 MiB",
        &["KV-VALUE-1"],
        driver!(Written(|value| value.slice(..value.len().min(1024 * 1024)))),
    ),
    Mutant::new(
        "kv-value-changed-at-255",
        "byte 255 of longer values is changed",
        &["KV-VALUE-1"],
        driver!(Written(|value| changed_at(value, 255))),
    ),
    Mutant::new(
        "kv-empty-value-deletes",
        "writing zero bytes removes the key",
        &["KV-VALUE-3", "KV-VALUE-1", "KV-SET-1"],
        driver!(EmptyDeletes),
    ),
    Mutant::new(
        "kv-empty-value-is-none",
        "`get` returns none for a value of zero bytes",
        &["KV-VALUE-3", "KV-VALUE-1"],
        store!(GetEmpty),
    ),
    Mutant::new(
        "kv-empty-value-not-exists",
        "`exists` is false for a value of zero bytes",
        &["KV-VALUE-3", "KV-EXISTS-1"],
        store!(ExistsEmpty),
    ),
    Mutant::new(
        "kv-empty-value-get-many-none",
        "`get-many` returns none for a value of zero bytes",
        &["KV-VALUE-3", "KV-GETMANY-2"],
        store!(GetManyEmpty),
    ),
    Mutant::new(
        "kv-empty-value-current-none",
        "`current` returns none for a value of zero bytes",
        &["KV-VALUE-3", "KV-CURRENT-1"],
        store!(CurrentEmpty),
    ),
    Mutant::new(
        "kv-get-many-short",
        "`get-many` loses the last byte of values of more than 64 bytes",
        &["KV-GETMANY-2", "KV-VALUE-1"],
        store!(GetManyShort),
    ),
];
