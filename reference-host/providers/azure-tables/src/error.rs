//! Answers that are failures, as the contract's kinds. The service's text goes to
//! the host's log only: it may name keys and places.

use std::borrow::Cow;
use std::time::Duration;

use cloud_contract::{Error, ErrorKind};
use reqwest::StatusCode;
use serde_json::Value;

/// A reply of a form that no request of ours has.
pub(crate) fn unexpected_reply() -> Error {
    ErrorKind::Other(Cow::Borrowed("the service answered in an unexpected form")).into()
}

/// The service's name for what is wrong, out of the body of a refusal.
pub(crate) fn code(body: &[u8]) -> String {
    if let Ok(body) = serde_json::from_slice::<Value>(body) {
        let code = body.get("odata.error").and_then(|error| error.get("code"));
        return code.and_then(Value::as_str).unwrap_or_default().to_owned();
    }
    // Some answers come from in front of the tables, as XML.
    azure_access::code(body)
}

/// A refusal.
pub(crate) fn refusal(status: StatusCode, code: &str, retry_after: Option<Duration>) -> Error {
    let throttled = || ErrorKind::Throttled { retry_after };
    let kind = match (status.as_u16(), code) {
        (_, "ServerBusy" | "AccountIOPSLimitExceeded") | (429, _) => throttled(),
        // The effect of these is not known.
        (_, "OperationTimedOut") | (408 | 504, _) => ErrorKind::Timeout,
        (_, "TableBeingDeleted" | "TableNotReady") => ErrorKind::Unavailable,
        (401 | 403, _) | (_, "InvalidAuthenticationInfo" | "AuthenticationFailed") => {
            ErrorKind::AccessDenied
        }
        (404, "TableNotFound" | "ResourceNotFound") => ErrorKind::NotFound,
        (500 | 502 | 503, _) => ErrorKind::Unavailable,
        _ => ErrorKind::Other(Cow::Borrowed("the service refused a request")),
    };
    Error::with_source(kind, format!("{status} {code}"))
}

/// Whether a table of the name is on its way out, which takes a while.
pub(crate) fn is_being_deleted(error: &Error) -> bool {
    std::error::Error::source(error)
        .is_some_and(|source| source.to_string().contains("TableBeingDeleted"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, code: &str) -> ErrorKind {
        let wait = Some(Duration::from_secs(3));
        let error = refusal(StatusCode::from_u16(status).unwrap(), code, wait);
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
        assert_eq!(kind(504, ""), ErrorKind::Timeout);
        for (status, code) in [(500, "InternalError"), (502, ""), (503, "sesame")] {
            assert_eq!(kind(status, code), ErrorKind::Unavailable);
        }
        assert_eq!(kind(409, "TableBeingDeleted"), ErrorKind::Unavailable);
        for (status, code) in [
            (401, ""),
            (403, "AuthenticationFailed"),
            (403, "AuthorizationPermissionMismatch"),
            (403, "sesame"),
            (400, "InvalidAuthenticationInfo"),
        ] {
            assert_eq!(kind(status, code), ErrorKind::AccessDenied);
        }
        assert_eq!(kind(404, "TableNotFound"), ErrorKind::NotFound);
        for (status, code) in [(400, "InvalidInput"), (404, "sesame"), (302, "")] {
            assert!(matches!(kind(status, code), ErrorKind::Other(_)));
        }
    }

    #[test]
    fn codes_are_found_in_both_forms() {
        let json = br#"{"odata.error":{"code":"TableNotFound","message":{"value":"sesame"}}}"#;
        assert_eq!(code(json), "TableNotFound");
        let xml = b"\xef\xbb\xbf<?xml version=\"1.0\"?><Error><Code>ServerBusy</Code></Error>";
        assert_eq!(code(xml), "ServerBusy");
    }
}
