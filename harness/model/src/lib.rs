//! The plain data of the conformance suite, and the pure folds over it.
//!
//! A run is a stream of [`Event`]s. A [`RunReport`] is a fold of events
//! ([`RunReport::fold`]), a [`Matrix`] is a fold of a report
//! ([`Matrix::fold`]), an [`ExitCode`] is a function of a report
//! ([`ExitCode::of`]). Everything here can be written as JSON; the schemas of
//! what goes to disk are in `schema/`, generated from these types.
//!
//! This crate knows no provider, no engine, no file and no clock. It must not
//! learn of them: a reader of reports should need nothing else.
#![deny(missing_docs)]

mod case;
mod clause;
mod conclusion;
mod coverage;
mod diagnostic;
mod event;
mod exit;
mod feature;
mod fold;
mod matrix;
mod phase;
mod published;
mod report;
mod repro;
mod schema;
mod spec_diff;
mod summary;
mod verdict;

pub use case::{Case, CaseStatus, Lane, Level};
pub use clause::{Clause, Word};
pub use conclusion::Conclusion;
pub use coverage::{
    CaseCoverage, ClauseCoverage, Coverage, CoverageCount, CoverageTotal, InterfaceCoverage,
    PackageCoverage, Proof, ProvedElsewhere, WordCoverage,
};
pub use diagnostic::{
    CHECK_SCHEMA_VERSION, CheckReport, CheckedCounts, Diagnostic, RuleInfo, Severity,
};
pub use event::{
    Durability, Event, EventLine, HostInfo, LimitValue, PackageInfo, ProviderInfo, RunInfo,
    SpecInfo, SuiteComponent, SuiteInfo,
};
pub use exit::ExitCode;
pub use feature::{Feature, FeatureLevel, Profile};
pub use fold::{CatalogInfo, FoldError, ReportFold};
pub use matrix::{Cell, CellState, Matrix, MatrixColumn, MatrixRow, RowKind, Tally};
pub use phase::{Answer, Criterion, ImplementationStanding, PhaseReport, ProposalPhase, Step};
pub use published::{Implementation, Published, ServiceKind, Standing};
pub use report::{
    Attempt, CapabilityReport, FeaturesReport, LevelCounts, ProfileReport, ProviderReport,
    RunReport, RunSummary, TestReport,
};
pub use schema::{event_schema, report_schema};
pub use spec_diff::{
    Change, ChangeKind, ClauseChange, ClauseChangeKind, ClauseState, Effect, MissingBump,
    OracleDispute, PackageDiff, ProviderRisk, RowChange, SemverClass, SpecDiff, Table,
};
pub use verdict::{Blame, Counts, Evidence, Status, Verdict};

/// The version of the shape of `report.json` and of the lines of
/// `events.jsonl`. It grows when a reader of the older shape would misread.
pub const SCHEMA_VERSION: u32 = 1;
