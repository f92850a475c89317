//! `increment`.

use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::keyvalue::counter;
use cloud_contract::{Error, ErrorKind, Result};

use super::arguments::Reason;
use super::store;
use super::tools::text;
use crate::Mutant;
use crate::keyvalue::store::{Call, StoreFault, Target};

/// Sums by a rule of its own: what is there and the delta, to the new number, or
/// none to leave the matter to the correct one.
#[derive(Debug)]
struct Sums(Rule);

type Rule = fn(Option<&[u8]>, i64) -> Option<Result<i64>>;

/// Writes a number, keeping the lifetime of the key.
pub(super) async fn write(to: &Target, key: &str, number: i64) -> Result<()> {
    let lifetime = to
        .driver
        .entry(key)
        .await?
        .and_then(|entry| entry.remaining);
    match lifetime {
        Some(rest) => {
            let rest = rest.max(Duration::from_millis(1));
            to.store
                .set_expiring(key, text(number.to_string()), rest)
                .await
        }
        None => to.store.set(key, text(number.to_string())).await,
    }
}

#[async_trait]
impl StoreFault for Sums {
    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        let held = to.store.get(key).await?;
        // Bindings without counters refuse as ever.
        let declared = !matches!(
            to.store
                .increment("", 0)
                .await
                .map_err(|error| error.kind().clone()),
            Err(ErrorKind::Unsupported { .. })
        );
        match (self.0)(held.as_deref(), delta) {
            Some(sum) if declared => {
                let sum = sum?;
                write(to, key, sum).await?;
                Ok(sum)
            }
            _ => to.store.increment(key, delta).await,
        }
    }
}

/// The number in a text, read with a more generous rule.
fn lenient(value: &[u8], rule: fn(&str) -> Option<i64>) -> Option<i64> {
    match counter::parse_canonical(value) {
        Some(_) => None,
        None => std::str::from_utf8(value).ok().and_then(rule),
    }
}

fn sum_of(held: Option<&[u8]>, delta: i64, rule: fn(&str) -> Option<i64>) -> Option<Result<i64>> {
    let number = lenient(held?, rule)?;
    Some(
        number
            .checked_add(delta)
            .ok_or_else(|| ErrorKind::OutOfRange.into()),
    )
}

pub(super) fn number(held: Option<&[u8]>) -> Option<i64> {
    held.map_or(Some(0), counter::parse_canonical)
}

/// Something done beside the correct sum.
#[derive(Debug)]
enum Besides {
    /// Returns the number before the sum.
    ReturnsOld,
    /// Writes zero over a value that is no counter, and refuses it.
    RefusalResets,
    /// Writes the value again when it refuses, so that it has a new version.
    RefusalTouches,
    /// Makes the key permanent when it refuses.
    RefusalMakesPermanent,
    /// Writes the greatest number when it refuses the sum.
    RefusalSaturates,
    /// Leaves no key when the sum is zero.
    ZeroDeletes,
    /// A key that it creates ends after a day.
    CreatesEnding,
    /// Zero to an absent key does not create it.
    ZeroCreatesNothing,
}

#[async_trait]
impl StoreFault for Besides {
    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        let before = to.driver.entry(key).await?;
        let result = to.store.increment(key, delta).await;
        let kind = result.as_ref().err().map(|error| error.kind().clone());
        let refused = matches!(kind, Some(ErrorKind::WrongType | ErrorKind::OutOfRange));
        match (self, &result, before) {
            (Self::ReturnsOld, Ok(sum), _) => return Ok(sum.wrapping_sub(delta)),
            (Self::CreatesEnding, Ok(sum), None) => {
                let day = Duration::from_secs(24 * 60 * 60);
                to.store
                    .set_expiring(key, text(sum.to_string()), day)
                    .await?;
            }
            (Self::ZeroDeletes, Ok(0), _) => to.store.delete(key).await?,
            (Self::ZeroCreatesNothing, Ok(0), None) if delta == 0 => to.store.delete(key).await?,
            (Self::RefusalResets, ..) if kind == Some(ErrorKind::WrongType) => {
                to.store.set(key, text("0")).await?;
            }
            (Self::RefusalSaturates, ..) if kind == Some(ErrorKind::OutOfRange) => {
                let most = if delta > 0 { i64::MAX } else { i64::MIN };
                write(to, key, most).await?;
            }
            (Self::RefusalTouches, _, Some(before)) if refused => match before.remaining {
                Some(rest) => to.store.set_expiring(key, before.value, rest).await?,
                None => to.store.set(key, before.value).await?,
            },
            (Self::RefusalMakesPermanent, _, Some(before))
                if refused && before.remaining.is_some() =>
            {
                to.store.set(key, before.value).await?;
            }
            _ => {}
        }
        result
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-incr-returns-old",
        "`increment` returns the number before the sum",
        &["KV-INCR-1", "KV-INCR-9"],
        store!(Besides::ReturnsOld),
    ),
    Mutant::new(
        "kv-incr-starts-at-one",
        "an absent key counts as one",
        &["KV-INCR-2"],
        store!(Sums(|held, delta| match held {
            None => delta.checked_add(1).map(Ok),
            Some(_) => None,
        })),
    ),
    Mutant::new(
        "kv-incr-missing-not-found",
        "`increment` of an absent key is `not-found`",
        &["KV-INCR-2"],
        store!(Sums(|held, _| match held {
            None => Some(Err(ErrorKind::NotFound.into())),
            Some(_) => None,
        })),
    ),
    Mutant::new(
        "kv-incr-first-is-one",
        "the first `increment` of a key makes it one, whatever the delta",
        &["KV-INCR-2"],
        store!(Sums(|held, _| match held {
            None => Some(Ok(1)),
            Some(_) => None,
        })),
    ),
    Mutant::new(
        "kv-incr-by-one",
        "`increment` adds one, whatever the delta",
        &["KV-INCR-1", "KV-INCR-10"],
        store!(Sums(|held, _| {
            let number = number(held)?;
            held.and(number.checked_add(1)).map(Ok)
        })),
    ),
    Mutant::new(
        "kv-incr-wraps",
        "a sum beyond 64 bits wraps around",
        &["KV-INCR-6", "KV-INCR-7"],
        store!(Sums(|held, delta| Some(Ok(
            number(held)?.wrapping_add(delta)
        )))),
    ),
    Mutant::new(
        "kv-incr-saturates",
        "a sum beyond 64 bits is the greatest number",
        &["KV-INCR-6", "KV-INCR-7"],
        store!(Sums(|held, delta| Some(Ok(
            number(held)?.saturating_add(delta)
        )))),
    ),
    Mutant::new(
        "kv-incr-wraps-below",
        "a sum below the least number is the least number",
        &["KV-INCR-6", "KV-INCR-7"],
        store!(Sums(|held, delta| {
            let number = number(held)?;
            (delta < 0).then(|| Ok(number.saturating_add(delta)))
        })),
    ),
    Mutant::new(
        "kv-incr-floats",
        "sums lose what a double cannot hold",
        &["KV-INCR-1"],
        store!(Sums(|held, delta| {
            let number = number(held)?;
            number.checked_add(delta)?;
            #[allow(
                clippy::cast_possible_truncation,
                clippy::cast_precision_loss,
                reason = "the fault"
            )]
            Some(Ok((number as f64 + delta as f64) as i64))
        })),
    ),
    Mutant::new(
        "kv-incr-32-bits",
        "a delta beyond 32 bits loses its upper half",
        &["KV-INCR-10", "KV-INCR-1"],
        store!(Sums(|held, delta| {
            #[allow(clippy::cast_possible_truncation, reason = "the fault")]
            let delta = i64::from(delta as i32);
            number(held)?.checked_add(delta).map(Ok)
        })),
    ),
    Mutant::new(
        "kv-incr-ignores-sign",
        "a negative delta is added as a positive one",
        &["KV-INCR-10", "KV-INCR-1"],
        store!(Sums(|held, delta| number(held)?
            .checked_add(delta.checked_abs()?)
            .map(Ok))),
    ),
    Mutant::new(
        "kv-incr-refuses-zero",
        "a delta of zero is refused",
        &["KV-INCR-10"],
        store!(Sums(|_, delta| {
            (delta == 0).then(|| Err(Error::invalid("delta: must not be zero")))
        })),
    ),
    Mutant::new(
        "kv-incr-refuses-least",
        "the least delta is refused",
        &["KV-INCR-10"],
        store!(Sums(|_, delta| {
            (delta == i64::MIN).then(|| Err(ErrorKind::OutOfRange.into()))
        })),
    ),
    Mutant::new(
        "kv-incr-creates-ending",
        "a counter that `increment` created ends after a day",
        &["KV-INCR-2"],
        store!(Besides::CreatesEnding),
    ),
    Mutant::new(
        "kv-incr-zero-creates-nothing",
        "a delta of zero does not create an absent key",
        &["KV-INCR-2", "KV-INCR-10"],
        store!(Besides::ZeroCreatesNothing),
    ),
    Mutant::new(
        "kv-incr-zero-deletes",
        "a counter that becomes zero is gone",
        &["KV-INCR-1", "KV-INCR-3"],
        store!(Besides::ZeroDeletes),
    ),
    Mutant::new(
        "kv-incr-takes-plus",
        "`+5` is a counter",
        &["KV-INCR-5"],
        store!(Sums(|held, delta| sum_of(held, delta, |text| {
            text.strip_prefix('+').and_then(|text| text.parse().ok())
        }))),
    ),
    Mutant::new(
        "kv-incr-takes-zeros",
        "`05` is a counter",
        &["KV-INCR-5"],
        store!(Sums(|held, delta| sum_of(held, delta, |text| {
            text.strip_prefix('0').and_then(|text| text.parse().ok())
        }))),
    ),
    Mutant::new(
        "kv-incr-takes-minus-zero",
        "`-0` is a counter",
        &["KV-INCR-5"],
        store!(Sums(|held, delta| sum_of(held, delta, |text| {
            (text == "-0").then_some(0)
        }))),
    ),
    Mutant::new(
        "kv-incr-takes-spaces",
        "` 5` and `5` with a line end are counters",
        &["KV-INCR-5"],
        store!(Sums(|held, delta| sum_of(held, delta, |text| {
            counter::parse_canonical(text.trim().as_bytes())
        }))),
    ),
    Mutant::new(
        "kv-incr-takes-empty",
        "zero bytes are a counter",
        &["KV-INCR-5", "KV-VALUE-3"],
        store!(Sums(|held, delta| sum_of(held, delta, |text| {
            text.is_empty().then_some(0)
        }))),
    ),
    Mutant::new(
        "kv-incr-takes-fractions",
        "`1.0` is a counter",
        &["KV-INCR-5"],
        store!(Sums(|held, delta| sum_of(held, delta, |text| {
            text.strip_suffix(".0").and_then(|text| text.parse().ok())
        }))),
    ),
    Mutant::new(
        "kv-incr-takes-any-text",
        "what is no number counts as zero",
        &["KV-INCR-5", "KV-INCR-7"],
        store!(Sums(|held, delta| {
            match held.map(counter::parse_canonical) {
                Some(None) => Some(Ok(delta)),
                _ => None,
            }
        })),
    ),
    Mutant::new(
        "kv-incr-refuses-negative",
        "a counter below zero is `wrong-type`",
        &["KV-INCR-4"],
        store!(Sums(|held, _| {
            held?
                .starts_with(b"-")
                .then(|| Err(ErrorKind::WrongType.into()))
        })),
    ),
    Mutant::new(
        "kv-incr-wrong-type-invalid",
        "a value that is no counter is `invalid-argument`",
        &["KV-INCR-5"],
        store!(Reason {
            of: &[Call::Increment],
            instead: |kind| (*kind == ErrorKind::WrongType)
                .then(|| ErrorKind::InvalidArgument("key: holds no counter".into())),
        }),
    ),
    Mutant::new(
        "kv-incr-wrong-type-other",
        "a value that is no counter fails with a text",
        &["KV-INCR-5", "TYP-ERR-1"],
        store!(Reason {
            of: &[Call::Increment],
            instead: |kind| (*kind == ErrorKind::WrongType)
                .then(|| ErrorKind::Other("the value is not an integer".into())),
        }),
    ),
    Mutant::new(
        "kv-incr-overflow-wrong-type",
        "a sum beyond 64 bits is `wrong-type`",
        &["KV-INCR-6"],
        store!(Reason {
            of: &[Call::Increment],
            instead: |kind| (*kind == ErrorKind::OutOfRange).then_some(ErrorKind::WrongType),
        }),
    ),
    Mutant::new(
        "kv-incr-refusal-resets",
        "a value that is no counter becomes zero when it is refused",
        &["KV-INCR-7", "TYP-ERR-6"],
        store!(Besides::RefusalResets),
    ),
    Mutant::new(
        "kv-incr-refusal-touches",
        "a refused `increment` gives the key a new version",
        &["KV-INCR-7"],
        store!(Besides::RefusalTouches),
    ),
    Mutant::new(
        "kv-incr-refusal-permanent",
        "a refused `increment` ends the lifetime of the key",
        &["KV-INCR-7"],
        store!(Besides::RefusalMakesPermanent),
    ),
    Mutant::new(
        "kv-incr-refusal-saturates",
        "a refused sum leaves the greatest number",
        &["KV-INCR-7", "TYP-ERR-6"],
        store!(Besides::RefusalSaturates),
    ),
];
