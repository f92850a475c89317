//! Features that are declared and absent, or present and not declared, and
//! descriptions that do not hold.

use std::borrow::Cow;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::keyvalue::{BatchResult, Entry, Expected, SwapError, Version};
use cloud_contract::{Description, Error, ErrorKind, FeatureId, Result, feature};

use super::arguments::Reason;
use super::{platform, store};
use crate::Mutant;
use crate::keyvalue::store::{Call, StoreFault, SwapResult, Target};
use crate::platform::{Door, PlatformFault};

const CAS: &[Call] = &[Call::Current, Call::Swap, Call::DeleteIf];
const BATCH: &[Call] = &[Call::GetMany, Call::SetMany, Call::DeleteMany];
const EXPIRY: &[Call] = &[Call::SetExpiring, Call::Remaining];

/// These functions work although the binding does not declare them.
#[derive(Debug)]
struct Undeclared(&'static [Call]);

impl StoreFault for Undeclared {
    fn behind<'a>(
        &self,
        to: &'a Target,
        call: Call,
    ) -> &'a Arc<dyn cloud_contract::keyvalue::Store> {
        if self.0.contains(&call) {
            &to.full
        } else {
            &to.store
        }
    }
}

/// These functions refuse although the binding declares them.
#[derive(Debug)]
struct Overclaimed(&'static [Call], FeatureId);

impl StoreFault for Overclaimed {
    fn key<'a>(&self, call: Call, key: &'a str) -> Result<Cow<'a, str>> {
        if self.0.contains(&call) {
            Err(Error::unsupported(self.1))
        } else {
            Ok(Cow::Borrowed(key))
        }
    }
}

/// The arguments are checked before the feature is.
#[derive(Debug)]
struct ChecksKeyFirst;

impl StoreFault for ChecksKeyFirst {
    fn key<'a>(&self, call: Call, key: &'a str) -> Result<Cow<'a, str>> {
        if key.is_empty() && !BATCH.contains(&call) {
            return Err(Error::invalid("key: must not be empty"));
        }
        Ok(Cow::Borrowed(key))
    }
}

/// An undeclared function acts all the same, and returns `unsupported`.
#[derive(Debug)]
struct ActsAndRefuses;

fn is_unsupported(error: &Error) -> bool {
    matches!(error.kind(), ErrorKind::Unsupported { .. })
}

#[async_trait]
impl StoreFault for ActsAndRefuses {
    async fn increment(&self, to: &Target, key: &str, delta: i64) -> Result<i64> {
        let sum = to.store.increment(key, delta).await;
        if sum.as_ref().is_err_and(is_unsupported) {
            to.full.increment(key, delta).await.ok();
        }
        sum
    }

    async fn swap(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        expected: Expected,
    ) -> SwapResult<Version> {
        let swapped = to.store.swap(key, value.clone(), expected.clone()).await;
        if matches!(&swapped, Err(SwapError::Failed(error)) if is_unsupported(error)) {
            to.full.swap(key, value, expected).await.ok();
        }
        swapped
    }

    async fn set_many(&self, to: &Target, entries: Vec<(String, Bytes)>) -> BatchResult<()> {
        let result = to.store.set_many(entries.clone()).await;
        if result.is_err() {
            // Any other refusal refuses here as well.
            to.full.set_many(entries).await.ok();
        }
        result
    }
}

/// An undeclared function returns nothing in place of an error.
#[derive(Debug)]
struct SilentNo;

#[async_trait]
impl StoreFault for SilentNo {
    async fn current(&self, to: &Target, key: &str) -> Result<Option<Entry>> {
        let entry = to.store.current(key).await;
        if entry.as_ref().is_err_and(is_unsupported) {
            return Ok(None);
        }
        entry
    }

    async fn set_expiring(
        &self,
        to: &Target,
        key: &str,
        value: Bytes,
        ttl: std::time::Duration,
    ) -> Result<()> {
        let done = to.store.set_expiring(key, value.clone(), ttl).await;
        if done.as_ref().is_err_and(is_unsupported) {
            return to.store.set(key, value).await;
        }
        done
    }
}

/// Each description after the first is another one.
#[derive(Debug)]
struct Unsteady {
    asked: AtomicUsize,
    change: fn(&mut Description),
}

impl PlatformFault for Unsteady {
    fn describe(&self, to: &Door, capability: &str, name: &str) -> Result<Description> {
        let mut description = to.describe(capability, name)?;
        if self.asked.fetch_add(1, Ordering::Relaxed) > 0 {
            (self.change)(&mut description);
        }
        Ok(description)
    }
}

/// Every description is wrong in the same way.
#[derive(Debug)]
struct Misdescribed(fn(&mut Description));

impl PlatformFault for Misdescribed {
    fn describe(&self, to: &Door, capability: &str, name: &str) -> Result<Description> {
        let mut description = to.describe(capability, name)?;
        (self.0)(&mut description);
        Ok(description)
    }
}

fn forget(description: &mut Description, feature: &str) {
    description.features.retain(|declared| declared != feature);
}

fn wrong_feature(kind: &ErrorKind) -> Option<ErrorKind> {
    matches!(kind, ErrorKind::Unsupported { .. }).then(|| ErrorKind::Unsupported {
        feature: feature::KV_STORE.into(),
    })
}

fn unsupported_as_other(kind: &ErrorKind) -> Option<ErrorKind> {
    matches!(kind, ErrorKind::Unsupported { .. })
        .then(|| ErrorKind::Other("the service lacks the command".into()))
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "feature-cas-undeclared",
        "`kv.cas` works where it is not declared",
        &["TYP-FEAT-1"],
        store!(Undeclared(CAS)),
    ),
    Mutant::new(
        "feature-delete-if-undeclared",
        "`delete-if` alone works where `kv.cas` is not declared",
        &["TYP-FEAT-1"],
        store!(Undeclared(&[Call::DeleteIf])),
    ),
    Mutant::new(
        "feature-counters-undeclared",
        "`kv.counters` works where it is not declared",
        &["TYP-FEAT-1"],
        store!(Undeclared(&[Call::Increment])),
    ),
    Mutant::new(
        "feature-batch-undeclared",
        "`kv.batch` works where it is not declared",
        &["TYP-FEAT-1"],
        store!(Undeclared(BATCH)),
    ),
    Mutant::new(
        "feature-delete-many-undeclared",
        "`delete-many` alone works where `kv.batch` is not declared",
        &["TYP-FEAT-1"],
        store!(Undeclared(&[Call::DeleteMany])),
    ),
    Mutant::new(
        "feature-expiry-undeclared",
        "`kv.expiry` works where it is not declared",
        &["TYP-FEAT-1"],
        store!(Undeclared(EXPIRY)),
    ),
    Mutant::new(
        "feature-remaining-undeclared",
        "`remaining` alone works where `kv.expiry` is not declared",
        &["TYP-FEAT-1"],
        store!(Undeclared(&[Call::Remaining])),
    ),
    Mutant::new(
        "feature-silent-no",
        "an undeclared `current` finds nothing, an undeclared `set-expiring` is a `set`",
        &["TYP-FEAT-1", "TYP-FEAT-2"],
        store!(SilentNo),
    ),
    Mutant::new(
        "feature-wrong-id",
        "`unsupported` carries another feature",
        &["TYP-FEAT-1"],
        store!(Reason {
            of: &[],
            instead: wrong_feature,
        }),
    ),
    Mutant::new(
        "feature-refusal-other",
        "an undeclared function fails with a text",
        &["TYP-FEAT-1", "TYP-ERR-1"],
        store!(Reason {
            of: &[],
            instead: unsupported_as_other,
        }),
    ),
    Mutant::new(
        "feature-checks-key-first",
        "the empty key is refused before the undeclared feature is",
        &["TYP-FEAT-1", "TYP-ERR-8"],
        store!(ChecksKeyFirst),
    ),
    Mutant::new(
        "feature-acts-and-refuses",
        "undeclared writes take effect although they return `unsupported`",
        &["TYP-FEAT-2", "TYP-ERR-6"],
        store!(ActsAndRefuses),
    ),
    Mutant::new(
        "feature-cas-overclaimed",
        "`kv.cas` is declared and refused",
        &["TYP-FEAT-3"],
        store!(Overclaimed(CAS, feature::KV_CAS)),
    ),
    Mutant::new(
        "feature-counters-overclaimed",
        "`kv.counters` is declared and refused",
        &["TYP-FEAT-3"],
        store!(Overclaimed(&[Call::Increment], feature::KV_COUNTERS)),
    ),
    Mutant::new(
        "feature-batch-overclaimed",
        "`kv.batch` is declared and refused",
        &["TYP-FEAT-3"],
        store!(Overclaimed(BATCH, feature::KV_BATCH)),
    ),
    Mutant::new(
        "feature-expiry-overclaimed",
        "`kv.expiry` is declared and refused",
        &["TYP-FEAT-3"],
        store!(Overclaimed(EXPIRY, feature::KV_EXPIRY)),
    ),
    Mutant::new(
        "describe-unsteady-features",
        "every description after the first lacks a feature",
        &["TYP-FEAT-4"],
        platform!(Unsteady {
            asked: AtomicUsize::new(0),
            change: |description| forget(description, feature::KV_EXPIRY),
        }),
    ),
    Mutant::new(
        "describe-unsteady-limits",
        "every description after the first has other limits",
        &["TYP-FEAT-4"],
        platform!(Unsteady {
            asked: AtomicUsize::new(0),
            change: |description| for (_, value) in &mut description.limits {
                *value += 1;
            },
        }),
    ),
    Mutant::new(
        "describe-without-core",
        "a description lacks `kv.store`",
        &["TYP-FEAT-5"],
        platform!(Misdescribed(|description| forget(
            description,
            feature::KV_STORE
        ))),
    ),
    Mutant::new(
        "describe-without-limits",
        "a description states no limit",
        &["TYP-LIMIT-1"],
        platform!(Misdescribed(|description| description.limits.clear())),
    ),
];
