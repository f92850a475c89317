//! What the service and the connection report, as one of the contract's kinds.
//! Their text goes to the host's log only: it may name keys and places.

use std::borrow::Cow;
use std::error::Error as _;

use cloud_contract::{Error, ErrorKind};
use tonic::{Code, Status};

/// Why a request was not carried out, or may not have been.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) verdict: Verdict,
    error: Error,
}

/// What follows from a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The service gave up because of others. Nothing was done; it may be tried
    /// again.
    Contended,
    /// The condition of a write did not hold. Nothing was done.
    Refuted,
    /// The request was wrong in itself. Nothing was done. It is said as well where
    /// a condition names an update time that is later than the document's.
    Invalid,
    /// Nothing to be done about it.
    Final,
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            verdict: Verdict::Final,
            error,
        }
    }
}

impl From<Status> for Failure {
    fn from(status: Status) -> Self {
        // Those of the service have no source: this one was made here, out of a
        // connection that failed.
        let (verdict, kind) = if status.source().is_some() {
            (Verdict::Final, ErrorKind::Unavailable)
        } else {
            judge(status.code())
        };
        Self {
            verdict,
            error: Error::with_source(kind, status),
        }
    }
}

impl Failure {
    /// Of one write among several, by the number of its code.
    pub(crate) fn of_write(code: i32, message: String) -> Self {
        Status::new(Code::from(code), message).into()
    }

    pub(crate) fn timeout() -> Self {
        Error::from(ErrorKind::Timeout).into()
    }
}

fn judge(code: Code) -> (Verdict, ErrorKind) {
    let unavailable = (Verdict::Final, ErrorKind::Unavailable);
    let throttled = ErrorKind::Throttled { retry_after: None };
    match code {
        Code::Aborted => (Verdict::Contended, throttled),
        Code::ResourceExhausted => (Verdict::Final, throttled),
        Code::AlreadyExists | Code::FailedPrecondition => (Verdict::Refuted, refused()),
        // A document that a condition wants, or the database.
        Code::NotFound => (Verdict::Refuted, ErrorKind::NotFound),
        Code::PermissionDenied | Code::Unauthenticated => (Verdict::Final, ErrorKind::AccessDenied),
        Code::DeadlineExceeded => (Verdict::Final, ErrorKind::Timeout),
        // The service and what is before it use all of these for trouble of their
        // own, which may pass; whether a write took effect is not known.
        Code::Unavailable | Code::Internal | Code::Unknown | Code::Cancelled => unavailable,
        Code::InvalidArgument => (Verdict::Invalid, refused()),
        Code::Ok | Code::OutOfRange | Code::Unimplemented | Code::DataLoss => {
            (Verdict::Final, refused())
        }
    }
}

fn refused() -> ErrorKind {
    ErrorKind::Other(Cow::Borrowed("the service refused a request"))
}

/// An answer of a form that the API does not have, or a document that is not ours.
pub(crate) fn unexpected_answer() -> Error {
    ErrorKind::Other(Cow::Borrowed("the service answered in an unexpected form")).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_have_kinds_and_verdicts() {
        let throttled = ErrorKind::Throttled { retry_after: None };
        for (code, verdict, kind) in [
            (Code::Aborted, Verdict::Contended, throttled.clone()),
            (Code::ResourceExhausted, Verdict::Final, throttled),
            (Code::NotFound, Verdict::Refuted, ErrorKind::NotFound),
            (
                Code::PermissionDenied,
                Verdict::Final,
                ErrorKind::AccessDenied,
            ),
            (
                Code::Unauthenticated,
                Verdict::Final,
                ErrorKind::AccessDenied,
            ),
            (Code::DeadlineExceeded, Verdict::Final, ErrorKind::Timeout),
            (Code::Unavailable, Verdict::Final, ErrorKind::Unavailable),
            (Code::Internal, Verdict::Final, ErrorKind::Unavailable),
            (Code::AlreadyExists, Verdict::Refuted, refused()),
            (Code::FailedPrecondition, Verdict::Refuted, refused()),
            (Code::InvalidArgument, Verdict::Invalid, refused()),
        ] {
            let failure = Failure::from(Status::new(code, "sesame"));
            assert_eq!(failure.verdict, verdict, "{code:?}");
            assert!(!format!("{failure:?}").contains("sesame"));
            let error = Error::from(failure);
            assert_eq!(error.kind(), &kind, "{code:?}");
            assert!(!format!("{error} {error:?}").contains("sesame"));
        }
    }

    #[test]
    fn a_failed_connection_is_unavailable() {
        let broken = std::io::Error::from(std::io::ErrorKind::ConnectionReset);
        let status = Status::from_error(Box::new(broken));
        let error = Error::from(Failure::from(status));
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
    }
}
