//! `report.json`: the whole report, from which every other one derives.

use conformance_model::{RunReport, SCHEMA_VERSION};

use crate::ReportError;

/// The report as JSON with line breaks.
///
/// # Errors
/// [`ReportError::Json`], for a number that JSON cannot express.
pub fn render(report: &RunReport) -> Result<String, ReportError> {
    let mut text = serde_json::to_string_pretty(report)?;
    text.push('\n');
    Ok(text)
}

/// Reads a report.
///
/// # Errors
/// [`ReportError::Version`] for one of another version, [`ReportError::Json`]
/// for anything that is no report.
pub fn parse(text: &str) -> Result<RunReport, ReportError> {
    let value: serde_json::Value = serde_json::from_str(text)?;
    // Before the rest is looked at: another version has another shape.
    if let Some(found) = value
        .get("schema_version")
        .and_then(serde_json::Value::as_u64)
        && found != u64::from(SCHEMA_VERSION)
    {
        return Err(ReportError::Version {
            found,
            known: SCHEMA_VERSION,
        });
    }
    Ok(serde_json::from_value(value)?)
}
