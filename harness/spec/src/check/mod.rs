//! What is wrong with a specification: the rules that hold the WIT, the clauses,
//! the features, the proposals and the cases together.
//!
//! Each check returns what it found; who calls it decides what to do with it. None
//! knows how a problem is shown.

mod cases;
mod features;
mod gates;
mod input;
mod mentions;
mod names;
mod overview;
mod place;
mod references;
mod rule;
mod run;

pub(crate) use cases::{cases, coverage};
pub(crate) use features::{features, limits};
pub(crate) use gates::gates;
pub(crate) use mentions::{Span, spans};
pub(crate) use names::{layout, names};
pub(crate) use overview::overview;
pub(crate) use place::{Place, Roots, Texts};
pub(crate) use references::{references, unknown_clause};
pub use rule::Rule;
pub use run::check;

/// A broken rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Problem {
    /// Which rule.
    pub(crate) rule: Rule,
    /// Where.
    pub(crate) place: Place,
    /// What is wrong.
    pub(crate) message: String,
    /// What to do about it.
    pub(crate) help: Option<String>,
    /// A place that says more, if it can be read.
    pub(crate) better: Option<Better>,
}

/// A text in a file that is no part of the specification.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Better {
    pub(crate) file: String,
    pub(crate) text: String,
}

impl Problem {
    pub(crate) fn new(rule: Rule, place: Place, message: impl Into<String>) -> Self {
        Self {
            rule,
            place,
            message: message.into(),
            help: None,
            better: None,
        }
    }

    /// The same with what to do about it.
    pub(crate) fn helped(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}
