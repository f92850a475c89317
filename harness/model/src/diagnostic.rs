//! What is wrong with a text, and where: the outcome of `conformance spec check`.
//!
//! It knows no rule: those are data as well ([`RuleInfo`]), made by whoever
//! checks.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The version of the shape of a [`CheckReport`].
pub const CHECK_SCHEMA_VERSION: u32 = 1;

/// Whether something has to change.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// It breaks a rule.
    Error,
    /// It looks wrong to a machine, which cannot be sure.
    Warning,
}

impl Severity {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A rule, by its stable id.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RuleInfo {
    /// Kebab case, never given to another rule: `clause-word`.
    pub id: String,
    /// How much it matters when it is broken.
    pub severity: Severity,
    /// What it demands, in one sentence.
    pub summary: String,
}

/// A broken rule at one place of a text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Diagnostic {
    /// The id of the rule.
    pub rule: String,
    /// How much it matters.
    pub severity: Severity,
    /// What is wrong, on one line.
    pub message: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<String>,
    /// The file, from the root of what was checked, with `/`.
    pub file: String,
    /// The line, counted from 1.
    pub line: u32,
    /// The first character that is meant, counted from 1 in its line.
    pub column: u32,
    /// How many characters of that line are meant; 0 where it is the file as a
    /// whole.
    pub length: u32,
    /// The line as it stands. None for a file as a whole, and for a line that is
    /// too long to be shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_line: Option<String>,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.length {
            0 => write!(f, "{}: {}", self.file, self.message),
            _ => write!(
                f,
                "{}:{}:{}: {}",
                self.file, self.line, self.column, self.message
            ),
        }
    }
}

/// How much was looked at.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckedCounts {
    /// Files of any kind.
    pub files: u64,
    /// WIT packages.
    pub packages: u64,
    /// Clauses in force.
    pub clauses: u64,
    /// Conformance cases.
    pub cases: u64,
}

/// Everything that a check found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CheckReport {
    /// The version of this shape.
    pub schema_version: u32,
    /// What was checked, as it was named; the files of the diagnostics begin there.
    pub root: String,
    /// How much was looked at.
    pub checked: CheckedCounts,
    /// What was not looked at and why, a sentence each.
    pub not_checked: Vec<String>,
    /// Whether a file could not be parsed, so that more may be wrong than is told.
    pub incomplete: bool,
    /// What is wrong, by file and place.
    pub diagnostics: Vec<Diagnostic>,
}

impl CheckReport {
    /// How many diagnostics have a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> u64 {
        let of_it = self.diagnostics.iter().filter(|d| d.severity == severity);
        of_it.count() as u64
    }
}
