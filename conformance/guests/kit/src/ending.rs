//! How a case stops before its end, and how errors decide which way.

use core::panic::Location;

use crate::bindings::cloud::types::errors::Error;
use crate::bindings::exports::cloud::conformance::suite::{Ending, Failure};
use crate::show::Show;
use crate::suite::ROOT;

/// What a case, or a part of it, returns.
pub type Outcome = Result<(), Stop>;

/// What an actor returns: what it saw, one text for each observation.
pub type Observations = Result<Vec<String>, Stop>;

/// Why a case stopped before its end. Only checks make one.
#[derive(Debug)]
pub struct Stop(Box<Ending>);

/// What brought a case to its stop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cause {
    /// An answer that the clause does not allow.
    Broken,
    /// The answer `unsupported`.
    Unsupported,
    /// No answer, no connection, or a refusal for now: nothing is said about the
    /// provider.
    Transient,
}

impl Stop {
    pub(crate) fn new(
        cause: Cause,
        clause: &str,
        message: &str,
        expected: String,
        actual: String,
        location: &Location<'_>,
    ) -> Self {
        let failure = Failure {
            clause: clause.to_owned(),
            message: message.to_owned(),
            expected,
            actual,
            location: format!("{ROOT}{}:{}", location.file(), location.line()),
            unsupported: cause == Cause::Unsupported,
        };
        Self(Box::new(if cause == Cause::Transient {
            Ending::Interrupted(failure)
        } else {
            Ending::Failed(failure)
        }))
    }

    pub(crate) fn into_ending(self) -> Ending {
        *self.0
    }
}

/// An error that a function under test can return.
pub trait Failing: Show {
    /// The shared error in it, where there is exactly one.
    fn error(&self) -> Option<&Error>;

    /// What it says about the provider.
    fn cause(&self) -> Cause {
        match self.error() {
            Some(Error::Unavailable | Error::Timeout | Error::Throttled(_)) => Cause::Transient,
            Some(Error::Unsupported(_)) => Cause::Unsupported,
            _ => Cause::Broken,
        }
    }
}

/// What several errors of one call say: where the service answered for none of them, the
/// call as a whole can be made again.
pub(crate) fn cause_of_all<'a>(errors: impl Iterator<Item = &'a Error>) -> Cause {
    let mut causes = errors.map(Error::cause);
    let Some(first) = causes.next() else {
        return Cause::Broken;
    };
    match causes.all(|cause| cause == first) {
        true => first,
        false => Cause::Broken,
    }
}

impl Failing for Error {
    fn error(&self) -> Option<&Error> {
        Some(self)
    }
}
