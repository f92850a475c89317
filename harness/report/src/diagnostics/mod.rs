//! What a check of the specification found, in four formats: for a person
//! ([`text`]), for GitHub's annotations ([`github`]), for code scanning ([`sarif`]),
//! for programs ([`json`]).
//!
//! It knows no rule: their ids and sentences come with the report.

pub mod github;
pub mod json;
pub mod sarif;
pub mod text;

use conformance_model::{CheckReport, Severity};

use crate::text::count;

/// A file as a person or a tool finds it from where the command was run.
fn shown(report: &CheckReport, file: &str) -> String {
    match report.root.trim_end_matches('/') {
        "" if report.root.is_empty() => file.to_owned(),
        "." => file.to_owned(),
        root => format!("{}/{file}", root.strip_prefix("./").unwrap_or(root)),
    }
}

/// One line that says how it went.
#[must_use]
pub fn summary(report: &CheckReport) -> String {
    let checked = &report.checked;
    let mut parts = vec![
        count(checked.files, "file"),
        count(checked.packages, "package"),
        count(checked.clauses, "clause"),
    ];
    if checked.cases > 0 {
        parts.push(count(checked.cases, "case"));
    }
    let errors = report.count(Severity::Error);
    let warnings = report.count(Severity::Warning);
    let found = match (errors, warnings) {
        (0, 0) => "nothing is wrong".to_owned(),
        (_, 0) => count(errors, "error"),
        (0, _) => count(warnings, "warning"),
        _ => format!("{}, {}", count(errors, "error"), count(warnings, "warning")),
    };
    let rest = if report.incomplete {
        "; not everything could be parsed"
    } else {
        ""
    };
    format!("{found}: {}{rest}", parts.join(", "))
}
