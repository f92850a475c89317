//! What became of a case: the statuses, who is to blame, and how many of each.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Level;

/// What became of a case on a provider.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Status {
    /// The clauses held.
    Pass,
    /// The provider broke a clause.
    Fail,
    /// The provider declares a feature and broke one of its clauses.
    Overclaim,
    /// The case did not end in its time.
    Timeout,
    /// Nothing can be said: the environment or the harness failed.
    Error,
    /// It failed at first and passed when it was tried again.
    Flaky,
    /// The checker could not decide. No checker of this version gives it; the
    /// word is reserved.
    Inconclusive,
    /// It passed although the user listed it as a known failure.
    Xpass,
    /// It failed, as the user said it would.
    Xfail,
    /// A feature that it needs is not declared, and the refusal was proved.
    Unsupported,
    /// A feature that it needs is not declared, but works. Reserved: no part of
    /// this version gives it, because a function of an undeclared feature has to
    /// refuse, and one that works is a `fail` of the case that proves the
    /// refusal.
    Underclaim,
    /// The user's own filter left it out.
    Skip,
    /// It was asked for but did not start.
    NotRun,
}

impl Status {
    /// Every status, in the order in which people are told of them.
    pub const ALL: [Self; 13] = [
        Self::Pass,
        Self::Fail,
        Self::Overclaim,
        Self::Timeout,
        Self::Error,
        Self::Flaky,
        Self::Inconclusive,
        Self::Xpass,
        Self::Xfail,
        Self::Unsupported,
        Self::Underclaim,
        Self::Skip,
        Self::NotRun,
    ];

    /// The status as JSON and the command line spell it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Overclaim => "overclaim",
            Self::Timeout => "timeout",
            Self::Error => "error",
            Self::Flaky => "flaky",
            Self::Inconclusive => "inconclusive",
            Self::Xpass => "xpass",
            Self::Xfail => "xfail",
            Self::Unsupported => "unsupported",
            Self::Underclaim => "underclaim",
            Self::Skip => "skip",
            Self::NotRun => "not-run",
        }
    }

    /// Whether the status is bad news for a MUST case.
    #[must_use]
    pub fn is_red(self) -> bool {
        match self {
            Self::Fail
            | Self::Overclaim
            | Self::Timeout
            | Self::Error
            | Self::Flaky
            | Self::Inconclusive
            | Self::Xpass
            | Self::NotRun => true,
            Self::Pass | Self::Xfail | Self::Unsupported | Self::Underclaim | Self::Skip => false,
        }
    }

    /// Whether the status is bad news for a case of this level. Where a case
    /// proves a SHOULD or a MAY, what the provider did is shown but never red;
    /// what the harness, the environment or the list of known failures did
    /// wrong is red whatever the level.
    #[must_use]
    pub fn is_red_at(self, level: Level) -> bool {
        match level {
            Level::Must => self.is_red(),
            Level::Should | Level::May => {
                matches!(self, Self::Error | Self::Xpass | Self::NotRun)
            }
        }
    }

    /// Whether something was run to get this status.
    #[must_use]
    pub fn was_executed(self) -> bool {
        !matches!(self, Self::Skip | Self::NotRun)
    }

    /// Whether a failure of the provider was seen.
    #[must_use]
    pub fn is_failure(self) -> bool {
        matches!(
            self,
            Self::Fail | Self::Overclaim | Self::Timeout | Self::Flaky | Self::Inconclusive
        )
    }

    /// Who is to blame if nobody said otherwise; none for good news.
    #[must_use]
    pub fn usual_blame(self) -> Option<Blame> {
        match self {
            Self::Fail
            | Self::Overclaim
            | Self::Timeout
            | Self::Flaky
            | Self::Inconclusive
            | Self::Xfail => Some(Blame::Provider),
            Self::Error | Self::NotRun => Some(Blame::Environment),
            Self::Xpass | Self::Skip => Some(Blame::User),
            Self::Pass | Self::Unsupported | Self::Underclaim => None,
        }
    }
}

/// Whose doing it is that a case is not a pass.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Blame {
    /// The provider under test.
    Provider,
    /// What the run needed and did not have: a service, a network, time.
    Environment,
    /// The suite itself: a guest that trapped, a fault of the harness.
    Harness,
    /// The user's own filter, list or budget.
    User,
}

/// What a case saw where a clause did not hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Evidence {
    /// The id of the clause.
    pub clause: String,
    /// What the case did, in a few words.
    pub message: String,
    /// What should have come.
    pub expected: String,
    /// What came.
    pub actual: String,
    /// File and line of the assertion.
    pub location: String,
}

/// What became of a case, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Verdict {
    /// What became of it.
    pub status: Status,
    /// Whose doing it is; [`Status::usual_blame`] where it is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blame: Option<Blame>,
    /// Why, in one sentence; none for a plain pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the case saw, for a failure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// What was seen where the specification leaves a choice.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Verdict {
    /// A pass without notes.
    #[must_use]
    pub fn pass() -> Self {
        Self {
            status: Status::Pass,
            blame: None,
            reason: None,
            evidence: None,
            notes: Vec::new(),
        }
    }

    /// A status with its reason and its usual blame.
    #[must_use]
    pub fn because(status: Status, reason: impl Into<String>) -> Self {
        Self {
            status,
            blame: status.usual_blame(),
            reason: Some(reason.into()),
            evidence: None,
            notes: Vec::new(),
        }
    }

    /// The same verdict with what the case saw.
    #[must_use]
    pub fn with_evidence(mut self, evidence: Evidence) -> Self {
        self.evidence = Some(evidence);
        self
    }

    /// The same verdict, blamed on someone.
    #[must_use]
    pub fn blamed_on(mut self, blame: Blame) -> Self {
        self.blame = Some(blame);
        self
    }

    /// The same verdict with notes.
    #[must_use]
    pub fn with_notes(mut self, notes: Vec<String>) -> Self {
        self.notes = notes;
        self
    }

    /// Whose doing it is, the usual one where nobody was named.
    #[must_use]
    pub fn blamed(&self) -> Option<Blame> {
        self.blame.or_else(|| self.status.usual_blame())
    }
}

/// How many cases had each status. Statuses are never merged: a report keeps
/// every number.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Counts(BTreeMap<Status, u64>);

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, status: Status) {
        *self.0.entry(status).or_default() += 1;
    }

    /// How many had this status.
    #[must_use]
    pub fn of(&self, status: Status) -> u64 {
        self.0.get(&status).copied().unwrap_or_default()
    }

    /// How many there were in all.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.values().sum()
    }

    /// How many had a status for which the test holds.
    #[must_use]
    pub fn matching(&self, test: impl Fn(Status) -> bool) -> u64 {
        self.0
            .iter()
            .filter(|(status, _)| test(**status))
            .map(|(_, count)| count)
            .sum()
    }

    /// How many say something about the provider: all but the proved refusals,
    /// which stand in no denominator.
    #[must_use]
    pub fn applicable(&self) -> u64 {
        self.matching(|status| !matches!(status, Status::Unsupported | Status::Underclaim))
    }

    /// The statuses that occurred with their numbers, in the order of
    /// [`Status::ALL`].
    pub fn iter(&self) -> impl Iterator<Item = (Status, u64)> + '_ {
        Status::ALL
            .into_iter()
            .map(|status| (status, self.of(status)))
            .filter(|&(_, count)| count > 0)
    }

    /// Adds all numbers of another count.
    pub fn merge(&mut self, other: &Self) {
        for (&status, &count) in &other.0 {
            *self.0.entry(status).or_default() += count;
        }
    }
}

impl FromIterator<Status> for Counts {
    fn from_iter<T: IntoIterator<Item = Status>>(statuses: T) -> Self {
        let mut counts = Self::default();
        for status in statuses {
            counts.add(status);
        }
        counts
    }
}
