//! The JSON Schemas of what the suite writes to disk.

use schemars::{Schema, schema_for};

use crate::{EventLine, RunReport};

/// The schema of `report.json`.
#[must_use]
pub fn report_schema() -> Schema {
    schema_for!(RunReport)
}

/// The schema of one line of `events.jsonl`.
#[must_use]
pub fn event_schema() -> Schema {
    schema_for!(EventLine)
}
