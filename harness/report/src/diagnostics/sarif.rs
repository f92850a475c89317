//! Diagnostics as SARIF 2.1.0, which code scanning services take.

use std::collections::HashMap;

use conformance_model::{CheckReport, Diagnostic, RuleInfo, Severity};
use serde_json::{Value, json};

use super::{json::pretty, shown};
use crate::ReportError;

const SCHEMA: &str = "https://json.schemastore.org/sarif-2.1.0.json";
const HOME: &str = "https://github.com/cloud-wit/cloud-wit";

/// The report with all rules, broken or not.
///
/// # Errors
/// [`ReportError::Json`], for a number that JSON cannot express.
pub fn render(report: &CheckReport, rules: &[RuleInfo]) -> Result<String, ReportError> {
    let listed: Vec<Value> = rules.iter().map(rule).collect();
    let places: HashMap<&str, usize> = rules
        .iter()
        .enumerate()
        .map(|(index, rule)| (rule.id.as_str(), index))
        .collect();
    let mut seen = HashMap::new();
    let results: Vec<Value> = report
        .diagnostics
        .iter()
        .map(|diagnostic| result(report, diagnostic, &places, &mut seen))
        .collect();
    let notes: Vec<Value> = report
        .not_checked
        .iter()
        .map(|sentence| {
            json!({ "level": "note", "message": { "text": format!("not checked: {sentence}") } })
        })
        .collect();
    pretty(&json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "conformance spec check",
                "informationUri": HOME,
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": listed,
            } },
            "invocations": [{
                "executionSuccessful": !report.incomplete,
                "toolExecutionNotifications": notes,
            }],
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(rule: &RuleInfo) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.summary },
        "defaultConfiguration": { "level": level(rule.severity) },
    })
}

fn result(
    report: &CheckReport,
    diagnostic: &Diagnostic,
    rules: &HashMap<&str, usize>,
    seen: &mut HashMap<u64, u32>,
) -> Value {
    let text = match &diagnostic.help {
        Some(help) => format!("{}\n{help}", diagnostic.message),
        None => diagnostic.message.clone(),
    };
    let mut place = json!({
        "artifactLocation": { "uri": uri(&shown(report, &diagnostic.file)) },
    });
    if diagnostic.length > 0 {
        let mut region = json!({
            "startLine": diagnostic.line,
            "startColumn": diagnostic.column,
            "endColumn": diagnostic.column.saturating_add(diagnostic.length),
        });
        if let Some(line) = &diagnostic.source_line {
            region["snippet"] = json!({ "text": line });
        }
        place["region"] = region;
    }
    let print = fingerprint(diagnostic);
    let times = seen.entry(print).or_insert(0);
    *times += 1;
    let mut value = json!({
        "ruleId": diagnostic.rule,
        "level": level(diagnostic.severity),
        "message": { "text": text },
        "locations": [{ "physicalLocation": place }],
        "partialFingerprints": { "primaryLocationLineHash": format!("{print:016x}:{times}") },
    });
    if let Some(&index) = rules.get(diagnostic.rule.as_str()) {
        value["ruleIndex"] = json!(index);
    }
    value
}

/// A number that stays the same while lines above come and go: over the rule, the
/// file and the text of the line (FNV-1a).
fn fingerprint(diagnostic: &Diagnostic) -> u64 {
    let line = diagnostic.source_line.as_deref().unwrap_or_default().trim();
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for part in [
        diagnostic.rule.as_str(),
        &diagnostic.file,
        line,
        &diagnostic.message,
    ] {
        for byte in part.bytes().chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    hash
}

/// A path as a URI: relative where the path is.
fn uri(path: &str) -> String {
    let mut out = if path.starts_with('/') {
        "file://".to_owned()
    } else {
        String::new()
    };
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~@+".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}
