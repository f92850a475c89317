//! What the process reports, as one of the contract's kinds, and what is wrong
//! with the process itself.

use std::borrow::Cow;
use std::time::Duration;

use cloud_contract::{Error, ErrorKind};
use serde::Deserialize;
use serde_json::Value;

/// A text that is meant for people is cut here.
const LONGEST_TEXT: usize = 200;

/// An error as it stands in an answer: the name of a case of the WIT variant and
/// its payload.
#[derive(Debug, Deserialize)]
pub(crate) struct Failure {
    name: String,
    #[serde(default)]
    payload: Value,
    /// For the host's log alone.
    #[serde(default)]
    log: Option<String>,
}

impl Failure {
    /// The process knows no such call.
    pub(crate) fn is_unsupported(&self) -> bool {
        self.name == "unsupported"
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        let kind = kind(&failure.name, failure.payload).unwrap_or_else(unexpected_kind);
        match failure.log {
            Some(log) => Self::with_source(kind, log),
            None => kind.into(),
        }
    }
}

/// None for a name or a payload that the protocol does not have.
fn kind(name: &str, payload: Value) -> Option<ErrorKind> {
    Some(match name {
        "not-found" => ErrorKind::NotFound,
        "already-exists" => ErrorKind::AlreadyExists,
        "access-denied" => ErrorKind::AccessDenied,
        "invalid-argument" => ErrorKind::InvalidArgument(text(payload)?),
        "too-large" => ErrorKind::TooLarge {
            limit: payload.as_u64()?,
        },
        "precondition-failed" => ErrorKind::PreconditionFailed,
        "wrong-type" => ErrorKind::WrongType,
        "out-of-range" => ErrorKind::OutOfRange,
        "unsupported" => ErrorKind::Unsupported {
            feature: text(payload)?,
        },
        "throttled" => ErrorKind::Throttled {
            retry_after: match payload {
                Value::Null => None,
                payload => Some(Duration::from_nanos(payload.as_u64()?)),
            },
        },
        "timeout" => ErrorKind::Timeout,
        "unavailable" => ErrorKind::Unavailable,
        "expired" => ErrorKind::Expired,
        "cancelled" => ErrorKind::Cancelled,
        "other" => ErrorKind::Other(text(payload)?),
        _ => return None,
    })
}

fn text(payload: Value) -> Option<Cow<'static, str>> {
    match payload {
        Value::String(text) => Some(Cow::Owned(short(&text))),
        _ => None,
    }
}

/// A text of the process in a form that fits into a line of ours.
pub(crate) fn short(text: &str) -> String {
    let plain = text.chars().filter(|sign| !sign.is_control());
    plain.take(LONGEST_TEXT).collect()
}

fn unexpected_kind() -> ErrorKind {
    ErrorKind::Other(Cow::Borrowed(
        "the provider process answered in a form that the protocol does not have",
    ))
}

/// An answer whose id is right, and nothing else. The process may have carried
/// the call out.
pub(crate) fn unexpected_answer(
    source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> Error {
    Error::with_source(unexpected_kind(), source)
}

/// Why the process is of no use any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It ended, with this status where that is known.
    Ended(Option<String>),
    /// It does not take requests any more.
    Deaf(Option<String>),
    /// A line is no JSON object with an id.
    Garbage,
    /// Nobody waits for an answer with this id.
    Stray,
    /// A line goes on and on.
    Endless,
    /// Too many requests were given up and never answered.
    Silent,
    /// The provider was dropped.
    Closed,
}

impl Fault {
    /// What happened, for people.
    pub(crate) fn text(&self) -> String {
        let status = |status: &Option<String>| match status {
            Some(status) => format!(" ({status})"),
            None => String::new(),
        };
        match self {
            Self::Ended(ending) => format!("it ended{}", status(ending)),
            Self::Deaf(ending) => format!("it closed its standard input{}", status(ending)),
            Self::Garbage => {
                "it wrote a line to its standard output that is no answer (a JSON object with an id)"
                    .to_owned()
            }
            Self::Stray => {
                "it answered a request that was not made, or was answered before".to_owned()
            }
            Self::Endless => format!("it wrote a line of more than {} bytes", crate::link::LINE_MAX),
            Self::Silent => "it left too many requests without an answer".to_owned(),
            Self::Closed => "it was stopped".to_owned(),
        }
    }
}

/// The process is gone: what became of a call that it was to carry out is unknown.
impl From<&Fault> for Error {
    fn from(fault: &Fault) -> Self {
        Self::with_source(
            ErrorKind::Unavailable,
            format!("the provider process: {}", fault.text()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Error {
        serde_json::from_str::<Failure>(json).unwrap().into()
    }

    #[test]
    fn every_case_of_the_variant_has_its_name() {
        for (json, kind) in [
            (r#"{"name":"not-found"}"#, ErrorKind::NotFound),
            (r#"{"name":"already-exists"}"#, ErrorKind::AlreadyExists),
            (r#"{"name":"access-denied"}"#, ErrorKind::AccessDenied),
            (
                r#"{"name":"invalid-argument","payload":"key: rule"}"#,
                ErrorKind::InvalidArgument("key: rule".into()),
            ),
            (
                r#"{"name":"too-large","payload":512}"#,
                ErrorKind::TooLarge { limit: 512 },
            ),
            (
                r#"{"name":"precondition-failed"}"#,
                ErrorKind::PreconditionFailed,
            ),
            (r#"{"name":"wrong-type"}"#, ErrorKind::WrongType),
            (r#"{"name":"out-of-range"}"#, ErrorKind::OutOfRange),
            (
                r#"{"name":"unsupported","payload":"kv.cas"}"#,
                ErrorKind::Unsupported {
                    feature: "kv.cas".into(),
                },
            ),
            (
                r#"{"name":"throttled"}"#,
                ErrorKind::Throttled { retry_after: None },
            ),
            (
                r#"{"name":"throttled","payload":7}"#,
                ErrorKind::Throttled {
                    retry_after: Some(Duration::from_nanos(7)),
                },
            ),
            (r#"{"name":"timeout"}"#, ErrorKind::Timeout),
            (r#"{"name":"unavailable"}"#, ErrorKind::Unavailable),
            (r#"{"name":"expired"}"#, ErrorKind::Expired),
            (r#"{"name":"cancelled"}"#, ErrorKind::Cancelled),
            (
                r#"{"name":"other","payload":"a\ntext"}"#,
                ErrorKind::Other("atext".into()),
            ),
        ] {
            assert_eq!(read(json).kind(), &kind, "{json}");
        }
    }

    #[test]
    fn other_names_and_payloads_are_unexpected() {
        for json in [
            r#"{"name":"sesame"}"#,
            r#"{"name":"too-large"}"#,
            r#"{"name":"too-large","payload":-1}"#,
            r#"{"name":"throttled","payload":"soon"}"#,
            r#"{"name":"other"}"#,
        ] {
            assert_eq!(read(json).kind(), &unexpected_kind(), "{json}");
        }
    }

    #[test]
    fn what_is_for_the_log_stays_there() {
        let error = read(r#"{"name":"unavailable","log":"sesame"}"#);
        assert!(!format!("{error} {error:?}").contains("sesame"));
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.to_string(), "sesame");
    }
}
