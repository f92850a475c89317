//! What the process ends with.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Blame, Conclusion, RunReport};

/// The exit codes of the `conformance` command.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[repr(u8)]
pub enum ExitCode {
    /// Nothing that was asked for is red.
    Conformant = 0,
    /// A provider broke a clause, or a listed failure passed.
    NotConformant = 1,
    /// The command line or a file given with it is wrong. Nothing was run.
    Usage = 2,
    /// A provider could not be set up, or was lost on the way.
    Environment = 3,
    /// No case was run.
    NothingRan = 4,
    /// The harness or a guest failed: the verdicts cannot be relied on.
    Harness = 5,
}

impl ExitCode {
    /// The number.
    #[must_use]
    pub fn code(self) -> u8 {
        self as u8
    }

    /// The exit code of a run that has this report.
    ///
    /// The first of these that holds, because each makes the next ones
    /// meaningless or leaves them true:
    ///
    /// 1. [`Harness`](Self::Harness): the harness reported a fault, or a red
    ///    result is blamed on it;
    /// 2. [`NotConformant`](Self::NotConformant): a provider is not conformant,
    ///    or a case that the user's list or budget decides is red;
    /// 3. [`Environment`](Self::Environment): a provider could not be set up, or
    ///    a red result is blamed on the environment;
    /// 4. [`NothingRan`](Self::NothingRan): no case was run on any provider;
    /// 5. [`Conformant`](Self::Conformant).
    #[must_use]
    pub fn of(report: &RunReport) -> Self {
        let red = |blame: Blame| {
            report
                .tests()
                .any(|(_, test)| test.is_red() && test.blame == Some(blame))
        };
        let concluded = |conclusion: Conclusion| {
            report
                .providers
                .iter()
                .any(|provider| provider.conclusion == conclusion)
        };
        if !report.run.faults.is_empty() || red(Blame::Harness) {
            Self::Harness
        } else if concluded(Conclusion::NotConformant) || red(Blame::Provider) || red(Blame::User) {
            Self::NotConformant
        } else if concluded(Conclusion::Error) || red(Blame::Environment) {
            Self::Environment
        } else if !report.tests().any(|(_, test)| test.status.was_executed()) {
            Self::NothingRan
        } else {
            Self::Conformant
        }
    }

    /// The code in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Conformant => "conformant",
            Self::NotConformant => "not conformant",
            Self::Usage => "wrong usage or configuration",
            Self::Environment => "a provider could not be set up or was lost",
            Self::NothingRan => "no case was run",
            Self::Harness => "the harness failed",
        }
    }
}

impl From<ExitCode> for std::process::ExitCode {
    fn from(code: ExitCode) -> Self {
        Self::from(code.code())
    }
}
