//! A clause: one normative sentence of the specification.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The word of RFC 2119 that a clause uses.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema,
)]
pub enum Word {
    /// `MUST`.
    #[serde(rename = "MUST")]
    Must,
    /// `MUST NOT`.
    #[serde(rename = "MUST NOT")]
    MustNot,
    /// `SHOULD`.
    #[serde(rename = "SHOULD")]
    Should,
    /// `SHOULD NOT`.
    #[serde(rename = "SHOULD NOT")]
    ShouldNot,
    /// `MAY`.
    #[serde(rename = "MAY")]
    May,
}

impl Word {
    /// The word as the specification writes it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::MustNot => "MUST NOT",
            Self::Should => "SHOULD",
            Self::ShouldNot => "SHOULD NOT",
            Self::May => "MAY",
        }
    }

    /// Whether every provider has to obey: `MUST` and `MUST NOT`.
    #[must_use]
    pub fn is_must(self) -> bool {
        matches!(self, Self::Must | Self::MustNot)
    }
}

/// One normative sentence, and where it stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Clause {
    /// Stable, never reused: `KV-GET-2`.
    pub id: String,
    /// Its word.
    pub word: Word,
    /// The sentence behind the id, its word included.
    pub text: String,
    /// The package with its version: `cloud:keyvalue@0.1.0`.
    pub package: String,
    /// The interface: `store`.
    pub interface: String,
    /// The item inside the interface (`store.get`), or none if the clause
    /// stands on the interface itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub item: Option<String>,
    /// Whether its interface or item is behind an unstable gate.
    #[serde(default)]
    pub unstable: bool,
    /// The file, from the root of the specification: `keyvalue/store.wit`.
    pub file: String,
    /// The line in that file, counted from 1.
    pub line: u32,
}
