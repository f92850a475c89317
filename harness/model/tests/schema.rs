//! The committed schemas are those of the types, and what is written fits them.
//! `BLESS=1` writes the schemas anew.

mod sample;

use std::path::PathBuf;

use conformance_model::{EventLine, RunReport, event_schema, report_schema};
use schemars::Schema;
use serde_json::Value;

fn check(name: &str, schema: &Schema) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("schema")
        .join(name);
    let mut text = serde_json::to_string_pretty(schema).unwrap();
    text.push('\n');
    if std::env::var_os("BLESS").is_some() {
        std::fs::write(&path, &text).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        committed == text,
        "{} is not the schema of the types; run the tests with BLESS=1 and look at the difference",
        path.display()
    );
}

fn validate(schema: &Schema, instance: &Value) {
    let schema = serde_json::to_value(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let errors: Vec<String> = validator
        .iter_errors(instance)
        .map(|error| format!("{}: {error}", error.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{errors:#?}");
}

#[test]
fn report_schema_is_committed() {
    check("report.json", &report_schema());
}

#[test]
fn event_schema_is_committed() {
    check("event.json", &event_schema());
}

#[test]
fn a_report_fits_its_schema_and_reads_back() {
    let report = sample::report();
    let value = serde_json::to_value(&report).unwrap();
    validate(&report_schema(), &value);
    let back: RunReport = serde_json::from_value(value).unwrap();
    assert_eq!(back, report);
}

#[test]
fn every_event_fits_the_schema_and_reads_back() {
    for line in sample::events() {
        let text = serde_json::to_string(&line).unwrap();
        assert!(!text.contains('\n'));
        validate(&event_schema(), &serde_json::from_str(&text).unwrap());
        let back: EventLine = serde_json::from_str(&text).unwrap();
        assert_eq!(back, line);
    }
}

#[test]
fn the_schema_refuses_what_is_no_report() {
    let mut value = serde_json::to_value(sample::report()).unwrap();
    value["providers"][0]["tests"][0]["status"] = "great".into();
    let schema = serde_json::to_value(report_schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    assert!(!validator.is_valid(&value));
}
