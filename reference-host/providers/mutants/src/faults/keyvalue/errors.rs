//! Errors: the case, the text, and what a refused call leaves behind.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{BatchError, BatchResult, Expected, Page, SwapError, Version};
use cloud_contract::{Error, ErrorKind, Result};

use super::arguments::{KEY_BYTES, Reason, VALUE_BYTES};
use super::store;
use super::tools::other;
use crate::Mutant;
use crate::keyvalue::store::{Call, StoreFault, SwapResult, Target};

fn is_unsupported(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unsupported { .. })
}

fn is_invalid(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::InvalidArgument(_))
}

fn invalid(text: String) -> Error {
    ErrorKind::InvalidArgument(text.into()).into()
}

/// The text of `invalid-argument` says more than it may.
#[derive(Debug)]
enum Leak {
    /// The cursor that was refused.
    Cursor,
    /// The value that was refused.
    Value,
    /// The values of a batch that was refused.
    Entries,
}

#[async_trait]
impl StoreFault for Leak {
    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        let page = to.store.list(prefix, cursor, size).await;
        match (self, page, cursor) {
            (Self::Cursor, Err(error), Some(cursor)) if is_invalid(&error) => Err(invalid(
                format!("cursor: {cursor} of prefix {prefix} is unknown"),
            )),
            (_, page, _) => page,
        }
    }

    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: std::time::Duration,
    ) -> Result<()> {
        let result = to.store.set_expiring(key, value.clone(), ttl).await;
        match (self, result) {
            (Self::Value, Err(error)) if is_invalid(&error) => {
                let value = String::from_utf8_lossy(&value);
                Err(invalid(format!("ttl: {ttl:?} for {value} under {key}")))
            }
            (_, result) => result,
        }
    }

    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let result = to.store.set_many(entries.clone()).await;
        match (self, result) {
            (Self::Entries, Err(BatchError::Refused { error, indices })) if is_invalid(&error) => {
                let show = |(key, value): &(String, Bytes)| {
                    format!("{key}={}", String::from_utf8_lossy(value))
                };
                let entries: Vec<String> = entries.iter().map(show).collect();
                Err(BatchError::Refused {
                    error: invalid(format!("entries: {} repeat", entries.join(", "))),
                    indices,
                })
            }
            (_, result) => result,
        }
    }
}

/// A refused `set` is not without effect.
#[derive(Debug)]
enum Traces {
    /// A value that is too large removes the key.
    LargeDeletes,
    /// A key that is too long is written as far as it goes.
    LongWrites,
    /// A refused time to live leaves the value, permanent.
    ExpiringWrites,
}

#[async_trait]
impl StoreFault for Traces {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        let result = to.store.set(key, value.clone()).await;
        if let Err(error) = &result
            && matches!(error.kind(), ErrorKind::TooLarge { .. })
        {
            match self {
                Self::LargeDeletes if key.len() <= KEY_BYTES => to.store.delete(key).await?,
                Self::LongWrites if key.len() > KEY_BYTES => {
                    let cut = &key[..key.floor_char_boundary(KEY_BYTES)];
                    to.store.set(cut, value).await?;
                }
                _ => {}
            }
        }
        result
    }

    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: std::time::Duration,
    ) -> Result<()> {
        let result = to.store.set_expiring(key, value.clone(), ttl).await;
        if let Err(error) = &result
            && matches!(self, Self::ExpiringWrites)
            && !key.is_empty()
            && (is_invalid(error) || *error.kind() == ErrorKind::OutOfRange)
        {
            to.store.set(key, value).await?;
        }
        result
    }
}

/// A later argument is looked at before an earlier one.
#[derive(Debug)]
enum Order {
    /// The value before the key.
    Value,
    /// The time to live before the key and the value.
    Ttl,
    /// What is stored before the value of a `swap`.
    State,
    /// The value of a `swap` before its key.
    SwapValue,
    /// The page size before the prefix and the cursor.
    PageSize,
    /// The cursor before the prefix.
    Cursor,
}

#[async_trait]
impl StoreFault for Order {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        if matches!(self, Self::Value) && value.len() > VALUE_BYTES {
            return Err(Error::too_large(VALUE_BYTES as u64));
        }
        to.store.set(key, value).await
    }

    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        let large = value.len() > VALUE_BYTES;
        let by_version = matches!(expected, Expected::Version(_));
        let result = to.store.swap(key, value, expected).await;
        match (self, result) {
            (Self::SwapValue, Err(SwapError::Failed(error)))
                if large && !is_unsupported(&error) =>
            {
                Err(SwapError::Failed(Error::too_large(VALUE_BYTES as u64)))
            }
            (Self::State, Err(SwapError::Failed(error)))
                if large
                    && by_version
                    && !is_unsupported(&error)
                    && (1..=KEY_BYTES).contains(&key.len()) =>
            {
                let entry = to.store.current(key).await.map_err(SwapError::Failed)?;
                Err(SwapError::Stale(entry))
            }
            (_, result) => result,
        }
    }

    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: std::time::Duration,
    ) -> Result<()> {
        let result = to.store.set_expiring(key, value, ttl).await;
        match result {
            Err(error) if is_unsupported(&error) => Err(error),
            Err(_) if matches!(self, Self::Ttl) && ttl.is_zero() => {
                Err(Error::invalid("ttl: must be greater than zero"))
            }
            Err(_) if matches!(self, Self::Ttl) && ttl < std::time::Duration::from_millis(1) => {
                Err(ErrorKind::OutOfRange.into())
            }
            result => result,
        }
    }

    async fn list(
        &self,
        to: &Target,
        prefix: &str,
        cursor: Option<&str>,
        size: Option<u32>,
    ) -> Result<Page> {
        let long = prefix.len() > KEY_BYTES;
        if matches!(self, Self::PageSize) && size == Some(0) {
            return Err(Error::invalid("page-size: must be greater than zero"));
        }
        if matches!(self, Self::Cursor) && long && cursor.is_some() {
            // No cursor was issued for such a prefix.
            return Err(Error::invalid("cursor: not issued for this list"));
        }
        to.store.list(prefix, cursor, size).await
    }
}

/// Refused calls use the handle up.
#[derive(Debug, Default)]
struct WearsOut(AtomicU32);

impl WearsOut {
    fn check(&self) -> Result<()> {
        if self.0.load(Ordering::Relaxed) >= 10 {
            return Err(other("the connection was closed after too many errors"));
        }
        Ok(())
    }
}

#[async_trait]
impl StoreFault for WearsOut {
    fn error(&self, _: Call, error: Error) -> Error {
        self.0.fetch_add(1, Ordering::Relaxed);
        error
    }

    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        self.check()?;
        to.store.get(key).await
    }

    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        self.check()?;
        to.store.set(key, value).await
    }
}

/// Says where the service is, whatever was invalid.
fn with_endpoint(kind: &ErrorKind) -> Option<ErrorKind> {
    match kind {
        ErrorKind::InvalidArgument(text) => Some(ErrorKind::InvalidArgument(
            format!("{text} (redis://admin:hunter2@10.0.0.7:6379/0)").into(),
        )),
        _ => None,
    }
}

fn with_path(kind: &ErrorKind) -> Option<ErrorKind> {
    match kind {
        ErrorKind::InvalidArgument(text) => Some(ErrorKind::InvalidArgument(
            format!("{text} (in /var/lib/store/data.db)").into(),
        )),
        _ => None,
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "error-invalid-other",
        "what is `invalid-argument` fails with a text",
        &["TYP-ERR-1", "KV-KEY-4", "TYP-PAGE-1", "TYP-PAGE-6"],
        store!(Reason {
            of: &[],
            instead: |kind| match kind {
                ErrorKind::InvalidArgument(text) => Some(ErrorKind::Other(text.clone())),
                _ => None,
            },
        }),
    ),
    Mutant::new(
        "error-too-large-other",
        "what is `too-large` fails with a text",
        &["TYP-ERR-1", "KV-KEY-5", "KV-VALUE-2"],
        store!(Reason {
            of: &[],
            instead: |kind| match kind {
                ErrorKind::TooLarge { .. } => Some(ErrorKind::Other(kind.to_string().into())),
                _ => None,
            },
        }),
    ),
    Mutant::new(
        "error-out-of-range-other",
        "what is `out-of-range` fails with a text",
        &["TYP-ERR-1", "KV-INCR-6", "KV-SETEXP-3"],
        store!(Reason {
            of: &[],
            instead: |kind| match kind {
                ErrorKind::OutOfRange => Some(ErrorKind::Other(kind.to_string().into())),
                _ => None,
            },
        }),
    ),
    Mutant::new(
        "error-value-before-key",
        "`set` looks at the value before the key",
        &["TYP-ERR-8"],
        store!(Order::Value),
    ),
    Mutant::new(
        "error-ttl-before-key",
        "`set-expiring` looks at the time to live before the key",
        &["TYP-ERR-8"],
        store!(Order::Ttl),
    ),
    Mutant::new(
        "error-swap-value-before-key",
        "`swap` looks at the value before the key",
        &["TYP-ERR-8"],
        store!(Order::SwapValue),
    ),
    Mutant::new(
        "error-state-before-value",
        "`swap` looks at what is stored before the value",
        &["TYP-ERR-8"],
        store!(Order::State),
    ),
    Mutant::new(
        "error-wears-out",
        "after ten refused calls `get` and `set` fail",
        &["TYP-ERR-3", "TYP-ERR-6"],
        store!(WearsOut::default()),
    ),
    Mutant::new(
        "error-size-before-prefix",
        "`list` looks at the page size before the prefix",
        &["TYP-ERR-8"],
        store!(Order::PageSize),
    ),
    Mutant::new(
        "error-cursor-before-prefix",
        "`list` looks at the cursor before the prefix",
        &["TYP-ERR-8"],
        store!(Order::Cursor),
    ),
    Mutant::new(
        "error-tells-endpoint",
        "the text of an error holds an endpoint and a password",
        &["TYP-ERR-2"],
        store!(Reason {
            of: &[],
            instead: with_endpoint,
        }),
    ),
    Mutant::new(
        "error-tells-path",
        "the text of an error holds a path",
        &["TYP-ERR-2"],
        store!(Reason {
            of: &[],
            instead: with_path,
        }),
    ),
    Mutant::new(
        "error-tells-cursor",
        "the refusal of a cursor repeats it and its prefix",
        &["TYP-ERR-2"],
        store!(Leak::Cursor),
    ),
    Mutant::new(
        "error-tells-value",
        "the refusal of a time to live repeats key and value",
        &["TYP-ERR-2"],
        store!(Leak::Value),
    ),
    Mutant::new(
        "error-tells-entries",
        "the refusal of a batch repeats its entries",
        &["TYP-ERR-2"],
        store!(Leak::Entries),
    ),
    Mutant::new(
        "kv-large-value-deletes",
        "a value that is too large removes the key",
        &["TYP-ERR-6", "KV-VALUE-2"],
        store!(Traces::LargeDeletes),
    ),
    Mutant::new(
        "kv-long-key-writes",
        "a key that is too long is refused, and written as far as it goes",
        &["TYP-ERR-6", "KV-KEY-5"],
        store!(Traces::LongWrites),
    ),
    Mutant::new(
        "kv-ttl-refusal-writes",
        "a refused time to live leaves the value",
        &["TYP-ERR-6"],
        store!(Traces::ExpiringWrites),
    ),
];
