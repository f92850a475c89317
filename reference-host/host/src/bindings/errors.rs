//! `cloud:types/errors`: the one place where kinds become cases.

use cloud_contract::{Error, ErrorKind};

use super::wit::types::errors as wit;
use super::wit::types::{durations, pages, versions};
use crate::State;

impl durations::Host for State {}
impl wit::Host for State {}
impl pages::Host for State {}
impl versions::Host for State {}

impl From<Error> for wit::Error {
    fn from(error: Error) -> Self {
        match error.kind() {
            ErrorKind::NotFound => Self::NotFound,
            ErrorKind::AlreadyExists => Self::AlreadyExists,
            ErrorKind::AccessDenied => Self::AccessDenied,
            ErrorKind::InvalidArgument(rule) => Self::InvalidArgument(rule.to_string()),
            ErrorKind::TooLarge { limit } => Self::TooLarge(*limit),
            ErrorKind::PreconditionFailed => Self::PreconditionFailed,
            ErrorKind::WrongType => Self::WrongType,
            ErrorKind::OutOfRange => Self::OutOfRange,
            ErrorKind::Unsupported { feature } => Self::Unsupported(feature.to_string()),
            ErrorKind::Throttled { retry_after } => {
                Self::Throttled(retry_after.map(super::nanoseconds))
            }
            ErrorKind::Timeout => Self::Timeout,
            ErrorKind::Unavailable => Self::Unavailable,
            ErrorKind::Expired => Self::Expired,
            ErrorKind::Cancelled => Self::Cancelled,
            ErrorKind::Other(text) => Self::Other(text.to_string()),
        }
    }
}
