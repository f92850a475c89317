//! Files that cannot be parsed: as errors for those who stop at the first one, and as
//! problems for those who tell all.

use crate::check::{Place, Problem, Rule, Texts};
use crate::wit::{self, Fault};
use crate::{Sources, SpecError};

/// What a file is part of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Wit,
    Features,
    Proposals,
    Cases,
}

/// A file that cannot be parsed.
#[derive(Debug)]
pub(crate) struct Broken {
    pub(crate) part: Part,
    pub(crate) problem: Problem,
    pub(crate) error: SpecError,
    /// A package or a name that is not among the files.
    pub(crate) missing: Option<String>,
}

impl Broken {
    pub(crate) fn wit(fault: Fault, sources: &Sources, texts: &Texts) -> Self {
        let error = SpecError::Wit(wit::told(&fault, &sources.wit));
        let file = texts.wit_file(&fault.file);
        let place = match fault.at {
            Some(at) => Place::of(file, at),
            None => Place::whole(file),
        };
        let mut problem = Problem::new(fault.rule, place, fault.message);
        problem.help = fault.help;
        Self {
            part: Part::Wit,
            problem,
            error,
            missing: fault.missing,
        }
    }

    pub(crate) fn features(error: SpecError, texts: &Texts) -> Self {
        Self::toml(Part::Features, error, &texts.roots.features)
    }

    pub(crate) fn proposals(error: SpecError, texts: &Texts) -> Self {
        Self::toml(Part::Proposals, error, &texts.roots.proposals)
    }

    fn toml(part: Part, error: SpecError, root: &str) -> Self {
        let problem = match &error {
            SpecError::Toml { path, source } => {
                let file = format!("{root}{path}");
                let place = match source.span() {
                    Some(at) => Place::of(file, at),
                    None => Place::whole(file),
                };
                Problem::new(Rule::Syntax, place, source.message())
            }
            other => Problem::new(Rule::Syntax, Place::whole(root), other.to_string()),
        };
        Self {
            part,
            problem,
            error,
            missing: None,
        }
    }

    pub(crate) fn cases(error: serde_json::Error, texts: &Texts) -> Self {
        let file = texts.cases_file();
        let place = match (error.line(), texts.get(&file)) {
            (0, _) | (_, None) => Place::whole(file),
            (line, Some(text)) => {
                let before: usize = text
                    .split_inclusive('\n')
                    .take(line - 1)
                    .map(str::len)
                    .sum();
                let at = before + error.column().saturating_sub(1);
                Place::of(file, at..at + 1)
            }
        };
        // The place is told beside the message.
        let message = error.to_string();
        let (message, _) = message.split_once(" at line ").unwrap_or((&message, ""));
        Self {
            part: Part::Cases,
            problem: Problem::new(Rule::Syntax, place, message),
            error: SpecError::Cases { source: error },
            missing: None,
        }
    }
}
