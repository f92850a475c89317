//! How far a proposal has come: what each step asks for, what is met, and what is
//! missing.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::ServiceKind;

/// Some proposals.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PhaseReport {
    /// The version of this shape: [`crate::SCHEMA_VERSION`].
    pub schema_version: u32,
    /// The proposals, by number.
    pub proposals: Vec<ProposalPhase>,
}

/// One proposal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProposalPhase {
    /// The name of its folder.
    pub id: String,
    /// A few words.
    pub title: String,
    /// What it says of itself.
    pub status: String,
    /// The steps of its own life, from the first.
    pub steps: Vec<Step>,
    /// The phases of WASI, from the first.
    pub wasi: Vec<Step>,
    /// The published runs that its criteria look at.
    pub implementations: Vec<ImplementationStanding>,
}

impl ProposalPhase {
    /// The step with this name, with all before it.
    #[must_use]
    pub fn up_to(&self, name: &str) -> Option<&[Step]> {
        let last = self.steps.iter().position(|step| step.name == name)?;
        self.steps.get(..=last)
    }

    /// The last of these steps up to which nothing is known to be missing.
    #[must_use]
    pub fn reached(steps: &[Step]) -> Option<&Step> {
        steps.iter().take_while(|step| step.is_met()).last()
    }
}

/// A step: a status of a proposal, or a phase of WASI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Step {
    /// Its name: `candidate`, `phase 2`.
    pub name: String,
    /// What it means.
    pub meaning: String,
    /// What it asks for beyond the step before it.
    pub criteria: Vec<Criterion>,
}

impl Step {
    /// Whether nothing is known to be missing. What only people can say is taken as
    /// given.
    #[must_use]
    pub fn is_met(&self) -> bool {
        !self
            .criteria
            .iter()
            .any(|criterion| criterion.answer == Answer::NotMet)
    }
}

/// Whether something is as it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// It is.
    Met,
    /// It is not.
    NotMet,
    /// No file says it: a vote, a judgement, or another command.
    NotComputed,
}

/// One thing that a step asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Criterion {
    /// What.
    pub asks: String,
    /// Whether it is so.
    pub answer: Answer,
    /// What was counted.
    pub figures: String,
    /// What is missing, or who can say it, in a sentence; none where it is met.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing: Option<String>,
}

/// A published run, as the criteria see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ImplementationStanding {
    /// Name and version.
    pub label: String,
    /// The folder of its report.
    pub folder: String,
    /// What it stands on.
    pub kind: ServiceKind,
    /// What it is not independent of.
    pub family: String,
    /// The operating system of the host.
    pub os: String,
    /// How many MUST cases of the proposal passed.
    pub passed: u64,
    /// Out of how many; what is not declared is left out.
    pub of: u64,
    /// The features of the proposal that it declares.
    pub declared: Vec<String>,
    /// Why it does not count; none if it passes every MUST of what it declares.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortcoming: Option<String>,
    /// What is worth knowing and is no verdict.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub remarks: Vec<String>,
}
