//! The compliance matrix: capabilities and features down, providers across.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::summary::can_refuse;
use crate::{
    CaseStatus, Conclusion, Feature, FeatureLevel, LevelCounts, ProviderReport, RunReport, Status,
    TestReport,
};

/// The compliance matrix of one or more runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Matrix {
    /// One for each provider of each run, in their order.
    pub columns: Vec<MatrixColumn>,
    /// For each capability its own row, then one for each of its features.
    pub rows: Vec<MatrixRow>,
}

/// A provider in the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MatrixColumn {
    /// Its name in its run.
    pub name: String,
    /// The product and its version, for people.
    pub product: String,
    /// One word about it.
    pub conclusion: Conclusion,
}

/// What a row of the matrix is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RowKind {
    /// A whole capability.
    Capability,
    /// One of its features.
    Feature,
}

/// A row of the matrix.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct MatrixRow {
    /// What it is about.
    pub kind: RowKind,
    /// The capability or the id of the feature.
    pub id: String,
    /// What it is, in a few words; empty for a capability.
    pub title: String,
    /// The level of the feature; none for a capability.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub level: Option<FeatureLevel>,
    /// One for each column.
    pub cells: Vec<Cell>,
}

/// How many of how many passed. The whole leaves out what the provider does
/// not declare.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Tally {
    /// How many passed.
    pub passed: u64,
    /// Out of how many.
    pub of: u64,
}

/// How a cell is to be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CellState {
    /// Every MUST case passed.
    Conformant,
    /// Nothing is red, but cases were left out or failed as listed.
    Partial,
    /// Cases failed.
    Failing,
    /// Cases ended in an error or did not run.
    Error,
    /// No case ran: the user left all of them out, or the provider could not be
    /// set up.
    NotRun,
    /// Not declared, and proved to refuse.
    Refused,
    /// Not declared, and there is no function that could refuse.
    NotDeclared,
    /// No case says anything.
    Untested,
}

/// One provider and one capability or feature.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cell {
    /// How it is to be read.
    pub state: CellState,
    /// The MUST cases.
    pub must: Tally,
    /// The SHOULD cases.
    pub should: Tally,
    /// How many results are red because of the provider or a list.
    pub failing: u64,
    /// How many results are red because of the environment or the harness.
    pub errors: u64,
    /// How many cases were asked for and did not run.
    pub not_run: u64,
    /// How many cases were left out by the user.
    pub skipped: u64,
    /// How many cases failed as listed.
    pub known_failures: u64,
}

impl Cell {
    /// The cell in words: `27/27 MUST, 2/2 SHOULD`.
    #[must_use]
    pub fn text(&self) -> String {
        let mut parts = Vec::new();
        match self.state {
            CellState::Refused => return "unsupported (refusal proved)".to_owned(),
            CellState::NotDeclared => return "not declared".to_owned(),
            CellState::NotRun => return "not run".to_owned(),
            CellState::Untested => return "no case".to_owned(),
            CellState::Conformant | CellState::Partial | CellState::Failing | CellState::Error => {}
        }
        if self.failing > 0 {
            parts.push(format!("{} failing", self.failing));
        }
        if self.errors > 0 {
            let noun = if self.errors == 1 { "error" } else { "errors" };
            parts.push(format!("{} {noun}", self.errors));
        }
        if self.must.of > 0 {
            parts.push(format!("{}/{} MUST", self.must.passed, self.must.of));
        }
        if self.should.of > 0 {
            parts.push(format!("{}/{} SHOULD", self.should.passed, self.should.of));
        }
        if self.known_failures > 0 {
            parts.push(format!("{} known", self.known_failures));
        }
        if self.not_run > 0 {
            parts.push(format!("{} not run", self.not_run));
        }
        if self.skipped > 0 {
            parts.push(format!("{} skipped", self.skipped));
        }
        parts.join(", ")
    }

    fn of<'a>(
        tests: impl Iterator<Item = &'a TestReport>,
        declared: bool,
        can_refuse: bool,
    ) -> Self {
        let mut counts = LevelCounts::default();
        let (mut failing, mut errors, mut refusals) = (0, 0, 0);
        for test in tests.filter(|test| test.case_status == CaseStatus::Stable) {
            counts.add(test);
            if test.status != Status::NotRun && test.is_red() {
                match test.blame {
                    Some(crate::Blame::Environment | crate::Blame::Harness) => errors += 1,
                    Some(crate::Blame::Provider | crate::Blame::User) | None => failing += 1,
                }
            }
            let refused = test.status == Status::Unsupported
                || (test.refuses.is_some() && test.status == Status::Pass);
            refusals += u64::from(refused);
        }
        let tally = |counts: &crate::Counts| Tally {
            passed: counts.of(Status::Pass),
            of: counts.applicable(),
        };
        let not_run = counts.must.of(Status::NotRun) + counts.should.of(Status::NotRun);
        let skipped = counts.must.of(Status::Skip) + counts.should.of(Status::Skip);
        let known_failures = counts.must.of(Status::Xfail);
        let all = counts.all();
        let state = if all.total() > 0 && all.matching(Status::was_executed) == 0 {
            CellState::NotRun
        } else if failing > 0 {
            CellState::Failing
        } else if errors > 0 {
            CellState::Error
        } else if !declared && refusals > 0 && can_refuse {
            CellState::Refused
        } else if !declared {
            CellState::NotDeclared
        } else if not_run + skipped + known_failures > 0 {
            CellState::Partial
        } else if counts.must.of(Status::Pass) + counts.should.of(Status::Pass) == 0 {
            CellState::Untested
        } else {
            CellState::Conformant
        };
        Self {
            state,
            must: tally(&counts.must),
            should: tally(&counts.should),
            failing,
            errors,
            not_run,
            skipped,
            known_failures,
        }
    }
}

impl Matrix {
    /// The matrix of some reports, side by side.
    #[must_use]
    pub fn fold<'a>(reports: impl IntoIterator<Item = &'a RunReport>) -> Self {
        let reports: Vec<&RunReport> = reports.into_iter().collect();
        let providers: Vec<&ProviderReport> = reports
            .iter()
            .flat_map(|report| &report.providers)
            .collect();
        let mut features: Vec<&Feature> = Vec::new();
        for feature in reports.iter().flat_map(|report| &report.features) {
            let known = features.iter().any(|f| f.id == feature.id);
            if !known && feature.level != FeatureLevel::Unstable {
                features.push(feature);
            }
        }
        let mut capabilities: Vec<&str> = Vec::new();
        for test in providers.iter().flat_map(|provider| &provider.tests) {
            if !capabilities.contains(&test.capability.as_str()) {
                capabilities.push(&test.capability);
            }
        }

        let mut rows = Vec::new();
        for capability in capabilities {
            let of_it: Vec<&Feature> = features
                .iter()
                .copied()
                .filter(|feature| feature.capability == capability)
                .collect();
            rows.push(MatrixRow {
                kind: RowKind::Capability,
                id: capability.to_owned(),
                title: String::new(),
                level: None,
                cells: providers
                    .iter()
                    .map(|provider| {
                        let declared = of_it.iter().any(|feature| declares(provider, feature));
                        let tests = provider.tests.iter();
                        // Where nothing is declared, nothing can be opened, and so refused.
                        Cell::of(
                            tests.filter(|t| t.capability == capability),
                            declared,
                            false,
                        )
                    })
                    .collect(),
            });
            rows.extend(of_it.into_iter().map(|feature| {
                MatrixRow {
                    kind: RowKind::Feature,
                    id: feature.id.clone(),
                    title: feature.title.clone(),
                    level: Some(feature.level),
                    cells: providers
                        .iter()
                        .map(|provider| {
                            let tests = provider.tests.iter();
                            Cell::of(
                                tests.filter(|test| test.is_of(feature)),
                                declares(provider, feature),
                                can_refuse(&provider.provider, feature, features.iter().copied()),
                            )
                        })
                        .collect(),
                }
            }));
        }
        Self {
            columns: providers.iter().map(|provider| column(provider)).collect(),
            rows,
        }
    }
}

/// Whether a provider declares a feature. Of one that could not be set up
/// nothing is known: its cells say what became of the cases.
fn declares(provider: &ProviderReport, feature: &Feature) -> bool {
    provider.setup_error.is_some() || provider.provider.features.contains(&feature.id)
}

fn column(provider: &ProviderReport) -> MatrixColumn {
    let info = &provider.provider;
    let product = match &info.version {
        Some(version) => format!("{} {version}", info.product),
        None => info.product.clone(),
    };
    MatrixColumn {
        name: info.name.clone(),
        product,
        conclusion: provider.conclusion,
    }
}
