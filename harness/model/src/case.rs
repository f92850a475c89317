//! A case: one thing that a guest component can check.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How strong the clauses are that a case proves.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Without exception, for everyone who declares the case's features.
    Must,
    /// Expected; a failure is shown but makes no verdict red.
    Should,
    /// A choice of the provider; what it chose is recorded.
    May,
}

impl Level {
    /// The word as the specification writes it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Should => "SHOULD",
            Self::May => "MAY",
        }
    }
}

/// In which kind of run a case takes part.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    /// One or a few calls, no waiting.
    Fast,
    /// Waits for time to pass, or moves much data.
    Slow,
    /// Several instances, or many calls in flight.
    Concurrency,
}

impl Lane {
    /// The lane as the command line spells it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Fast => "fast",
            Self::Slow => "slow",
            Self::Concurrency => "concurrency",
        }
    }
}

/// Where a case is in its life. Only stable cases decide a verdict.
#[derive(
    Debug,
    Clone,
    Copy,
    Default,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum CaseStatus {
    /// It counts.
    #[default]
    Stable,
    /// It needs what is unstable in the specification: it runs and is shown, but
    /// does not count yet.
    Provisional,
    /// On its way out: it runs and is shown, but no longer counts. Reserved: no
    /// case of this version is.
    Deprecated,
}

/// One case, as its component describes it, and where it comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Case {
    /// Dotted, stable, never reused: `kv.get.missing`.
    pub id: String,
    /// What has to hold, in one sentence.
    pub title: String,
    /// The capability whose resources it opens: `keyvalue`.
    pub capability: String,
    /// How strong its clauses are.
    pub level: Level,
    /// The ids of the clauses that it proves, at least one.
    pub clauses: Vec<String>,
    /// The features without which it cannot run.
    #[serde(default)]
    pub requires: Vec<String>,
    /// The feature whose absence it proves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refuses: Option<String>,
    /// In which kind of run it takes part.
    pub lane: Lane,
    /// How many instances act at the same time; 0 for a case that one instance
    /// runs alone.
    #[serde(default)]
    pub actors: u32,
    /// How long it may take, in nanoseconds.
    pub timeout_ns: u64,
    /// The file that holds it, from the root of the repository.
    pub source: String,
    /// The component that holds it, by name.
    pub component: String,
    /// The digest of that component, as its manifest writes it.
    pub digest: String,
    /// Where it is in its life.
    #[serde(default)]
    pub status: CaseStatus,
}

impl Case {
    /// Whether the case belongs to a feature: it needs it, or proves its
    /// absence.
    #[must_use]
    pub fn concerns(&self, feature: &str) -> bool {
        self.requires.iter().any(|id| id == feature) || self.refuses.as_deref() == Some(feature)
    }
}
