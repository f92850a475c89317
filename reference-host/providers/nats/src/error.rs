//! What client and service report, as one of the contract's kinds. Their text goes
//! to the host's log only: it may name subjects and places.

use std::borrow::Cow;

use async_nats::client::{RequestError, RequestErrorKind};
use async_nats::{ConnectError, ConnectErrorKind};
use cloud_contract::{Error, ErrorKind};

use crate::api::Refusal;

const BUSY: [u64; 11] = [
    10002, // account resources exceeded
    10023, // insufficient resources
    10026, // maximum consumers limit reached
    10027, // maximum number of streams reached
    10028, // memory resources exceeded
    10047, // storage resources exceeded
    10077, // the store failed: maximum bytes, no space
    10122, // maximum bytes of streams exceeded
    10167, // too many requests
    10176, // messages that belong together were given up
    10210, // too many of them at a time
];
const AWAY: [u64; 6] = [
    10004, // cluster incomplete
    10006, // cluster not active
    10007, // cluster not assigned
    10008, // system temporarily unavailable
    10009, // not the leader
    10118, // stream offline
];
const NO_JETSTREAM: [u64; 2] = [10039, 10076];
const WRONG_LAST_SEQUENCE: [u64; 2] = [10071, 10164];
/// Another write to the subject is being agreed on.
const NOT_READY: u64 = 10163;
const NO_MESSAGE: u64 = 10037;
const NAME_IN_USE: u64 = 10058;
const NOT_CREATED: u64 = 10049;
const NO_STREAM: u64 = 10059;

/// The end of a request that a caller may know what to do about.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody listens: there is no such stream, or nobody leads it.
    NobodyListens,
    /// There is no such stream.
    NoStream,
    /// A stream of this name is there already, with other settings.
    NameInUse,
    /// The files of a new stream could not be made.
    NotCreated(Error),
    /// There is no such message.
    NoMessage,
    /// The expected last sequence was not the last. Nothing was changed.
    OtherSequence,
    /// The same could not be told. Nothing was changed.
    NotReady,
    /// Refused for another reason. Nothing was changed.
    Refused(Error),
    /// Anything else: whether anything was changed is not known.
    Failed(Error),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal.err_code {
            code if WRONG_LAST_SEQUENCE.contains(&code) => Self::OtherSequence,
            NOT_READY => Self::NotReady,
            NO_MESSAGE => Self::NoMessage,
            NAME_IN_USE => Self::NameInUse,
            NOT_CREATED => {
                let kind = refusal_kind(NOT_CREATED, refusal.code);
                Self::NotCreated(Error::with_source(kind, refusal.description))
            }
            NO_STREAM => Self::NoStream,
            code => {
                let kind = refusal_kind(code, refusal.code);
                Self::Refused(Error::with_source(kind, refusal.description))
            }
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Failed(error)
    }
}

/// What is left where no caller knows better.
impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NobodyListens => ErrorKind::Unavailable.into(),
            Failure::NoStream => ErrorKind::NotFound.into(),
            Failure::NotReady => ErrorKind::Throttled { retry_after: None }.into(),
            Failure::NameInUse | Failure::NoMessage | Failure::OtherSequence => unexpected_reply(),
            Failure::NotCreated(error) | Failure::Refused(error) | Failure::Failed(error) => error,
        }
    }
}

fn refusal_kind(err_code: u64, code: u16) -> ErrorKind {
    match (err_code, code) {
        (known, _) if BUSY.contains(&known) => ErrorKind::Throttled { retry_after: None },
        (known, _) if AWAY.contains(&known) => ErrorKind::Unavailable,
        (known, _) if NO_JETSTREAM.contains(&known) => {
            ErrorKind::Other(Cow::Borrowed("JetStream is not enabled"))
        }
        (_, 401 | 403) => ErrorKind::AccessDenied,
        (_, 429) => ErrorKind::Throttled { retry_after: None },
        (_, 503) => ErrorKind::Unavailable,
        _ => ErrorKind::Other(Cow::Borrowed("the service refused a request")),
    }
}

/// Translates a failed attempt to connect.
pub(crate) fn connecting(error: ConnectError) -> Error {
    let kind = match error.kind() {
        ConnectErrorKind::Authentication | ConnectErrorKind::AuthorizationViolation => {
            ErrorKind::AccessDenied
        }
        ConnectErrorKind::TimedOut => ErrorKind::Timeout,
        _ => ErrorKind::Unavailable,
    };
    Error::with_source(kind, error)
}

/// Translates a request that got no answer.
pub(crate) fn asking(error: RequestError) -> Failure {
    let kind = match error.kind() {
        RequestErrorKind::NoResponders => return Failure::NobodyListens,
        RequestErrorKind::TimedOut => ErrorKind::Timeout,
        RequestErrorKind::InvalidSubject | RequestErrorKind::MaxPayloadExceeded => {
            ErrorKind::Other(Cow::Borrowed("the client refused a request"))
        }
        RequestErrorKind::Other => ErrorKind::Unavailable,
    };
    Failure::Failed(Error::with_source(kind, error))
}

/// An answer of a form that no request of ours has.
pub(crate) fn unexpected_reply() -> Error {
    ErrorKind::Other(Cow::Borrowed("the service answered in an unexpected form")).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{Ack, Answer as _};

    fn refused(code: u16, err_code: u64) -> Failure {
        let json = format!(
            r#"{{"error":{{"code":{code},"err_code":{err_code},"description":"sesame"}}}}"#
        );
        Ack::read(json.as_bytes()).unwrap_err()
    }

    #[test]
    fn refusals_of_the_service_have_kinds() {
        let throttled = ErrorKind::Throttled { retry_after: None };
        for (code, err_code, kind) in [
            (503, 10023, &throttled),
            (400, 10027, &throttled),
            (500, 10047, &throttled),
            (503, 10077, &throttled),
            (429, 10167, &throttled),
            (400, 10163, &throttled),
            (503, 10008, &ErrorKind::Unavailable),
            (503, 99999, &ErrorKind::Unavailable),
            (404, 10059, &ErrorKind::NotFound),
            (403, 99999, &ErrorKind::AccessDenied),
        ] {
            let error = Error::from(refused(code, err_code));
            assert_eq!(error.kind(), kind, "{err_code}");
        }
        assert!(matches!(refused(400, 10071), Failure::OtherSequence));
        assert!(matches!(refused(400, 10164), Failure::OtherSequence));
        assert!(matches!(refused(404, 10037), Failure::NoMessage));
    }

    #[test]
    fn text_of_the_service_stays_out_of_ours() {
        for (code, err_code) in [(400, 10003), (500, 12345), (503, 10076)] {
            let error = Error::from(refused(code, err_code));
            assert!(matches!(error.kind(), ErrorKind::Other(_)), "{err_code}");
            assert!(!format!("{error} {error:?}").contains("sesame"));
        }
        assert!(Ack::read(b"sesame").is_err());
    }

    #[test]
    fn attempts_to_connect_fail_in_their_kinds() {
        for (client, kind) in [
            (
                ConnectErrorKind::AuthorizationViolation,
                ErrorKind::AccessDenied,
            ),
            (ConnectErrorKind::Authentication, ErrorKind::AccessDenied),
            (ConnectErrorKind::TimedOut, ErrorKind::Timeout),
            (ConnectErrorKind::Io, ErrorKind::Unavailable),
            (ConnectErrorKind::Dns, ErrorKind::Unavailable),
            (ConnectErrorKind::Tls, ErrorKind::Unavailable),
        ] {
            let error = connecting(ConnectError::with_source(client, "sesame"));
            assert_eq!(error.kind(), &kind);
            assert!(!format!("{error} {error:?}").contains("sesame"));
        }
    }
}
