//! Which cases prove which clauses, both ways, and what nothing proves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{CaseStatus, Clause, Lane, Level, Word};

/// The clauses by cases, the cases by clauses, and the totals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Coverage {
    /// The version of this shape: [`crate::SCHEMA_VERSION`].
    pub schema_version: u32,
    /// Everything together.
    pub total: CoverageTotal,
    /// The packages, by name.
    pub packages: Vec<PackageCoverage>,
    /// The clauses, by file and line.
    pub clauses: Vec<ClauseCoverage>,
    /// The cases, by id.
    pub cases: Vec<CaseCoverage>,
}

impl Coverage {
    /// The clauses of stable interfaces that nothing proves, whatever their word.
    pub fn uncovered(&self) -> impl Iterator<Item = &ClauseCoverage> {
        let entries = self.clauses.iter();
        entries.filter(|entry| entry.proof == Proof::Nothing)
    }

    /// Those of them that have to be proved: each MUST.
    pub fn missing(&self) -> impl Iterator<Item = &ClauseCoverage> {
        self.uncovered().filter(|entry| entry.clause.word.is_must())
    }

    /// The cases that cite a clause which does not exist, with it.
    pub fn dangling(&self) -> impl Iterator<Item = (&CaseCoverage, &str)> {
        self.cases
            .iter()
            .flat_map(|case| case.unknown.iter().map(move |id| (case, id.as_str())))
    }

    /// Whether something is missing that has to be there.
    #[must_use]
    pub fn is_red(&self) -> bool {
        self.missing().next().is_some() || self.dangling().next().is_some()
    }
}

/// What proves a clause.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Proof {
    /// At least one case.
    Cases,
    /// Another test, because no guest can see whether it holds.
    Elsewhere,
    /// Nothing, although its interface is stable.
    Nothing,
    /// Nothing yet: it is behind an unstable gate, and nothing is asked for.
    NotAsked,
}

impl Proof {
    /// The proof in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Cases => "by cases",
            Self::Elsewhere => "elsewhere",
            Self::Nothing => "uncovered",
            Self::NotAsked => "unstable, no case yet",
        }
    }
}

/// A clause and what proves it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ClauseCoverage {
    /// The clause.
    #[serde(flatten)]
    pub clause: Clause,
    /// The feature that its interface belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub feature: Option<String>,
    /// What proves it.
    pub proof: Proof,
    /// The ids of the cases that cite it.
    pub cases: Vec<String>,
    /// The tests that prove what no guest can see.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub elsewhere: Vec<ProvedElsewhere>,
}

/// A test that is no case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProvedElsewhere {
    /// Its file, from the root of the repository.
    pub by: String,
    /// Why a guest cannot observe the clause.
    pub why: String,
}

/// A case and what it proves.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CaseCoverage {
    /// Its id.
    pub id: String,
    /// What has to hold.
    pub title: String,
    /// How strong its clauses are.
    pub level: Level,
    /// Where it is in its life.
    pub status: CaseStatus,
    /// In which kind of run it takes part.
    pub lane: Lane,
    /// The file that holds it, from the root of the repository.
    pub source: String,
    /// The features without which it cannot run.
    pub requires: Vec<String>,
    /// The feature whose absence it proves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refuses: Option<String>,
    /// The clauses that it cites and that exist.
    pub clauses: Vec<String>,
    /// Those that it cites and that do not exist.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
}

/// A package, and its interfaces.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackageCoverage {
    /// With its version.
    pub package: String,
    /// All its interfaces together.
    pub total: CoverageTotal,
    /// Those that have clauses, by name.
    pub interfaces: Vec<InterfaceCoverage>,
}

/// An interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InterfaceCoverage {
    /// Its name.
    pub interface: String,
    /// What is in it.
    pub total: CoverageTotal,
}

/// How many clauses are proved, by word.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageTotal {
    /// All clauses.
    pub all: CoverageCount,
    /// Those with each word that occurs, the strongest first.
    pub words: Vec<WordCoverage>,
    /// How many cases cite at least one of them.
    pub cases: u64,
}

/// The clauses with one word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct WordCoverage {
    /// The word.
    pub word: Word,
    /// How many.
    #[serde(flatten)]
    pub count: CoverageCount,
}

/// How many clauses, by what proves them. The parts add up to the whole.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CoverageCount {
    /// The whole.
    pub clauses: u64,
    /// Proved by at least one case.
    pub by_cases: u64,
    /// Proved by another test alone.
    pub elsewhere: u64,
    /// Proved by nothing.
    pub uncovered: u64,
    /// Behind an unstable gate and without a case.
    pub not_asked: u64,
}

impl CoverageCount {
    /// Counts a clause.
    pub fn add(&mut self, proof: Proof) {
        self.clauses += 1;
        *match proof {
            Proof::Cases => &mut self.by_cases,
            Proof::Elsewhere => &mut self.elsewhere,
            Proof::Nothing => &mut self.uncovered,
            Proof::NotAsked => &mut self.not_asked,
        } += 1;
    }
}
