//! Expected failures: cases that are known to fail on a provider, each with the
//! reason. One that passes is red, so that the list cannot rot.

use std::collections::BTreeMap;
use std::path::Path;

use cloud_contract::Target;
use conformance_model::{Case, Status, Verdict};

use crate::Patterns;
use crate::case_run::Judged;

/// A pattern that matches more cases hides more than it explains.
const MOST_MATCHES: usize = 20;

/// Why a file of expected failures cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ExpectedFailuresError {
    /// It cannot be read.
    #[error("expected failures `{file}`: {reason}")]
    File {
        /// As it was given.
        file: String,
        /// Why.
        reason: String,
    },
    /// A line is not `ID  # reason`.
    #[error("expected failures `{file}`, line {line}: {problem}")]
    Line {
        /// As it was given.
        file: String,
        /// Counted from 1.
        line: usize,
        /// What is wrong, and what would be right.
        problem: String,
    },
}

/// Marks a case whose failure is met in some runs only.
const SOMETIMES: &str = "?";

/// Why a case is expected to fail.
#[derive(Debug, Clone)]
struct Known {
    reason: String,
    /// What is wrong shows in a race, and not in each run.
    sometimes: bool,
}

/// The cases that are expected to fail, and why.
#[derive(Debug, Clone, Default)]
pub struct ExpectedFailures(BTreeMap<String, Known>);

impl ExpectedFailures {
    /// Reads a file with one `ID  # reason` a line, or `ID ?  # reason` for a case
    /// that fails in some runs only. Lines that start with `#` are comments. A glob
    /// may stand for up to 20 ids.
    ///
    /// # Errors
    /// [`ExpectedFailuresError`] for a file that cannot be read, a line without
    /// a reason, and an id that no case has.
    pub fn read(file: &Path, cases: &[Case]) -> Result<Self, ExpectedFailuresError> {
        let name = file.display().to_string();
        let content =
            std::fs::read_to_string(file).map_err(|error| ExpectedFailuresError::File {
                file: name.clone(),
                reason: error.to_string(),
            })?;
        Self::parse(&name, &content, cases)
    }

    /// What a product is known to get wrong.
    ///
    /// # Errors
    /// As [`ExpectedFailures::read`].
    pub fn of_flavour(target: &Target, cases: &[Case]) -> Result<Self, ExpectedFailuresError> {
        match target.flavour {
            Some(flavour) => Self::parse(&target.id(), flavour.expected_failures, cases),
            None => Ok(Self::default()),
        }
    }

    /// Both lists; the reasons of the other one hold where both have a case.
    #[must_use]
    pub fn and(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }

    /// The lines of a list that say something, each with its place, counted from 0.
    pub fn lines(content: &str) -> impl Iterator<Item = (usize, &str)> {
        let says = |line: &str| !line.trim().is_empty() && !line.trim_start().starts_with('#');
        let lines = content.lines().enumerate();
        lines.filter(move |(_, line)| says(line))
    }

    fn parse(name: &str, content: &str, cases: &[Case]) -> Result<Self, ExpectedFailuresError> {
        let mut expected = Self::default();
        for (place, line) in Self::lines(content) {
            expected
                .add(line, cases)
                .map_err(|problem| ExpectedFailuresError::Line {
                    file: name.to_owned(),
                    line: place + 1,
                    problem,
                })?;
        }
        Ok(expected)
    }

    fn add(&mut self, line: &str, cases: &[Case]) -> Result<(), String> {
        let (pattern, reason) = line
            .split_once('#')
            .map_or((line, ""), |(pattern, reason)| (pattern, reason));
        let (pattern, reason) = (pattern.trim(), reason.trim());
        let (pattern, sometimes) = match pattern.strip_suffix(SOMETIMES) {
            Some(pattern) if pattern.ends_with(char::is_whitespace) => (pattern.trim_end(), true),
            _ => (pattern, false),
        };
        if pattern.is_empty() || pattern.contains(char::is_whitespace) || pattern.starts_with('@') {
            return Err("write one case id, `#` and the reason".into());
        }
        if reason.is_empty() {
            return Err(format!(
                "`{pattern}` has no reason; write `{pattern}  # why it fails`"
            ));
        }
        let patterns = Patterns::parse(&[pattern]).map_err(|error| error.to_string())?;
        let ids: Vec<&str> = cases
            .iter()
            .map(|case| case.id.as_str())
            .filter(|id| patterns.matches(id))
            .collect();
        match ids.len() {
            0 => Err(format!(
                "`{pattern}` is no case of this suite; see `conformance list`"
            )),
            matches if matches > MOST_MATCHES => Err(format!(
                "`{pattern}` matches {matches} cases, at most {MOST_MATCHES} may be meant"
            )),
            _ => {
                let known = Known {
                    reason: reason.to_owned(),
                    sometimes,
                };
                let ids = ids.into_iter().map(str::to_owned);
                self.0.extend(ids.map(|id| (id, known.clone())));
                Ok(())
            }
        }
    }

    /// The cases, in order.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// The cases that fail in every run, in order.
    pub fn always(&self) -> impl Iterator<Item = &str> {
        let always = self.0.iter().filter(|(_, known)| !known.sometimes);
        always.map(|(id, _)| id.as_str())
    }

    /// The cases that fail in some runs only, in order.
    pub fn sometimes(&self) -> impl Iterator<Item = &str> {
        let sometimes = self.0.iter().filter(|(_, known)| known.sometimes);
        sometimes.map(|(id, _)| id.as_str())
    }

    /// Whether nothing is expected to fail.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What a verdict becomes in the light of the expectation.
    pub(crate) fn judge(&self, case: &str, judged: Judged) -> Verdict {
        let is_interrupted_once = judged.is_interrupted_once();
        let verdict = judged.verdict;
        let Some(Known { reason, sometimes }) = self.0.get(case) else {
            return verdict;
        };
        let fails = match verdict.status {
            Status::Fail | Status::Overclaim => true,
            // In one attempt it failed, in the other it did not: that is `sometimes`.
            Status::Error => *sometimes && is_interrupted_once,
            _ => false,
        };
        match verdict.status {
            Status::Pass if *sometimes => verdict,
            _ if fails => Verdict {
                status: Status::Xfail,
                reason: Some(format!("expected: {reason}")),
                ..verdict
            },
            Status::Pass => Verdict::because(
                Status::Xpass,
                format!(
                    "it passes although it is listed as an expected failure ({reason}); remove it from the list"
                ),
            ),
            Status::Unsupported | Status::Underclaim => Verdict::because(
                Status::Xpass,
                "it is listed as an expected failure, but its feature is not declared; remove it from the list",
            ),
            _ => verdict,
        }
    }
}

#[cfg(test)]
mod tests {
    use conformance_model::Evidence;

    use super::*;
    use crate::case_run::Service;

    #[test]
    fn not_answering_once_is_one_of_the_runs_in_which_a_case_fails() {
        let known = |sometimes| {
            let reason = "a race".to_owned();
            ExpectedFailures([("case".to_owned(), Known { reason, sometimes })].into())
        };
        let once = || Judged {
            verdict: Verdict::because(Status::Error, "not answered once").with_evidence(Evidence {
                clause: "KV-GET-1".into(),
                message: "get".into(),
                expected: "no error".into(),
                actual: "unavailable".into(),
                location: "case.rs:1".into(),
            }),
            attempts: 2,
            service: Service::Answered,
        };
        let judge = |sometimes, judged| known(sometimes).judge("case", judged).status;
        assert_eq!(judge(true, once()), Status::Xfail);
        assert_eq!(judge(false, once()), Status::Error);
        assert_eq!(known(true).judge("other", once()).status, Status::Error);
        let lost = Judged {
            service: Service::Lost,
            ..once()
        };
        assert_eq!(judge(true, lost), Status::Error);
        let of_the_harness = Judged {
            attempts: 1,
            ..once()
        };
        assert_eq!(judge(true, of_the_harness), Status::Error);
    }
}
