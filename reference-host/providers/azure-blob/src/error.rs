//! Answers that are failures, as the contract's kinds. The service's text goes to the
//! host's log only: it may name keys and places.

use std::borrow::Cow;
use std::time::Duration;

use cloud_contract::{Error, ErrorKind};

/// A request that failed: what a guest sees of it, and what the service calls it.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) error: Error,
    /// Empty where there was no answer.
    pub(crate) code: String,
}

impl Failure {
    pub(crate) fn kind(&self) -> &ErrorKind {
        self.error.kind()
    }

    /// Whether the service has no such blob. That the container of the account is gone
    /// is another matter.
    pub(crate) fn is_absent(&self) -> bool {
        *self.kind() == ErrorKind::NotFound && self.code != CONTAINER_GONE
    }

    /// Whether a condition of the request did not hold.
    pub(crate) fn is_stale(&self) -> bool {
        *self.kind() == ErrorKind::PreconditionFailed
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self {
            error,
            code: String::new(),
        }
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

/// What the service says of a container that is not there, or on its way out.
pub(crate) const CONTAINER_GONE: &str = "ContainerNotFound";
pub(crate) const CONTAINER_LEAVING: &str = "ContainerBeingDeleted";
/// A list of blocks names one that is not there.
pub(crate) const NO_SUCH_BLOCK: &str = "InvalidBlockList";

/// A reply of a form that none to our requests has.
pub(crate) fn unexpected_reply() -> Error {
    ErrorKind::Other(Cow::Borrowed("the service answered in an unexpected form")).into()
}

/// Too much at a time, and nothing happened.
pub(crate) fn throttled() -> Error {
    ErrorKind::Throttled { retry_after: None }.into()
}

/// The state is another one than expected.
pub(crate) fn stale() -> Error {
    ErrorKind::PreconditionFailed.into()
}

/// A refusal.
pub(crate) fn refusal(status: u16, code: String, retry_after: Option<Duration>) -> Failure {
    let kind = match (status, code.as_str()) {
        (_, "ServerBusy" | "AccountIOPSLimitExceeded" | "TooManyRequests") | (429, _) => {
            ErrorKind::Throttled { retry_after }
        }
        // The effect of these is not known.
        (_, "OperationTimedOut") | (408 | 504, _) => ErrorKind::Timeout,
        (_, CONTAINER_LEAVING) => ErrorKind::Unavailable,
        (
            _,
            "ConditionNotMet"
            | "SourceConditionNotMet"
            | "TargetConditionNotMet"
            | "BlobAlreadyExists",
        ) => ErrorKind::PreconditionFailed,
        (_, "ContainerAlreadyExists") => ErrorKind::AlreadyExists,
        (401 | 403, _) | (_, "InvalidAuthenticationInfo" | "AuthenticationFailed") => {
            ErrorKind::AccessDenied
        }
        (416, _) => ErrorKind::OutOfRange,
        (404, _) => ErrorKind::NotFound,
        (412, "") => ErrorKind::PreconditionFailed,
        (500.., _) => ErrorKind::Unavailable,
        _ => ErrorKind::Other(Cow::Borrowed("the service refused a request")),
    };
    Failure {
        error: Error::with_source(kind, format!("{status} {code}")),
        code,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, code: &str) -> ErrorKind {
        let failure = refusal(status, code.to_owned(), Some(Duration::from_secs(3)));
        let error = Error::from(failure);
        assert!(!format!("{error} {error:?}").contains("sesame"));
        error.kind().clone()
    }

    #[test]
    fn refusals_have_kinds() {
        let throttled = ErrorKind::Throttled {
            retry_after: Some(Duration::from_secs(3)),
        };
        assert_eq!(kind(503, "ServerBusy"), throttled);
        assert_eq!(kind(429, ""), throttled);
        assert_eq!(kind(500, "OperationTimedOut"), ErrorKind::Timeout);
        for (status, code) in [(500, "InternalError"), (502, ""), (503, "sesame")] {
            assert_eq!(kind(status, code), ErrorKind::Unavailable);
        }
        for (status, code) in [
            (409, "BlobAlreadyExists"),
            (412, "ConditionNotMet"),
            (412, "SourceConditionNotMet"),
            (412, "TargetConditionNotMet"),
            (412, ""),
        ] {
            assert_eq!(kind(status, code), ErrorKind::PreconditionFailed);
        }
        for (status, code) in [
            (401, ""),
            (403, "AuthenticationFailed"),
            (403, "sesame"),
            (400, "InvalidAuthenticationInfo"),
        ] {
            assert_eq!(kind(status, code), ErrorKind::AccessDenied);
        }
        assert_eq!(kind(404, "BlobNotFound"), ErrorKind::NotFound);
        assert_eq!(kind(416, "InvalidRange"), ErrorKind::OutOfRange);
        assert_eq!(kind(409, CONTAINER_LEAVING), ErrorKind::Unavailable);
        for (status, code) in [
            (400, "InvalidInput"),
            (302, ""),
            // Somebody holds a lease.
            (412, "LeaseIdMissing"),
        ] {
            assert!(matches!(kind(status, code), ErrorKind::Other(_)));
        }
    }

    #[test]
    fn a_blob_that_is_absent_is_told_from_its_container() {
        assert!(refusal(404, "BlobNotFound".to_owned(), None).is_absent());
        assert!(refusal(404, String::new(), None).is_absent());
        assert!(!refusal(404, CONTAINER_GONE.to_owned(), None).is_absent());
    }
}
