//! Versions that do not change when they should, change when they should not,
//! or come back.

use std::collections::HashMap;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::Result;
use cloud_contract::keyvalue::{Conditional, Driver, Entry, Expected, SetOptions, Version};
use tokio::sync::Mutex;

use super::driver;
use crate::Mutant;
use crate::keyvalue::driver::DriverFault;
use crate::keyvalue::store::Call;

/// Versions that this fault issues in place of the driver's. Calls take turns,
/// so that the versions stay right among themselves.
#[derive(Debug)]
struct Issued {
    rule: Rule,
    keys: Mutex<HashMap<String, Known>>,
}

/// What is known of a key.
#[derive(Debug, Clone, Default)]
struct Known {
    writes: u64,
    reads: u64,
    deleted: bool,
}

#[derive(Debug)]
enum Rule {
    /// A hash of the value.
    Value,
    /// The length of the value.
    Length,
    /// The number of the write, starting anew after a deletion.
    Restarting,
    /// The number of the write, starting anew after the key ended by itself.
    RestartingAfterEnd,
    /// The number of the write; adding zero does not count.
    WithoutZero,
    /// The number of the write modulo four.
    Repeating,
    /// The number of the write; these writes do not count.
    Without(&'static [Call]),
    /// The number of the write; writing the same bytes does not count.
    WithoutSame,
    /// The number of the write, and the seconds that are left.
    Ageing,
    /// The number of the write; what is above 64 bits is dropped.
    Wrapping,
    /// Another one at each read; all are accepted.
    Reads,
    /// 300 bytes long.
    Long,
    /// No bytes at all.
    Empty,
}

impl Issued {
    fn by(rule: Rule) -> Self {
        Self {
            rule,
            keys: Mutex::default(),
        }
    }

    /// The version that stands for an entry of the driver.
    fn version(&self, known: &Known, entry: &Entry) -> Version {
        match self.rule {
            Rule::Value => {
                let mut hasher = DefaultHasher::new();
                entry.value.hash(&mut hasher);
                hasher.finish().to_string().into()
            }
            Rule::Length => entry.value.len().to_string().into(),
            Rule::Restarting
            | Rule::RestartingAfterEnd
            | Rule::Without(_)
            | Rule::WithoutSame
            | Rule::Wrapping
            | Rule::WithoutZero => known.writes.to_string().into(),
            Rule::Ageing => {
                let left = entry.remaining.map_or(0, |left| left.as_secs() + 1);
                format!("{}.{left}", known.writes).into()
            }
            Rule::Repeating => (known.writes % 4).to_string().into(),
            Rule::Reads => format!("{}.{}", entry.version, known.reads).into(),
            Rule::Long => format!("{:0>300}", entry.version).into(),
            Rule::Empty => Version::default(),
        }
    }

    fn matches(&self, expected: &Version, known: &Known, entry: &Entry) -> bool {
        match self.rule {
            Rule::Reads => expected.split('.').next() == Some(&*entry.version),
            Rule::Wrapping => {
                let low = |number: u128| number & u128::from(u64::MAX);
                expected.parse().map(low) == Ok(u128::from(known.writes))
            }
            // Two writes with no bytes between them are told apart by nothing.
            _ => *expected == self.version(known, entry),
        }
    }

    fn shown(&self, known: &Known, mut entry: Entry) -> Entry {
        entry.version = self.version(known, &entry);
        entry
    }

    /// Checks what the caller expects, in terms of the versions issued here.
    async fn conflict(
        &self,
        to: &dyn Driver,
        known: &Known,
        key: &str,
        expected: &Expected,
    ) -> Result<Option<Option<Entry>>> {
        let entry = match expected {
            Expected::Any => return Ok(None),
            Expected::Absent | Expected::Version(_) => to.entry(key).await?,
        };
        let met = match (expected, &entry) {
            (Expected::Absent, None) => true,
            (Expected::Version(version), Some(entry)) => self.matches(version, known, entry),
            _ => false,
        };
        Ok((!met).then(|| entry.map(|entry| self.shown(known, entry))))
    }

    fn count(&self, call: Call, known: &mut Known, same: bool) {
        let skipped = match self.rule {
            Rule::Without(calls) => calls.contains(&call),
            Rule::WithoutSame => same,
            Rule::WithoutZero => same && call == Call::Increment,
            _ => false,
        };
        known.deleted = matches!(call, Call::Delete | Call::DeleteMany);
        known.writes += u64::from(!skipped);
    }

    async fn same(&self, to: &dyn Driver, key: &str, value: &Bytes) -> Result<bool> {
        Ok(to.get(key).await?.is_some_and(|held| held == *value))
    }
}

/// Which function an unconditional or conditional write stands for.
fn call_of(options: &SetOptions) -> Call {
    match options {
        SetOptions { ttl: Some(_), .. } => Call::SetExpiring,
        SetOptions {
            expected: Expected::Any,
            ..
        } => Call::Set,
        SetOptions { .. } => Call::Swap,
    }
}

#[async_trait]
impl DriverFault for Issued {
    async fn set(
        &self,
        to: &dyn Driver,
        key: &str,
        value: Bytes,
        options: SetOptions,
    ) -> Result<Conditional<Option<Version>>> {
        let mut keys = self.keys.lock().await;
        let known = keys.entry(key.to_owned()).or_default();
        if let Some(stale) = self.conflict(to, known, key, &options.expected).await? {
            return Ok(Conditional::Stale(stale));
        }
        let same = self.same(to, key, &value).await?;
        if matches!(self.rule, Rule::RestartingAfterEnd)
            && !known.deleted
            && !to.exists(key).await?
        {
            *known = Known::default();
        }
        self.count(call_of(&options), known, same);
        let unconditional = SetOptions {
            expected: Expected::Any,
            ttl: options.ttl,
        };
        to.set(key, value, unconditional).await?;
        let entry = to.entry(key).await?;
        Ok(Conditional::Done(
            entry.map(|entry| self.version(known, &entry)),
        ))
    }

    async fn delete(
        &self,
        to: &dyn Driver,
        key: &str,
        expected: Expected,
    ) -> Result<Conditional<()>> {
        let mut keys = self.keys.lock().await;
        let known = keys.entry(key.to_owned()).or_default();
        if let Some(stale) = self.conflict(to, known, key, &expected).await? {
            return Ok(Conditional::Stale(stale));
        }
        match self.rule {
            Rule::Restarting => *known = Known::default(),
            _ => self.count(Call::Delete, known, false),
        }
        to.delete(key, Expected::Any).await
    }

    async fn entry(&self, to: &dyn Driver, key: &str) -> Result<Option<Entry>> {
        let mut keys = self.keys.lock().await;
        let known = keys.entry(key.to_owned()).or_default();
        known.reads += 1;
        let entry = to.entry(key).await?;
        Ok(entry.map(|entry| self.shown(known, entry)))
    }

    async fn increment(&self, to: &dyn Driver, key: &str, delta: i64) -> Result<i64> {
        let mut keys = self.keys.lock().await;
        let present = to.exists(key).await?;
        let sum = to.increment(key, delta).await?;
        let known = keys.entry(key.to_owned()).or_default();
        // To an absent key it writes a number that was not there.
        self.count(Call::Increment, known, delta == 0 && present);
        Ok(sum)
    }

    async fn set_many(&self, to: &dyn Driver, entries: &[(String, Bytes)]) -> Vec<Result<()>> {
        let mut keys = self.keys.lock().await;
        for (key, value) in entries {
            let same = self.same(to, key, value).await.unwrap_or_default();
            let known = keys.entry(key.clone()).or_default();
            self.count(Call::SetMany, known, same);
        }
        to.set_many(entries).await
    }

    async fn delete_many(&self, to: &dyn Driver, keys: &[String]) -> Vec<Result<()>> {
        let mut known = self.keys.lock().await;
        for key in keys {
            let known = known.entry(key.clone()).or_default();
            match self.rule {
                Rule::Restarting => *known = Known::default(),
                _ => self.count(Call::DeleteMany, known, false),
            }
        }
        to.delete_many(keys).await
    }
}

pub(super) const MUTANTS: &[Mutant] = &[
    Mutant::new(
        "kv-version-of-value",
        "equal values have equal versions",
        &["TYP-VER-1", "KV-CAS-3"],
        driver!(Issued::by(Rule::Value)),
    ),
    Mutant::new(
        "kv-version-of-length",
        "values of one length have one version",
        &["TYP-VER-1", "KV-CAS-3", "KV-CAS-1"],
        driver!(Issued::by(Rule::Length)),
    ),
    Mutant::new(
        "kv-version-restarts",
        "a key that is created again has its first versions again",
        &["TYP-VER-1"],
        driver!(Issued::by(Rule::Restarting)),
    ),
    Mutant::new(
        "kv-version-restarts-after-end",
        "a key that ended and is created again has its first versions again",
        &["TYP-VER-1"],
        driver!(Issued::by(Rule::RestartingAfterEnd)),
    ),
    Mutant::new(
        "kv-version-ages",
        "the version of an expiring key changes with each second",
        &["TYP-VER-2", "KV-SWAP-2"],
        driver!(Issued::by(Rule::Ageing)),
    ),
    Mutant::new(
        "kv-version-wraps",
        "a version is taken for another one that is 2^64 less",
        &["TYP-VER-4"],
        driver!(Issued::by(Rule::Wrapping)),
    ),
    Mutant::new(
        "kv-version-without-zero",
        "adding zero leaves the version",
        &["KV-INCR-10", "KV-CAS-3", "TYP-VER-1"],
        driver!(Issued::by(Rule::WithoutZero)),
    ),
    Mutant::new(
        "kv-version-repeats",
        "every fourth version of a key is the same",
        &["TYP-VER-1"],
        driver!(Issued::by(Rule::Repeating)),
    ),
    Mutant::new(
        "kv-version-same-bytes",
        "writing the same bytes leaves the version",
        &["TYP-VER-1", "KV-CAS-3"],
        driver!(Issued::by(Rule::WithoutSame)),
    ),
    Mutant::new(
        "kv-version-without-set",
        "`set` leaves the version",
        &["KV-CAS-3", "TYP-VER-1"],
        driver!(Issued::by(Rule::Without(&[Call::Set]))),
    ),
    Mutant::new(
        "kv-version-without-increment",
        "`increment` leaves the version",
        &["KV-CAS-3", "TYP-VER-1"],
        driver!(Issued::by(Rule::Without(&[Call::Increment]))),
    ),
    Mutant::new(
        "kv-version-without-batch",
        "`set-many` leaves the version",
        &["KV-CAS-3", "TYP-VER-1"],
        driver!(Issued::by(Rule::Without(&[Call::SetMany]))),
    ),
    Mutant::new(
        "kv-version-without-expiry",
        "`set-expiring` leaves the version",
        &["KV-CAS-3", "TYP-VER-1"],
        driver!(Issued::by(Rule::Without(&[Call::SetExpiring]))),
    ),
    Mutant::new(
        "kv-version-unsteady",
        "each read of a key reports another version",
        &["TYP-VER-2"],
        driver!(Issued::by(Rule::Reads)),
    ),
    Mutant::new(
        "kv-version-long",
        "versions are 300 bytes long",
        &["TYP-VER-3"],
        driver!(Issued::by(Rule::Long)),
    ),
    Mutant::new(
        "kv-version-empty",
        "versions have no bytes",
        &["TYP-VER-3", "TYP-VER-1"],
        driver!(Issued::by(Rule::Empty)),
    ),
];
