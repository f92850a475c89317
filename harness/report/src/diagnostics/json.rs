//! Diagnostics for programs: the report as it is, with how many there are.

use conformance_model::{CHECK_SCHEMA_VERSION, CheckReport, RuleInfo, Severity};
use serde_json::{Value, json};

use crate::ReportError;

/// The report as JSON with line breaks.
///
/// # Errors
/// [`ReportError::Json`], for a number that JSON cannot express.
pub fn render(report: &CheckReport) -> Result<String, ReportError> {
    let mut value = serde_json::to_value(report)?;
    if let Some(fields) = value.as_object_mut() {
        for (key, severity) in [("errors", Severity::Error), ("warnings", Severity::Warning)] {
            fields.insert(key.to_owned(), Value::from(report.count(severity)));
        }
    }
    pretty(&value)
}

/// The rules as JSON with line breaks.
///
/// # Errors
/// [`ReportError::Json`], for a number that JSON cannot express.
pub fn rules(rules: &[RuleInfo]) -> Result<String, ReportError> {
    pretty(&json!({ "schema_version": CHECK_SCHEMA_VERSION, "rules": rules }))
}

pub(super) fn pretty(value: &Value) -> Result<String, ReportError> {
    let mut text = serde_json::to_string_pretty(value)?;
    text.push('\n');
    Ok(text)
}
