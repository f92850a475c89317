//! `junit.xml`: what continuous integration shows.
//!
//! One suite for each provider and capability; the class is the capability, the
//! name the id of the case. A red result is a `failure` if a clause did not
//! hold, which is also so where the provider did not answer in time, and an
//! `error` if nothing can be said. What is not red (a refusal, a
//! filter, a known failure, a SHOULD that did not hold) is `skipped` with a
//! message, because readers of this format know no other shade.

use std::time::Duration;

use conformance_model::{ProviderReport, RunReport, Status, TestReport};
use quick_junit::{NonSuccessKind, Property, Report, TestCase, TestCaseStatus, TestSuite};

use crate::ReportError;
use crate::story::mitigation;
use crate::text::{SHOWN, plain, plain_lines, short};

/// The report as JUnit XML.
///
/// # Errors
/// [`ReportError::Junit`].
pub fn render(report: &RunReport) -> Result<String, ReportError> {
    let mut junit = Report::new("conformance");
    for provider in &report.providers {
        for capability in &provider.capabilities {
            let name = format!("{}/{}", provider.provider.name, capability.capability);
            let mut suite = TestSuite::new(plain(&name));
            for (key, value) in [
                ("provider", provider.provider.name.clone()),
                ("product", provider.provider.product.clone()),
                ("capability", capability.capability.clone()),
                ("verdict", capability.conclusion.words().to_owned()),
                ("seed", report.run.seed.to_string()),
            ] {
                suite.add_property(Property::new(key, plain(&value)));
            }
            let tests = provider.tests.iter();
            let mut time = Duration::ZERO;
            for test in tests.filter(|test| test.capability == capability.capability) {
                time = time.saturating_add(duration(test.duration_ms));
                suite.add_test_case(test_case(report, provider, test));
            }
            suite.set_time(time);
            junit.add_test_suite(suite);
        }
    }
    Ok(junit.to_string()?)
}

fn test_case(report: &RunReport, provider: &ProviderReport, test: &TestReport) -> TestCase {
    let mut case = TestCase::new(plain(&test.id), status(report, test));
    case.set_classname(plain(&test.capability));
    case.set_time(duration(test.duration_ms));
    let mut property = |name: &str, value: &str| {
        if !value.is_empty() {
            case.add_property(Property::new(name, plain(value)));
        }
    };
    property("provider", &provider.provider.name);
    property("status", test.status.as_str());
    property("level", test.level.word());
    property("clauses", &test.clauses.join(" "));
    property("requires", &test.requires.join(" "));
    property("lane", test.lane.as_str());
    property("source", &test.source);
    case
}

fn status(report: &RunReport, test: &TestReport) -> TestCaseStatus {
    let reason = test.why();
    let mut status = match test.status {
        Status::Pass => return TestCaseStatus::success(),
        Status::Unsupported | Status::Underclaim | Status::Skip | Status::Xfail => {
            TestCaseStatus::skipped()
        }
        _ if !test.is_red() => {
            let why = mitigation(test).unwrap_or("does not count");
            let mut skipped = TestCaseStatus::skipped();
            skipped.set_type(test.status.as_str());
            skipped.set_message(short(
                &plain(&format!("{} ({why}): {reason}", test.status.as_str())),
                SHOWN,
            ));
            return skipped;
        }
        Status::Error | Status::NotRun | Status::Inconclusive => {
            TestCaseStatus::non_success(NonSuccessKind::Error)
        }
        Status::Fail | Status::Overclaim | Status::Timeout | Status::Xpass | Status::Flaky => {
            TestCaseStatus::non_success(NonSuccessKind::Failure)
        }
    };
    status.set_type(test.status.as_str());
    let message = format!("{}: {reason}", test.status.as_str());
    status.set_message(short(&plain(&message), SHOWN));
    if test.is_red() {
        status.set_description(description(report, test));
    }
    status
}

fn description(report: &RunReport, test: &TestReport) -> String {
    let mut lines = vec![test.title.clone()];
    match &test.evidence {
        Some(evidence) => {
            lines.push(format!("clause:   {}", cite(report, &evidence.clause)));
            lines.push(format!("what:     {}", evidence.message));
            lines.push(format!("expected: {}", short(&evidence.expected, SHOWN)));
            lines.push(format!("actual:   {}", short(&evidence.actual, SHOWN)));
            lines.push(format!("at:       {}", evidence.location));
        }
        None => {
            for id in &test.clauses {
                lines.push(format!("clause:   {}", cite(report, id)));
            }
        }
    }
    lines.push(format!("again:    {}", test.repro));
    plain_lines(&lines.join("\n"))
}

fn cite(report: &RunReport, id: &str) -> String {
    match report.clause(id) {
        Some(clause) => format!("{id} {}", clause.text),
        None => id.to_owned(),
    }
}

/// A duration from milliseconds that came from a file: anything may be in it.
fn duration(ms: f64) -> Duration {
    Duration::try_from_secs_f64(ms / 1000.0).unwrap_or_default()
}
