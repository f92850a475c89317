//! Times to live that are not kept, and `remaining`.

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{
    BatchResult, Conditional, Driver, Expected, SetOptions, SwapError, Version,
};
use cloud_contract::{Error, ErrorKind, Result};

use super::{driver, store};
use crate::Mutant;
use crate::keyvalue::driver::DriverFault;
use crate::keyvalue::store::{Call, StoreFault, SwapResult, Target};

const SECOND: Duration = Duration::from_secs(1);
const DAY: Duration = Duration::from_secs(24 * 60 * 60);
const MIN: Duration = Duration::from_millis(1);
/// The limit of the memory provider, which these faults are made for.
const MAX: Duration = Duration::from_secs(10 * 365 * 24 * 60 * 60);

/// The service keeps keys for another time.
#[derive(Debug)]
struct Kept(fn(Duration) -> Option<Duration>);

#[async_trait]
impl DriverFault for Kept {
    async fn set(
        &self,
        to: &dyn Driver,
        key: &str,
        value: Bytes,
        mut options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        options.ttl = options.ttl.and_then(self.0);
        to.set(key, value, options).await
    }
}

fn seconds_up(ttl: Duration) -> Duration {
    Duration::from_secs(ttl.as_secs() + u64::from(ttl.subsec_nanos() > 0))
}

/// Times to live that are taken or refused against the rule: none leaves the
/// matter to the correct store.
#[derive(Debug)]
struct Taken(fn(Duration) -> Option<Result<Duration>>);

#[async_trait]
impl StoreFault for Taken {
    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<()> {
        let result = to.store.set_expiring(key, value.clone(), ttl).await;
        let about_ttl = match &result {
            Ok(()) => true,
            Err(error) => match error.kind() {
                ErrorKind::OutOfRange => true,
                ErrorKind::InvalidArgument(_) => ttl.is_zero() && !key.is_empty(),
                _ => false,
            },
        };
        match (self.0)(ttl) {
            Some(Ok(ttl)) if about_ttl => to.store.set_expiring(key, value, ttl).await,
            Some(Err(error)) if about_ttl => {
                if result.is_ok() {
                    to.store.delete(key).await?;
                }
                Err(error)
            }
            _ => result,
        }
    }
}

/// What `set-expiring` does besides, or does not do.
#[derive(Debug)]
enum Sets {
    /// The key is permanent where the time to live is zero.
    ZeroIsForever,
    /// The key is gone where the time to live is zero.
    ZeroIsGone,
    /// The first time to live stays.
    KeepsFirst,
    /// The longer of two stays.
    KeepsLonger,
    /// A present key keeps its value.
    KeepsValue,
    /// A permanent key stays permanent.
    KeepsPermanent,
    /// A refused time to live removes the key.
    RefusalDeletes,
}

#[async_trait]
impl StoreFault for Sets {
    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<()> {
        let before = to.driver.entry(key).await?;
        let result = to.store.set_expiring(key, value.clone(), ttl).await;
        if let Err(error) = &result {
            let zero = ttl.is_zero() && !key.is_empty();
            let invalid = matches!(error.kind(), ErrorKind::InvalidArgument(_));
            let range = *error.kind() == ErrorKind::OutOfRange;
            return match self {
                Self::ZeroIsForever if zero && invalid => to.store.set(key, value).await,
                Self::ZeroIsGone if zero && invalid => to.store.delete(key).await,
                Self::RefusalDeletes if (zero && invalid) || range => {
                    to.store.delete(key).await?;
                    result
                }
                _ => result,
            };
        }
        let Some(before) = before else { return result };
        match (self, before.remaining) {
            (Self::KeepsFirst, Some(rest)) => {
                to.store.set_expiring(key, value, rest.max(MIN)).await
            }
            (Self::KeepsLonger, Some(rest)) if rest > ttl => {
                to.store.set_expiring(key, value, rest).await
            }
            (Self::KeepsPermanent, None) => to.store.set(key, value).await,
            (Self::KeepsValue, _) => to.store.set_expiring(key, before.value, ttl).await,
            _ => result,
        }
    }
}

/// Writes that keep a lifetime which they should end, or end or renew one which
/// they should keep.
#[derive(Debug)]
struct Carries(Call);

impl Carries {
    async fn rest(&self, to: &Target, call: Call, key: &str) -> Result<Option<Duration>> {
        if call != self.0 {
            return Ok(None);
        }
        let entry = to.driver.entry(key).await?;
        Ok(entry
            .and_then(|entry| entry.remaining)
            .map(|rest| rest.max(MIN)))
    }
}

#[async_trait]
impl StoreFault for Carries {
    async fn set(&self, to: &Target, key: &str, value: Bytes) -> Result<()> {
        match self.rest(to, Call::Set, key).await? {
            Some(rest) => to.store.set_expiring(key, value, rest).await,
            None => to.store.set(key, value).await,
        }
    }

    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        let rest = self
            .rest(to, Call::Swap, key)
            .await
            .map_err(SwapError::Failed)?;
        let version = to.store.swap(key, value.clone(), expected).await?;
        let Some(ttl) = rest else { return Ok(version) };
        let options = SetOptions {
            expected: Expected::Version(version.clone()),
            ttl: Some(ttl),
        };
        let written = to.driver.set(key, value, options).await;
        match written.map_err(SwapError::Failed)? {
            Conditional::Done(written) => Ok(written.unwrap_or(version)),
            Conditional::Stale(_) => Ok(version),
        }
    }

    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let mut ending = Vec::new();
        for (key, value) in &entries {
            if let Ok(Some(rest)) = self.rest(to, Call::SetMany, key).await {
                ending.push((key.clone(), value.clone(), rest));
            }
        }
        to.store.set_many(entries).await?;
        for (key, value, rest) in ending {
            // It was just written; what fails now stays permanent, as it should.
            drop(to.store.set_expiring(&key, value, rest).await);
        }
        Ok(())
    }
}

/// What `increment` does to a lifetime.
#[derive(Debug)]
enum Counts {
    Ends,
    Renews,
}

#[async_trait]
impl StoreFault for Counts {
    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        let sum = to.store.increment(key, delta).await?;
        let entry = to.driver.entry(key).await?;
        if let Some(rest) = entry.and_then(|entry| entry.remaining) {
            let value = Bytes::from(sum.to_string());
            match self {
                Self::Ends => to.store.set(key, value).await?,
                Self::Renews => to.store.set_expiring(key, value, rest + DAY).await?,
            }
        }
        Ok(sum)
    }
}

/// A timer that is not stopped when the key is written again.
#[derive(Debug)]
struct OldTimer;

#[async_trait]
impl StoreFault for OldTimer {
    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<()> {
        to.store.set_expiring(key, value, ttl).await?;
        let (driver, key) = (std::sync::Arc::clone(&to.driver), key.to_owned());
        if ttl < 60 * SECOND
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            runtime.spawn(async move {
                tokio::time::sleep(ttl).await;
                // Nobody is left to tell.
                drop(driver.delete(&key, Expected::Any).await);
            });
        }
        Ok(())
    }
}

/// A read that finds a key about to end removes it at its end, whoever wrote it
/// in between.
#[derive(Debug)]
struct LateCleanup;

#[async_trait]
impl StoreFault for LateCleanup {
    async fn get(&self, to: &Target, key: &str) -> Result<Option<Bytes>> {
        let value = to.store.get(key).await?;
        let entry = to.driver.entry(key).await?;
        let rest = entry.and_then(|entry| entry.remaining);
        if let Some(rest) = rest.filter(|rest| *rest < 20 * MIN)
            && let Ok(runtime) = tokio::runtime::Handle::try_current()
        {
            let (driver, key) = (std::sync::Arc::clone(&to.driver), key.to_owned());
            runtime.spawn(async move {
                tokio::time::sleep(rest).await;
                // Nobody is left to tell.
                drop(driver.delete(&key, Expected::Any).await);
            });
        }
        Ok(value)
    }
}

/// What `remaining` returns in place of the right answer.
#[derive(Debug)]
struct Remaining(fn(Option<Option<Duration>>) -> Lifetime);

/// None for an absent key, `Some(None)` for a permanent one.
type Lifetime = Result<Option<Option<Duration>>>;

#[async_trait]
impl StoreFault for Remaining {
    async fn remaining(&self, to: &Target, key: &str) -> Result<Option<Option<Duration>>> {
        (self.0)(to.store.remaining(key).await?)
    }
}

/// `remaining` returns the whole time to live.
#[derive(Debug, Default)]
struct Whole(std::sync::Mutex<std::collections::HashMap<String, Duration>>);

#[async_trait]
impl StoreFault for Whole {
    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: Duration,
    ) -> Result<()> {
        to.store.set_expiring(key, value, ttl).await?;
        crate::provider::lock(&self.0).insert(key.to_owned(), ttl);
        Ok(())
    }

    async fn remaining(&self, to: &Target, key: &str) -> Result<Option<Option<Duration>>> {
        let remaining = to.store.remaining(key).await?;
        let whole = crate::provider::lock(&self.0).get(key).copied();
        Ok(remaining.map(|rest| rest.and_then(|rest| whole.or(Some(rest)))))
    }
}

fn each(remaining: Option<Option<Duration>>, change: fn(Duration) -> Duration) -> Lifetime {
    Ok(remaining.map(|rest| rest.map(change)))
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-ttl-never",
        "keys never end",
        &["KV-EXPIRY-2", "KV-REMAINING-3"],
        driver!(Kept(|_| None)),
    ),
    Mutant::new(
        "kv-ttl-early",
        "keys end after two thirds of their time to live",
        &["KV-EXPIRY-1", "KV-REMAINING-3"],
        driver!(Kept(|ttl| Some(ttl * 2 / 3))),
    ),
    Mutant::new(
        "kv-ttl-late",
        "keys end a second late",
        &["KV-EXPIRY-2", "KV-REMAINING-3"],
        driver!(Kept(|ttl| Some(ttl + SECOND))),
    ),
    Mutant::new(
        "kv-ttl-seconds",
        "times to live are rounded up to seconds",
        &["KV-EXPIRY-2", "KV-REMAINING-3"],
        driver!(Kept(|ttl| Some(seconds_up(ttl)))),
    ),
    Mutant::new(
        "kv-ttl-capped",
        "no key stays for more than a day",
        &["KV-EXPIRY-1", "KV-REMAINING-3", "KV-SETEXP-1"],
        driver!(Kept(|ttl| Some(ttl.min(DAY)))),
    ),
    Mutant::new(
        "kv-ttl-zero-forever",
        "a time to live of zero makes the key permanent",
        &["KV-SETEXP-2"],
        store!(Sets::ZeroIsForever),
    ),
    Mutant::new(
        "kv-ttl-zero-gone",
        "a time to live of zero removes the key",
        &["KV-SETEXP-2"],
        store!(Sets::ZeroIsGone),
    ),
    Mutant::new(
        "kv-ttl-zero-out-of-range",
        "a time to live of zero is `out-of-range`",
        &["KV-SETEXP-2"],
        store!(Taken(|ttl| ttl
            .is_zero()
            .then(|| Err(ErrorKind::OutOfRange.into())))),
    ),
    Mutant::new(
        "kv-ttl-short-rounded",
        "a time to live below the least is rounded up",
        &["KV-SETEXP-3"],
        store!(Taken(|ttl| (!ttl.is_zero() && ttl < MIN).then_some(Ok(MIN)))),
    ),
    Mutant::new(
        "kv-ttl-long-rounded",
        "a time to live above the greatest is rounded down",
        &["KV-SETEXP-3"],
        store!(Taken(|ttl| (ttl > MAX).then_some(Ok(MAX)))),
    ),
    Mutant::new(
        "kv-ttl-short-invalid",
        "a time to live below the least is `invalid-argument`",
        &["KV-SETEXP-3"],
        store!(Taken(
            |ttl| (!ttl.is_zero() && ttl < MIN).then(|| Err(Error::invalid("ttl: is too short")))
        )),
    ),
    Mutant::new(
        "kv-ttl-long-too-large",
        "a time to live above the greatest is `too-large`",
        &["KV-SETEXP-3"],
        store!(Taken(
            |ttl| (ttl > MAX).then(|| Err(Error::too_large(u64::MAX)))
        )),
    ),
    Mutant::new(
        "kv-ttl-refuses-least",
        "the least time to live is refused",
        &["KV-SETEXP-3", "KV-SETEXP-1"],
        store!(Taken(
            |ttl| (ttl == MIN).then(|| Err(ErrorKind::OutOfRange.into()))
        )),
    ),
    Mutant::new(
        "kv-ttl-refuses-greatest",
        "the greatest time to live is refused",
        &["KV-SETEXP-3", "KV-SETEXP-1"],
        store!(Taken(
            |ttl| (ttl == MAX).then(|| Err(ErrorKind::OutOfRange.into()))
        )),
    ),
    Mutant::new(
        "kv-ttl-refusal-deletes",
        "a refused time to live removes the key",
        &["TYP-ERR-6"],
        store!(Sets::RefusalDeletes),
    ),
    Mutant::new(
        "kv-ttl-keeps-first",
        "`set-expiring` leaves a time to live that runs",
        &["KV-SETEXP-1"],
        store!(Sets::KeepsFirst),
    ),
    Mutant::new(
        "kv-ttl-keeps-longer",
        "`set-expiring` leaves the longer time to live",
        &["KV-SETEXP-1"],
        store!(Sets::KeepsLonger),
    ),
    Mutant::new(
        "kv-ttl-keeps-permanent",
        "`set-expiring` leaves a permanent key permanent",
        &["KV-SETEXP-1"],
        store!(Sets::KeepsPermanent),
    ),
    Mutant::new(
        "kv-ttl-keeps-value",
        "`set-expiring` leaves the value of a present key",
        &["KV-SETEXP-1"],
        store!(Sets::KeepsValue),
    ),
    Mutant::new(
        "kv-set-keeps-ttl",
        "`set` leaves the lifetime of the key",
        &["KV-EXPIRY-4", "KV-EXPIRY-6"],
        store!(Carries(Call::Set)),
    ),
    Mutant::new(
        "kv-swap-keeps-ttl",
        "`swap` leaves the lifetime of the key",
        &["KV-EXPIRY-4", "KV-EXPIRY-6"],
        store!(Carries(Call::Swap)),
    ),
    Mutant::new(
        "kv-set-many-keeps-ttl",
        "`set-many` leaves the lifetime of its keys",
        &["KV-EXPIRY-4", "KV-EXPIRY-6"],
        store!(Carries(Call::SetMany)),
    ),
    Mutant::new(
        "kv-incr-ends-ttl",
        "`increment` makes the key permanent",
        &["KV-EXPIRY-5"],
        store!(Counts::Ends),
    ),
    Mutant::new(
        "kv-incr-renews-ttl",
        "`increment` gives the key a longer life",
        &["KV-EXPIRY-5"],
        store!(Counts::Renews),
    ),
    Mutant::new(
        "kv-ttl-old-timer",
        "a key that was written again ends by its earlier lifetime",
        &["KV-EXPIRY-6", "KV-EXPIRY-4", "KV-SETEXP-1"],
        store!(OldTimer),
    ),
    Mutant::new(
        "kv-ttl-late-cleanup",
        "a read near the end of a key removes what is written to it then",
        &["KV-EXPIRY-6", "KV-EXPIRY-4"],
        store!(LateCleanup),
    ),
    Mutant::new(
        "kv-remaining-absent-permanent",
        "`remaining` of an absent key is `permanent`",
        &["KV-REMAINING-1"],
        store!(Remaining(|rest| Ok(rest.or(Some(None))))),
    ),
    Mutant::new(
        "kv-remaining-absent-not-found",
        "`remaining` of an absent key is an error",
        &["KV-REMAINING-1"],
        store!(Remaining(|rest| match rest {
            None => Err(ErrorKind::NotFound.into()),
            rest => Ok(rest),
        })),
    ),
    Mutant::new(
        "kv-remaining-permanent-none",
        "`remaining` of a permanent key is none",
        &["KV-REMAINING-2"],
        store!(Remaining(|rest| Ok(rest.flatten().map(Some)))),
    ),
    Mutant::new(
        "kv-remaining-permanent-zero",
        "`remaining` of a permanent key is zero",
        &["KV-REMAINING-2"],
        store!(Remaining(|rest| Ok(
            rest.map(|rest| rest.or(Some(Duration::ZERO)))
        ))),
    ),
    Mutant::new(
        "kv-remaining-expiring-permanent",
        "`remaining` of an expiring key is `permanent`",
        &["KV-REMAINING-3"],
        store!(Remaining(|rest| Ok(rest.map(|_| None)))),
    ),
    Mutant::new(
        "kv-remaining-zero",
        "`remaining` of an expiring key is zero",
        &["KV-REMAINING-3"],
        store!(Remaining(|rest| each(rest, |_| Duration::ZERO))),
    ),
    Mutant::new(
        "kv-remaining-microseconds",
        "`remaining` counts microseconds",
        &["KV-REMAINING-3"],
        store!(Remaining(|rest| each(rest, |rest| rest / 1000))),
    ),
    Mutant::new(
        "kv-remaining-seconds-up",
        "`remaining` is rounded up to seconds",
        &["KV-REMAINING-3"],
        store!(Remaining(|rest| each(rest, seconds_up))),
    ),
    Mutant::new(
        "kv-remaining-whole",
        "`remaining` is the whole time to live",
        &["KV-REMAINING-3"],
        store!(Whole::default()),
    ),
];
