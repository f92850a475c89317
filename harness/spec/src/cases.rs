//! The list of the cases, `conformance/components/cases.json`: what the components
//! say of themselves, written down so that no engine has to ask them.
//!
//! It holds no digest of a component: that changes with every build of the guests,
//! and what a case demands does not.

use conformance_model::Case;
use serde::Deserialize;
use serde_json::Value;

use crate::{Source, SpecError};

/// The version of the shape of the list.
const SCHEMA: u64 = 1;

/// What the file holds.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    schema_version: u64,
    cases: Vec<Value>,
}

/// The list as the file that is committed: one case a line, by id.
///
/// # Errors
/// None for cases that components described.
pub fn render_cases(cases: &[Case]) -> Result<String, SpecError> {
    let mut sorted: Vec<&Case> = cases.iter().collect();
    sorted.sort_by(|a, b| a.id.cmp(&b.id));
    let mut lines = Vec::new();
    for case in sorted {
        let without = Case {
            digest: String::new(),
            ..case.clone()
        };
        let line = serde_json::to_string(&without).map_err(|source| SpecError::Cases { source })?;
        // Quotes inside a text are escaped, so this is the field and nothing else.
        lines.push(line.replace("\"digest\":\"\",", ""));
    }
    Ok(format!(
        "{{\n\"schema_version\": {SCHEMA},\n\"cases\": [\n{}\n]\n}}\n",
        lines.join(",\n")
    ))
}

/// Reads the list. The digests are empty.
pub(crate) fn parse(source: &Source) -> Result<Vec<Case>, serde_json::Error> {
    let file: File = serde_json::from_str(&source.text)?;
    if file.schema_version != SCHEMA {
        let message = format!(
            "it has schema version {}, this program reads {SCHEMA}",
            file.schema_version
        );
        return Err(serde::de::Error::custom(message));
    }
    let case = |mut value: Value| {
        if let Some(fields) = value.as_object_mut() {
            fields.insert("digest".to_owned(), Value::String(String::new()));
        }
        serde_json::from_value(value)
    };
    file.cases.into_iter().map(case).collect()
}
