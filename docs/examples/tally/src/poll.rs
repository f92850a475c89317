//! A poll in its two stores.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use futures::{StreamExt as _, TryStreamExt as _, stream};

use crate::cloud::keyvalue::cas::{self, Expectation, SwapError};
use crate::cloud::keyvalue::store::{self, Store};
use crate::cloud::keyvalue::{counters, expiry};
use crate::cloud::types::errors::Error;
use crate::cloud::types::features::{self, Description};
use crate::{AT_A_TIME, Failure};

const BALLOTS: &str = "ballots";
const TOTALS: &str = "totals";
/// How long a receipt is kept: within the bounds that every store has that lets
/// keys end at all.
const HOUR: u64 = 3_600_000_000_000;
/// Small, so that a few dozen voters make several pages.
const PAGE: u32 = 10;

pub(crate) struct Poll {
    name: String,
    ballots: Store,
    totals: Store,
    longest_key: u64,
    receipts: bool,
}

/// What a ballot did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Cast {
    New,
    Changed,
    AsBefore,
}

/// What a name stands for, if that has all that is needed.
fn described(name: &str, needed: &str) -> Result<Description, Failure> {
    let description = features::describe("keyvalue", name)?;
    if description.features.iter().any(|feature| feature == needed) {
        Ok(description)
    } else {
        Err(Failure(format!("the store `{name}` has no {needed}")))
    }
}

fn longest_key(description: &Description) -> u64 {
    let limit = description
        .limits
        .iter()
        .find(|limit| limit.id == "kv.key.max-bytes");
    limit.map_or(512, |limit| limit.value)
}

impl Poll {
    pub(crate) async fn open(name: &str) -> Result<Self, Failure> {
        let ballots = described(BALLOTS, "kv.cas")?;
        let totals = described(TOTALS, "kv.counters")?;
        Ok(Self {
            name: name.to_owned(),
            longest_key: longest_key(&ballots).min(longest_key(&totals)),
            receipts: ballots
                .features
                .iter()
                .any(|feature| feature == "kv.expiry"),
            ballots: store::open(BALLOTS.into()).await?,
            totals: store::open(TOTALS.into()).await?,
        })
    }

    pub(crate) fn gives_receipts(&self) -> bool {
        self.receipts
    }

    fn ballot(&self, voter: &str) -> String {
        format!("ballot/{}/{voter}", self.name)
    }

    fn receipt(&self, voter: &str) -> String {
        format!("receipt/{}/{voter}", self.name)
    }

    fn total(&self, choice: &str) -> String {
        format!("{}/{choice}", self.name)
    }

    /// Whether these can be names in every key that is made of them.
    pub(crate) fn fits(&self, voter: &str, choice: &str) -> bool {
        let fits = |key: String| key.len() as u64 <= self.longest_key;
        fits(self.receipt(voter)) && fits(self.total(choice))
    }

    /// Makes `choice` the voter's ballot, whoever else writes it meanwhile.
    pub(crate) async fn cast(&self, voter: &str, choice: &str) -> Result<Cast, Failure> {
        let key = self.ballot(voter);
        let mut found = cas::current(&self.ballots, key.clone()).await?;
        loop {
            let expected = match &found {
                Some(entry) if entry.value == choice.as_bytes() => return Ok(Cast::AsBefore),
                Some(entry) => Expectation::Version(entry.version.clone()),
                None => Expectation::Absent,
            };
            match cas::swap(&self.ballots, key.clone(), choice.into(), expected).await {
                Ok(_version) => break,
                Err(SwapError::Stale(entry)) => found = entry,
                Err(SwapError::Failed(error)) => return Err(error.into()),
            }
        }
        self.add(choice, 1).await?;
        if self.receipts {
            let key = self.receipt(voter);
            expiry::set_expiring(&self.ballots, key, choice.into(), HOUR).await?;
        }
        match found {
            None => Ok(Cast::New),
            Some(entry) => {
                self.add(&String::from_utf8_lossy(&entry.value), -1).await?;
                Ok(Cast::Changed)
            }
        }
    }

    async fn add(&self, choice: &str, delta: i64) -> Result<i64, Error> {
        counters::increment(&self.totals, self.total(choice), delta).await
    }

    /// Counts the ballots themselves, page by page.
    pub(crate) async fn count(&self) -> Result<BTreeMap<String, i64>, Failure> {
        let mut counted = BTreeMap::new();
        let mut cursor = None;
        loop {
            let page = self
                .ballots
                .list(self.ballot(""), cursor, Some(PAGE))
                .await?;
            let choices: Vec<_> = stream::iter(page.keys)
                .map(|key| self.ballots.get(key))
                .buffer_unordered(AT_A_TIME)
                .try_collect()
                .await?;
            for choice in choices.into_iter().flatten() {
                *counted
                    .entry(String::from_utf8_lossy(&choice).into_owned())
                    .or_default() += 1;
            }
            cursor = page.cursor;
            if cursor.is_none() {
                return Ok(counted);
            }
        }
    }

    /// The result, and whether the running totals say the same. They do not while
    /// others vote, and after a run that ended between a ballot and its total.
    pub(crate) async fn result(&self, counted: &BTreeMap<String, i64>) -> Result<String, Failure> {
        let ballots: i64 = counted.values().sum();
        let mut ranking: Vec<_> = counted.iter().collect();
        // The most ballots first, the order of names among equals.
        ranking.sort_by_key(|&(choice, &count)| (-count, choice));
        let mut text = format!("poll {}: {ballots} ballots\n", self.name);
        let mut off = 0;
        for (choice, &count) in ranking {
            off += (self.add(choice, 0).await? - count).abs();
            // Writing to a string cannot fail.
            let _ = writeln!(text, "{count:>6}  {choice}");
        }
        let _ = match off {
            0 => writeln!(text, "the running totals agree"),
            _ => writeln!(text, "the running totals are off by {off}"),
        };
        Ok(text)
    }
}
