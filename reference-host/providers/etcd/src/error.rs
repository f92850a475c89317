//! What the client reports, as one of the contract's kinds. The client's text goes to
//! the host's log only: it may name keys and places.

use std::borrow::Cow;
use std::error::Error as _;

use cloud_contract::{Error, ErrorKind};
use tonic::{Code, Status};

/// Translates a failure of a request.
pub(crate) fn translate(status: Status) -> Error {
    let kind = kind(&status);
    Error::with_source(kind, status)
}

/// A reply of a form that no request of ours has.
pub(crate) fn unexpected_reply() -> Error {
    other("the service answered in an unexpected form").into()
}

/// Whether the login has run out. Nothing was done then.
pub(crate) fn needs_login(status: &Status) -> bool {
    status.code() == Code::Unauthenticated && status.source().is_none()
}

/// Whether the lease of a write has ended. Nothing was done then.
pub(crate) fn lost_lease(status: &Status) -> bool {
    status.code() == Code::NotFound && status.message().contains("lease not found")
}

/// Whether a lease of this number is there already.
pub(crate) fn lease_exists(status: &Status) -> bool {
    status.code() == Code::FailedPrecondition && status.message().contains("lease already exists")
}

fn kind(status: &Status) -> ErrorKind {
    let text = status.message();
    match status.code() {
        // What the client says itself has a cause: it is the connection.
        Code::DeadlineExceeded => ErrorKind::Timeout,
        _ if status.source().is_some() => ErrorKind::Unavailable,
        Code::PermissionDenied | Code::Unauthenticated => ErrorKind::AccessDenied,
        // Words of the server for a wrong login.
        Code::InvalidArgument if text.contains("authentication failed") => ErrorKind::AccessDenied,
        Code::InvalidArgument if text.contains("user name is empty") => ErrorKind::AccessDenied,
        // The database is full, or there are too many requests.
        Code::ResourceExhausted => ErrorKind::Throttled { retry_after: None },
        Code::Unavailable if text.contains("timed out") => ErrorKind::Timeout,
        Code::Unavailable | Code::Cancelled | Code::Aborted => ErrorKind::Unavailable,
        // Streams and connections that were cut off.
        Code::Internal | Code::Unknown if text.contains("h2") || text.contains("transport") => {
            ErrorKind::Unavailable
        }
        _ => other("the service refused a request"),
    }
}

fn other(text: &'static str) -> ErrorKind {
    ErrorKind::Other(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_the_service_have_kinds() {
        for (code, text, kind) in [
            (
                Code::PermissionDenied,
                "etcdserver: permission denied",
                ErrorKind::AccessDenied,
            ),
            (
                Code::Unauthenticated,
                "etcdserver: invalid auth token",
                ErrorKind::AccessDenied,
            ),
            (
                Code::InvalidArgument,
                "etcdserver: authentication failed, invalid user ID or password",
                ErrorKind::AccessDenied,
            ),
            (
                Code::InvalidArgument,
                "etcdserver: user name is empty",
                ErrorKind::AccessDenied,
            ),
            (
                Code::ResourceExhausted,
                "etcdserver: mvcc: database space exceeded",
                ErrorKind::Throttled { retry_after: None },
            ),
            (
                Code::Unavailable,
                "etcdserver: request timed out",
                ErrorKind::Timeout,
            ),
            (
                Code::Unavailable,
                "etcdserver: no leader",
                ErrorKind::Unavailable,
            ),
            (Code::DeadlineExceeded, "", ErrorKind::Timeout),
        ] {
            assert_eq!(translate(Status::new(code, text)).kind(), &kind, "{text}");
        }
        let error = translate(Status::new(Code::InvalidArgument, "sesame"));
        assert!(matches!(error.kind(), ErrorKind::Other(_)));
        assert!(!format!("{error} {error:?}").contains("sesame"));
    }
}
