//! The report of a run: `report.json`, from which every other report derives.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{
    Blame, CaseStatus, Clause, Conclusion, Counts, Evidence, Feature, HostInfo, Lane, Level,
    ProviderInfo, SpecInfo, Status, SuiteInfo,
};

/// What a run found out about its providers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunReport {
    /// The version of the shape of this report.
    pub schema_version: u32,
    /// What ran.
    pub suite: SuiteInfo,
    /// What it was measured against.
    pub spec: SpecInfo,
    /// On what it ran.
    pub host: HostInfo,
    /// How it was asked for, and how it went.
    pub run: RunSummary,
    /// What was found out about each provider, in the order of the command line.
    pub providers: Vec<ProviderReport>,
    /// The features that the suite knows.
    pub features: Vec<Feature>,
    /// The clauses that the cases of this run cite.
    pub clauses: Vec<Clause>,
}

impl RunReport {
    /// A clause by its id, if a case of this run cites it.
    #[must_use]
    pub fn clause(&self, id: &str) -> Option<&Clause> {
        self.clauses.iter().find(|clause| clause.id == id)
    }

    /// All results with their providers.
    pub fn tests(&self) -> impl Iterator<Item = (&ProviderReport, &TestReport)> {
        self.providers
            .iter()
            .flat_map(|provider| provider.tests.iter().map(move |test| (provider, test)))
    }
}

/// How a run was asked for, and how it went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunSummary {
    /// For everything random in the run.
    pub seed: u64,
    /// When it began, in milliseconds since 1970-01-01T00:00:00Z.
    pub started_unix_ms: u64,
    /// When its last event came, in the same unit.
    pub finished_unix_ms: u64,
    /// The command line, with placeholders for secrets, folders and files.
    pub command: Vec<String>,
    /// The patterns and other choices that left cases out.
    pub filters: Vec<String>,
    /// How often each case ran.
    pub repeat: u32,
    /// How many cases ran at a time.
    pub jobs: u32,
    /// What all time limits were multiplied with.
    pub timeout_scale: f64,
    /// Whether the report may be published as a statement about its providers.
    pub publishable: bool,
    /// Why not; empty if it may.
    pub not_publishable: Vec<String>,
    /// Whether the run came to its end.
    pub complete: bool,
    /// Why it broke off, where it did and that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub aborted: Option<String>,
    /// How the harness itself failed; empty if it did not.
    #[serde(default)]
    pub faults: Vec<String>,
    /// What was worth telling and is no verdict.
    #[serde(default)]
    pub notes: Vec<String>,
    /// The exit code that these results lead to.
    pub exit_code: u8,
}

/// What a run found out about one provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ProviderReport {
    /// What it says of itself: features, limits, promises.
    pub provider: ProviderInfo,
    /// Why it could not be set up, if it could not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub setup_error: Option<String>,
    /// One word about it.
    pub conclusion: Conclusion,
    /// Why it is that word; empty for a conformant provider.
    pub reasons: Vec<String>,
    /// How many cases had each status.
    pub counts: LevelCounts,
    /// The same, by capability.
    pub capabilities: Vec<CapabilityReport>,
    /// What it declares and what became of that.
    pub features: FeaturesReport,
    /// The profiles of the suite.
    pub profiles: Vec<ProfileReport>,
    /// What was worth telling and is no verdict.
    #[serde(default)]
    pub notes: Vec<String>,
    /// How long all its cases took together, in milliseconds of wall time.
    pub duration_ms: f64,
    /// Every case, in the order of the suite.
    pub tests: Vec<TestReport>,
}

/// Numbers by level. What does not count (provisional and deprecated cases) is
/// kept apart.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LevelCounts {
    /// Stable cases that prove a MUST.
    pub must: Counts,
    /// Stable cases that prove a SHOULD.
    pub should: Counts,
    /// Stable cases that prove a MAY.
    pub may: Counts,
    /// Provisional and deprecated cases.
    pub uncounted: Counts,
}

impl LevelCounts {
    /// Counts a result.
    pub fn add(&mut self, test: &TestReport) {
        let counts = match (test.case_status, test.level) {
            (CaseStatus::Provisional | CaseStatus::Deprecated, _) => &mut self.uncounted,
            (CaseStatus::Stable, Level::Must) => &mut self.must,
            (CaseStatus::Stable, Level::Should) => &mut self.should,
            (CaseStatus::Stable, Level::May) => &mut self.may,
        };
        counts.add(test.status);
    }

    /// Everything in one count.
    #[must_use]
    pub fn all(&self) -> Counts {
        let mut all = self.must.clone();
        all.merge(&self.should);
        all.merge(&self.may);
        all.merge(&self.uncounted);
        all
    }
}

impl<'a> FromIterator<&'a TestReport> for LevelCounts {
    fn from_iter<T: IntoIterator<Item = &'a TestReport>>(tests: T) -> Self {
        let mut counts = Self::default();
        for test in tests {
            counts.add(test);
        }
        counts
    }
}

/// One capability of one provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CapabilityReport {
    /// Its name: `keyvalue`.
    pub capability: String,
    /// One word about it.
    pub conclusion: Conclusion,
    /// Why it is that word.
    pub reasons: Vec<String>,
    /// How many cases had each status.
    pub counts: LevelCounts,
}

/// What became of the features. A feature that is known to the suite and no
/// unstable one stands in exactly one of the lists behind `declared`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FeaturesReport {
    /// Declared by the provider.
    pub declared: Vec<String>,
    /// Declared, and every MUST case of it that needs no undeclared feature
    /// passed.
    pub verified: Vec<String>,
    /// Declared, and a MUST case of it failed.
    pub overclaimed: Vec<String>,
    /// Not declared, but found to work. Reserved with
    /// [`Status::Underclaim`]: this version never fills it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub underclaimed: Vec<String>,
    /// Not declared, and proved to refuse.
    pub refused: Vec<String>,
    /// Neither: no case of it said anything.
    pub unproved: Vec<String>,
}

/// One profile for one provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProfileReport {
    /// Its name: `kv-core`.
    pub name: String,
    /// Whether the provider fulfils it; it counts the cases that need no
    /// feature outside the profile.
    pub conclusion: Conclusion,
    /// Why it is that word.
    pub reasons: Vec<String>,
    /// How many cases had each status.
    pub counts: LevelCounts,
}

/// What became of one case on one provider.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct TestReport {
    /// The id of the case.
    pub id: String,
    /// What has to hold.
    pub title: String,
    /// Its capability.
    pub capability: String,
    /// Its level.
    pub level: Level,
    /// Where it is in its life.
    pub case_status: CaseStatus,
    /// The clauses that it proves.
    pub clauses: Vec<String>,
    /// The features that it needs.
    pub requires: Vec<String>,
    /// The feature whose absence it proves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refuses: Option<String>,
    /// Its lane.
    pub lane: Lane,
    /// The file that holds it.
    pub source: String,
    /// The component that holds it.
    pub component: String,
    /// What became of it. With several repetitions: what all of them ended in;
    /// `flaky` if only some of them passed and the provider failed the others;
    /// otherwise the worst.
    pub status: Status,
    /// Whose doing it is; none for good news.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub blame: Option<Blame>,
    /// Why; none for a plain pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What the case saw where a clause did not hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub evidence: Option<Evidence>,
    /// What was seen where the specification leaves a choice.
    #[serde(default)]
    pub notes: Vec<String>,
    /// How many repetitions had each status.
    pub counts: Counts,
    /// Each repetition; empty if the case never came up.
    pub attempts: Vec<Attempt>,
    /// How long all repetitions took together, in milliseconds.
    pub duration_ms: f64,
    /// The command that runs this case alone in the same way.
    pub repro: String,
}

impl TestReport {
    /// Whether the result is bad news: a stable case with a status that is red
    /// at its level.
    #[must_use]
    pub fn is_red(&self) -> bool {
        self.case_status == CaseStatus::Stable && self.status.is_red_at(self.level)
    }

    /// Why it has this status, in one sentence: the reason, or what the case
    /// did when a clause did not hold, or the status itself.
    #[must_use]
    pub fn why(&self) -> &str {
        match (&self.reason, &self.evidence) {
            (Some(reason), _) => reason,
            (None, Some(evidence)) => &evidence.message,
            (None, None) => self.status.as_str(),
        }
    }

    /// Whether the case belongs to a feature: it needs it, or proves its
    /// absence.
    #[must_use]
    pub fn concerns(&self, feature: &str) -> bool {
        self.requires.iter().any(|id| id == feature) || self.refuses.as_deref() == Some(feature)
    }
}

/// One repetition of a case.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Attempt {
    /// Which one, counted from 1.
    pub repetition: u32,
    /// What became of it.
    pub status: Status,
    /// How often it was tried; 0 if it never ran.
    pub tries: u32,
    /// How long the last try took, in milliseconds.
    pub duration_ms: f64,
    /// Why; none for a plain pass.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
