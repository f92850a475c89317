//! From the results of many cases to one word about a provider.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{Blame, CaseStatus, Level, Status, TestReport};

/// One word about a provider, a capability or a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Conclusion {
    /// Every stable MUST case whose features are declared passed, the core
    /// features are declared, and nothing was left out.
    Conformant,
    /// Nothing is red, but not everything was proved: cases were skipped, or
    /// failed as the user said they would.
    Partial,
    /// The provider broke a MUST, or does not declare a core feature.
    NotConformant,
    /// Nothing can be said: the environment or the harness failed.
    Error,
    /// The provider declares nothing of it.
    NotOffered,
}

impl Conclusion {
    /// The conclusion in words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Conformant => "conformant",
            Self::Partial => "partial",
            Self::NotConformant => "not conformant",
            Self::Error => "error",
            Self::NotOffered => "not offered",
        }
    }

    /// Concludes from results.
    ///
    /// `missing` are the features that are expected and not declared. Returns
    /// the word and the reasons for it, none for a conformant provider. A
    /// failure of the provider outweighs an error: it does not go away when the
    /// environment is repaired.
    pub(crate) fn of<'a>(
        tests: impl IntoIterator<Item = &'a TestReport>,
        missing: &[String],
    ) -> (Self, Vec<String>) {
        let mut broken = Tale::default();
        let mut errors = Tale::default();
        let mut listed = Tale::default();
        let mut left_out = Tale::default();
        let mut proved = 0_u64;
        for test in tests {
            if test.case_status != CaseStatus::Stable {
                continue;
            }
            if test.is_red() {
                match test.blame {
                    // What was not run because of the user is left out; what was
                    // not run for any other reason is an error.
                    Some(Blame::User) if test.status == Status::NotRun => left_out.add(test),
                    Some(Blame::Environment | Blame::Harness) => errors.add(test),
                    Some(Blame::Provider | Blame::User) | None => broken.add(test),
                }
            } else {
                match (test.status, test.level) {
                    (Status::Skip, _) => left_out.add(test),
                    (Status::Pass, Level::Must) => proved += 1,
                    (Status::Xfail, Level::Must) => listed.add(test),
                    _ => {}
                }
            }
        }

        let mut reasons = Vec::new();
        for feature in missing {
            reasons.push(format!("the core feature {feature} is not declared"));
        }
        broken.tell(&mut reasons, "did not hold");
        errors.tell(&mut reasons, "ended in an error");
        listed.tell(&mut reasons, "failed as listed");
        left_out.tell(&mut reasons, "did not run");
        let conclusion = if broken.count > 0 || !missing.is_empty() {
            Self::NotConformant
        } else if errors.count > 0 {
            Self::Error
        } else if listed.count + left_out.count > 0 {
            Self::Partial
        } else if proved == 0 {
            reasons.push("no MUST case was run".to_owned());
            Self::Partial
        } else {
            Self::Conformant
        };
        (conclusion, reasons)
    }
}

/// How many cases had one fate, and the first of them by name.
#[derive(Default)]
struct Tale {
    count: u64,
    first: Vec<String>,
}

impl Tale {
    const NAMED: usize = 3;

    fn add(&mut self, test: &TestReport) {
        self.count += 1;
        if self.first.len() < Self::NAMED {
            self.first.push(test.id.clone());
        }
    }

    fn tell(&self, reasons: &mut Vec<String>, fate: &str) {
        if self.count == 0 {
            return;
        }
        let cases = if self.count == 1 { "case" } else { "cases" };
        let names = self.first.join(", ");
        let more = if self.count > self.first.len() as u64 {
            ", ..."
        } else {
            ""
        };
        reasons.push(format!("{} {cases} {fate}: {names}{more}", self.count));
    }
}
