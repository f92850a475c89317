//! A published run: a report of one implementation together with what the
//! implementation is. It knows no folder and no file.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Case, CaseStatus, Conclusion, Level, ProviderReport, RunReport, Status, TestReport};

/// What kind of service an implementation stands on. An emulator of a cloud service
/// is not that service.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum ServiceKind {
    /// A service whose source is open.
    OpenSource,
    /// A service that a vendor sells, run against the vendor's own installation.
    Cloud,
    /// A program that stands in for a service of a vendor.
    Emulator,
    /// No service: a part of the reference host.
    Reference,
}

impl ServiceKind {
    /// The kind in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::OpenSource => "open source",
            Self::Cloud => "cloud",
            Self::Emulator => "emulator",
            Self::Reference => "reference",
        }
    }
}

/// `implementation.toml`: what a report does not know of the implementation that it
/// is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Implementation {
    /// The version of this shape; 1.
    pub schema: u32,
    /// What it stands on.
    pub kind: ServiceKind,
    /// One word for all services of one origin: those that share a code base, or a
    /// vendor. Two of one family are not independent of each other.
    pub family: String,
    /// Who makes the service.
    pub organisation: String,
    /// What it is called.
    pub project: String,
    /// Where to read about it.
    pub url: String,
    /// The licence of the version that was run, in the words of SPDX; needed where
    /// the source is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub licence: Option<String>,
    /// What a reader has to know besides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// A run that was published.
#[derive(Debug, Clone, PartialEq)]
pub struct Published {
    /// The folder that holds it, from the root of the repository.
    pub folder: String,
    /// The version of the specification, as the folder above it says.
    pub spec_version: String,
    /// What was tested.
    pub implementation: Implementation,
    /// How it went.
    pub report: RunReport,
    /// Which provider of the report it is about.
    pub provider: ProviderReport,
}

/// What a published run says of a clause, or of any other set of cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Standing {
    /// Every case that applies passed, and at least one did.
    Passes,
    /// These cases did not pass.
    Fails(Vec<String>),
    /// The feature is not declared.
    NotDeclared,
    /// Nothing can be said: these cases did not run, or ended in an error.
    Unproved(Vec<String>),
}

impl RunReport {
    /// The report as it is published: without what its ids lead to (titles, files,
    /// texts of clauses) and without what the command of the run tells again (each
    /// attempt, the command of each case). It stays a report in the same shape.
    #[must_use]
    pub fn slim(mut self) -> Self {
        self.clauses.clear();
        for test in self.providers.iter_mut().flat_map(|p| &mut p.tests) {
            test.title.clear();
            test.source.clear();
            test.repro.clear();
            test.attempts.clear();
        }
        self
    }
}

impl Published {
    /// The name and the version of the service: `name 1.2.3`.
    #[must_use]
    pub fn label(&self) -> String {
        let info = &self.provider.provider;
        match &info.version {
            Some(version) => format!("{} {version}", info.name),
            None => info.name.clone(),
        }
    }

    /// What became of a case, if the run knew it.
    #[must_use]
    pub fn test(&self, case: &str) -> Option<&TestReport> {
        self.provider.tests.iter().find(|test| test.id == case)
    }

    /// Whether the run is of a suite that has cases of the same capability.
    #[must_use]
    pub fn knows_relatives_of(&self, case: &str) -> bool {
        let capability = |id: &str| id.split_once('.').map(|(first, _)| first.to_owned());
        let wanted = capability(case);
        let mut known = self.provider.tests.iter().map(|test| capability(&test.id));
        known.any(|found| found == wanted)
    }

    /// What the run says of these cases.
    #[must_use]
    pub fn standing<'a>(&self, cases: impl IntoIterator<Item = &'a str>) -> Standing {
        let (mut failed, mut unproved) = (Vec::new(), Vec::new());
        let (mut passed, mut refused) = (false, false);
        for case in cases {
            match self.test(case).map(|test| test.status) {
                Some(Status::Pass) => passed = true,
                Some(Status::Unsupported | Status::Underclaim) => refused = true,
                Some(status) if status.is_failure() || status == Status::Xfail => {
                    failed.push(case.to_owned());
                }
                Some(_) | None => unproved.push(case.to_owned()),
            }
        }
        if !failed.is_empty() {
            Standing::Fails(failed)
        } else if !unproved.is_empty() {
            Standing::Unproved(unproved)
        } else if passed || !refused {
            // Without a case there is nothing that it could break.
            Standing::Passes
        } else {
            Standing::NotDeclared
        }
    }

    /// Why the run does not count as that of a conformant implementation of a
    /// capability with these cases; none if it does. A case that was added after the
    /// run is not proved.
    #[must_use]
    pub fn shortcoming(&self, capability: &str, cases: &[Case]) -> Option<String> {
        let reports = &self.provider.capabilities;
        let Some(report) = reports.iter().find(|r| r.capability == capability) else {
            return Some(Conclusion::NotOffered.words().to_owned());
        };
        if report.conclusion != Conclusion::Conformant {
            let words = report.conclusion.words();
            return Some(match report.reasons.first() {
                Some(reason) => format!("{words}: {reason}"),
                None => words.to_owned(),
            });
        }
        let must = cases
            .iter()
            .filter(|case| case.capability == capability)
            .filter(|case| case.level == Level::Must && case.status == CaseStatus::Stable)
            .map(|case| case.id.as_str());
        match self.standing(must) {
            Standing::Passes | Standing::NotDeclared => None,
            Standing::Fails(cases) => Some(told(&cases, "did not hold")),
            Standing::Unproved(cases) => Some(told(&cases, "did not run")),
        }
    }
}

fn told(cases: &[String], fate: &str) -> String {
    let first: Vec<&str> = cases.iter().take(3).map(String::as_str).collect();
    let more = if cases.len() > first.len() {
        ", ..."
    } else {
        ""
    };
    let noun = if cases.len() == 1 { "case" } else { "cases" };
    format!("{} {noun} {fate}: {}{more}", cases.len(), first.join(", "))
}
