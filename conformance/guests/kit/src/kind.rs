//! The errors that a case can expect.

use crate::bindings::cloud::types::errors::Error;

/// An expected error. Texts for people are not compared, payloads for programs
/// are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `not-found`.
    NotFound,
    /// `already-exists`.
    AlreadyExists,
    /// `access-denied`.
    AccessDenied,
    /// `invalid-argument`, with any text.
    InvalidArgument,
    /// `too-large` with this limit.
    TooLarge(u64),
    /// `precondition-failed`.
    PreconditionFailed,
    /// `wrong-type`.
    WrongType,
    /// `out-of-range`.
    OutOfRange,
    /// `unsupported` with this feature id.
    Unsupported(&'static str),
    /// `throttled`, with any advice.
    Throttled,
    /// `timeout`.
    Timeout,
    /// `unavailable`.
    Unavailable,
    /// `expired`.
    Expired,
    /// `cancelled`.
    Cancelled,
}

impl Kind {
    /// Whether `error` is of this kind.
    pub fn is(self, error: &Error) -> bool {
        match (self, error) {
            (Self::TooLarge(limit), Error::TooLarge(stated)) => limit == *stated,
            (Self::Unsupported(feature), Error::Unsupported(stated)) => feature == stated,
            (Self::NotFound, Error::NotFound)
            | (Self::AlreadyExists, Error::AlreadyExists)
            | (Self::AccessDenied, Error::AccessDenied)
            | (Self::InvalidArgument, Error::InvalidArgument(_))
            | (Self::PreconditionFailed, Error::PreconditionFailed)
            | (Self::WrongType, Error::WrongType)
            | (Self::OutOfRange, Error::OutOfRange)
            | (Self::Throttled, Error::Throttled(_))
            | (Self::Timeout, Error::Timeout)
            | (Self::Unavailable, Error::Unavailable)
            | (Self::Expired, Error::Expired)
            | (Self::Cancelled, Error::Cancelled) => true,
            _ => false,
        }
    }

    /// The text for a failure record.
    pub(crate) fn text(self) -> String {
        let name = match self {
            Self::NotFound => "not-found",
            Self::AlreadyExists => "already-exists",
            Self::AccessDenied => "access-denied",
            Self::InvalidArgument => "invalid-argument",
            Self::TooLarge(limit) => return format!("too-large({limit})"),
            Self::PreconditionFailed => "precondition-failed",
            Self::WrongType => "wrong-type",
            Self::OutOfRange => "out-of-range",
            Self::Unsupported(feature) => return format!("unsupported({feature:?})"),
            Self::Throttled => "throttled",
            Self::Timeout => "timeout",
            Self::Unavailable => "unavailable",
            Self::Expired => "expired",
            Self::Cancelled => "cancelled",
        };
        name.to_owned()
    }
}
