//! What the process reports, as one of the contract's kinds, and what is wrong
//! with the process itself.

use std::borrow::Cow;
use std::fmt;
use std::time::Duration;

use cloud_contract::{Error, ErrorKind, Result};

use crate::form::{At, Form, Json, Members};

/// A text that is meant for people is cut here.
const LONGEST_TEXT: usize = 200;

/// An error as it stood in an answer: the name of a case of the WIT variant, its
/// payload, and a text for the host's log alone.
#[derive(Debug)]
pub(crate) struct Failure {
    /// The process knows no such call.
    pub(crate) is_unsupported: bool,
    pub(crate) error: Error,
}

impl Form for Failure {
    fn read(json: Json, at: &At<'_>) -> Result<Self> {
        let mut members = Members::of(json, at)?;
        let name: String = members.required("name")?;
        let payload = members.take("payload").unwrap_or_default();
        let log: Option<String> = members.optional("log")?;
        // A payload of another form does not hide that the call is not known.
        let error = match kind(&name, payload, at) {
            Ok(kind) => match log {
                Some(log) => Error::with_source(kind, log),
                None => kind.into(),
            },
            Err(error) => error,
        };
        Ok(Self {
            is_unsupported: name == "unsupported",
            error,
        })
    }
}

/// # Errors
/// `other` for a name or a payload that the protocol does not have.
fn kind(name: &str, payload: Json, at: &At<'_>) -> Result<ErrorKind> {
    let place = At::Member(at, "payload");
    let text = |payload| String::read(payload, &place).map(|text| Cow::Owned(short(&text)));
    Ok(match name {
        "not-found" => ErrorKind::NotFound,
        "already-exists" => ErrorKind::AlreadyExists,
        "access-denied" => ErrorKind::AccessDenied,
        "invalid-argument" => ErrorKind::InvalidArgument(text(payload)?),
        "too-large" => ErrorKind::TooLarge {
            limit: u64::read(payload, &place)?,
        },
        "precondition-failed" => ErrorKind::PreconditionFailed,
        "wrong-type" => ErrorKind::WrongType,
        "out-of-range" => ErrorKind::OutOfRange,
        "unsupported" => ErrorKind::Unsupported {
            feature: text(payload)?,
        },
        "throttled" => ErrorKind::Throttled {
            retry_after: Option::<u64>::read(payload, &place)?.map(Duration::from_nanos),
        },
        "timeout" => ErrorKind::Timeout,
        "unavailable" => ErrorKind::Unavailable,
        "expired" => ErrorKind::Expired,
        "cancelled" => ErrorKind::Cancelled,
        "other" => ErrorKind::Other(text(payload)?),
        _ => {
            let place = At::Member(at, "name");
            return Err(place.wrong("is not the name of an error"));
        }
    })
}

/// A text of the process in a form that fits into a line of ours.
pub(crate) fn short(text: &str) -> String {
    let plain = text.chars().filter(|sign| !sign.is_control());
    plain.take(LONGEST_TEXT).collect()
}

/// An answer whose id is right, and something else is not. The process may have
/// carried the call out.
pub(crate) fn unexpected_answer(call: &str, what: impl fmt::Display) -> Error {
    let text = format!(
        "the provider process answered `{call}` in a form that the protocol does not have: {what}"
    );
    ErrorKind::Other(Cow::Owned(text)).into()
}

/// Why the process is of no use any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It ended, with this status where that is known.
    Ended(Option<String>),
    /// It does not take requests any more.
    Deaf(Option<String>),
    /// A line is no JSON object with an id.
    Garbage {
        /// Why not, without anything of the line.
        reason: String,
        /// How it begins, where it does not look like an answer. For the owner of
        /// the process alone.
        beginning: Option<String>,
    },
    /// An answer to a request that has its answer.
    Twice {
        id: u64,
        /// Where it is still known.
        call: Option<&'static str>,
    },
    /// An answer to a request that was not made.
    Unasked {
        id: u64,
        /// The id of the last request that was made.
        last: u64,
    },
    /// A line goes on and on.
    Endless,
    /// Too many requests were given up and never answered.
    Silent,
    /// The provider was dropped.
    Closed,
}

impl Fault {
    /// What happened, for people. Holds nothing that the process wrote.
    pub(crate) fn text(&self) -> String {
        let status = |status: &Option<String>| match status {
            Some(status) => format!(" ({status})"),
            None => String::new(),
        };
        match self {
            Self::Ended(ending) => {
                let what = match ending {
                    Some(_) => "it ended",
                    None => "it closed its standard output",
                };
                format!("{what}{}", status(ending))
            }
            Self::Deaf(ending) => format!("it closed its standard input{}", status(ending)),
            Self::Garbage { reason, .. } => {
                format!("it wrote a line to its standard output that is no answer: {reason}")
            }
            Self::Twice {
                id,
                call: Some(call),
            } => format!("it answered request {id} (`{call}`) a second time"),
            Self::Twice { id, call: None } => {
                format!("it answered request {id} a second time")
            }
            Self::Unasked { id, last } => {
                format!("it answered request {id}, which was not made: the last one was {last}")
            }
            Self::Endless => format!(
                "it wrote a line of more than {} bytes",
                crate::link::LINE_MAX
            ),
            Self::Silent => "it left too many requests without an answer".to_owned(),
            Self::Closed => "it was stopped".to_owned(),
        }
    }
}

/// A fault, and at which calls it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Loss {
    pub(crate) fault: Fault,
    /// The requests without an answer, the oldest first.
    pub(crate) unanswered: String,
}

impl Loss {
    /// What happened and when, for people. Holds nothing that the process wrote.
    pub(crate) fn text(&self) -> String {
        match self.unanswered.as_str() {
            "" => self.fault.text(),
            calls => format!("{}; without an answer: {calls}", self.fault.text()),
        }
    }

    /// The same for the owner of the process, on standard error.
    pub(crate) fn words(&self) -> String {
        let beginning = match &self.fault {
            Fault::Garbage {
                beginning: Some(beginning),
                ..
            } => format!("; the line begins: {beginning}"),
            _ => String::new(),
        };
        format!(
            "adapter: the provider process is given up: {}{beginning}",
            self.text()
        )
    }
}

/// The process is gone: what became of a call that it was to carry out is unknown.
impl From<&Loss> for Error {
    fn from(loss: &Loss) -> Self {
        Self::with_source(
            ErrorKind::Unavailable,
            format!("the provider process: {}", loss.text()),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> Error {
        let at = At::Answer("get");
        let json = serde_json::from_str(json).unwrap();
        match Failure::read(json, &At::Member(&at, "error")) {
            Ok(failure) => failure.error,
            Err(error) => error,
        }
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
    fn other_names_and_payloads_are_named_by_their_place() {
        for (json, place) in [
            (r#""sesame""#, "`error` is not an object"),
            (r#"{"payload":"sesame"}"#, "`error.name` is missing"),
            (r#"{"name":7}"#, "`error.name` is not a string"),
            (
                r#"{"name":"sesame"}"#,
                "`error.name` is not the name of an error",
            ),
            (r#"{"name":"too-large"}"#, "`error.payload` is not a whole"),
            (
                r#"{"name":"too-large","payload":-1}"#,
                "`error.payload` is not a whole",
            ),
            (
                r#"{"name":"throttled","payload":"sesame"}"#,
                "`error.payload` is not a whole",
            ),
            (r#"{"name":"other"}"#, "`error.payload` is not a string"),
            (
                r#"{"name":"timeout","log":["sesame"]}"#,
                "`error.log` is not a string",
            ),
        ] {
            let error = read(json);
            assert!(matches!(error.kind(), ErrorKind::Other(_)), "{json}");
            let text = error.to_string();
            assert!(text.contains("answered `get`"), "{text}");
            assert!(text.contains(place) && !text.contains("sesame"), "{text}");
        }
    }

    #[test]
    fn null_is_as_good_as_missing_in_an_error() {
        let json = r#"{"name":"throttled","payload":null,"log":null}"#;
        let kind = ErrorKind::Throttled { retry_after: None };
        assert_eq!(read(json).kind(), &kind);
    }

    #[test]
    fn what_the_process_wrote_is_for_its_owner_alone() {
        let fault = Fault::Garbage {
            reason: "no JSON".to_owned(),
            beginning: Some("sesame".to_owned()),
        };
        let loss = Loss {
            fault,
            unanswered: "`get` (id 7)".to_owned(),
        };
        let error = Error::from(&loss);
        assert_eq!(error.kind(), &ErrorKind::Unavailable);
        let source = std::error::Error::source(&error).unwrap().to_string();
        assert!(source.contains("no JSON; without an answer: `get` (id 7)"));
        assert!(!source.contains("sesame"));
        assert!(loss.words().ends_with("; the line begins: sesame"));
    }

    #[test]
    fn what_is_for_the_log_stays_there() {
        let error = read(r#"{"name":"unavailable","log":"sesame"}"#);
        assert!(!format!("{error} {error:?}").contains("sesame"));
        let source = std::error::Error::source(&error).unwrap();
        assert_eq!(source.to_string(), "sesame");
    }
}
