//! What the service and the connection report, as one of the contract's kinds. Their text
//! goes to the host's log only: it may name keys and places.

use std::borrow::Cow;

use cloud_contract::{Error, ErrorKind};
use serde::Deserialize;

/// Why a request was not carried out, or may not have been.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    pub(crate) verdict: Verdict,
    /// That of the answer; zero where there was none.
    pub(crate) status: u16,
    error: Error,
}

/// What follows from a failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// There is no such object. Nothing was done.
    Absent,
    /// The condition of the request did not hold. Nothing was done.
    Stale,
    /// It is there already. Nothing was done.
    Exists,
    /// Too much at a time. Nothing was done; it may be tried again.
    Throttled,
    /// There was no answer, or none that says what was done.
    Lost,
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
            status: 0,
            error,
        }
    }
}

impl From<reqwest::Error> for Failure {
    fn from(failed: reqwest::Error) -> Self {
        let kind = if failed.is_timeout() {
            ErrorKind::Timeout
        } else {
            ErrorKind::Unavailable
        };
        // Its text has the address of the service and the name of the object.
        Self {
            verdict: Verdict::Lost,
            status: 0,
            error: Error::with_source(kind, failed.without_url()),
        }
    }
}

impl Failure {
    pub(crate) fn timeout() -> Self {
        Self {
            verdict: Verdict::Lost,
            status: 0,
            error: ErrorKind::Timeout.into(),
        }
    }

    /// A status that is none of success, and what came with it.
    pub(crate) fn refusal(status: u16, body: &[u8]) -> Self {
        let said = Said::read(body);
        let (verdict, kind) = judge(status, &said);
        let told = Refused {
            status,
            text: said.message,
        };
        Self {
            verdict,
            status,
            error: Error::with_source(kind, told),
        }
    }
}

/// The text of a refusal, for the host's log.
#[derive(Debug)]
struct Refused {
    status: u16,
    text: String,
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "status {}: {}", self.status, self.text)
    }
}

impl std::error::Error for Refused {}

/// What an answer of the JSON API says of a failure.
#[derive(Debug, Default, Deserialize)]
struct Said {
    #[serde(default)]
    message: String,
    #[serde(default)]
    errors: Vec<Reason>,
}

#[derive(Debug, Deserialize)]
struct Reason {
    #[serde(default)]
    reason: String,
}

impl Said {
    /// Answers to requests for bytes are plain text.
    fn read(body: &[u8]) -> Self {
        #[derive(Deserialize)]
        struct Answer {
            error: Said,
        }
        match serde_json::from_slice::<Answer>(body) {
            Ok(answer) => answer.error,
            Err(_) => Self {
                message: String::from_utf8_lossy(body.get(..200).unwrap_or(body)).into_owned(),
                errors: Vec::new(),
            },
        }
    }
}

fn judge(status: u16, said: &Said) -> (Verdict, ErrorKind) {
    let throttled = (
        Verdict::Throttled,
        ErrorKind::Throttled { retry_after: None },
    );
    let limits = ["rateLimitExceeded", "userRateLimitExceeded"];
    match status {
        401 => (Verdict::Final, ErrorKind::AccessDenied),
        403 if said
            .errors
            .iter()
            .any(|said| limits.contains(&&*said.reason)) =>
        {
            throttled
        }
        403 => (Verdict::Final, ErrorKind::AccessDenied),
        // The reason is the same for a bucket and for an object.
        404 if said.message.contains("bucket does not exist") => {
            (Verdict::Final, ErrorKind::NotFound)
        }
        404 => (Verdict::Absent, ErrorKind::NotFound),
        408 | 504 => (Verdict::Lost, ErrorKind::Timeout),
        409 => (Verdict::Exists, ErrorKind::AlreadyExists),
        412 => (Verdict::Stale, ErrorKind::PreconditionFailed),
        416 => (Verdict::Final, ErrorKind::OutOfRange),
        429 => throttled,
        // What it did before it gave up is not known.
        500.. => (Verdict::Lost, ErrorKind::Unavailable),
        _ => (
            Verdict::Final,
            ErrorKind::Other(Cow::Borrowed("the service refused a request")),
        ),
    }
}

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

#[cfg(test)]
mod tests {
    use super::*;

    fn body(reason: &str, message: &str) -> String {
        format!(
            "{{\"error\":{{\"code\":1,\"message\":\"{message}\",\"errors\":[{{\"reason\":\"{reason}\"}}]}}}}"
        )
    }

    #[test]
    fn refusals_have_kinds_and_verdicts() {
        let throttled = ErrorKind::Throttled { retry_after: None };
        for (status, reason, message, verdict, kind) in [
            (
                401,
                "authError",
                "",
                Verdict::Final,
                ErrorKind::AccessDenied,
            ),
            (
                403,
                "forbidden",
                "",
                Verdict::Final,
                ErrorKind::AccessDenied,
            ),
            (
                403,
                "rateLimitExceeded",
                "",
                Verdict::Throttled,
                throttled.clone(),
            ),
            (
                404,
                "notFound",
                "No such object: b/k",
                Verdict::Absent,
                ErrorKind::NotFound,
            ),
            (
                404,
                "notFound",
                "The specified bucket does not exist.",
                Verdict::Final,
                ErrorKind::NotFound,
            ),
            (
                412,
                "conditionNotMet",
                "",
                Verdict::Stale,
                ErrorKind::PreconditionFailed,
            ),
            (416, "", "", Verdict::Final, ErrorKind::OutOfRange),
            (429, "rateLimitExceeded", "", Verdict::Throttled, throttled),
            (
                503,
                "backendError",
                "",
                Verdict::Lost,
                ErrorKind::Unavailable,
            ),
            (504, "", "", Verdict::Lost, ErrorKind::Timeout),
        ] {
            let failure = Failure::refusal(status, body(reason, message).as_bytes());
            assert_eq!(failure.verdict, verdict, "{status} {reason}");
            assert_eq!(Error::from(failure).kind(), &kind, "{status} {reason}");
        }
    }

    #[test]
    fn text_of_the_service_stays_out_of_ours() {
        for body in [
            body("sesame", "sesame"),
            "sesame".to_owned(),
            "{}".to_owned(),
        ] {
            let error = Error::from(Failure::refusal(400, body.as_bytes()));
            assert!(matches!(error.kind(), ErrorKind::Other(_)));
            let text = format!("{error} {error:?}");
            assert!(!text.contains("sesame"), "{text}");
        }
    }
}
