//! The closed set of reasons for which a call can fail.
//!
//! Owns the mapping target of `cloud:types/errors`: one kind for each case of
//! the WIT variant. Must not know how a provider or a host presents them.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

/// The result of every call across the seam.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a call failed; maps one to one onto `cloud:types/errors.error`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ErrorKind {
    /// The thing that the call names does not exist.
    #[error("not found")]
    NotFound,
    /// The thing that the call would create exists already.
    #[error("already exists")]
    AlreadyExists,
    /// The guest, or the host on its behalf, has no right to do this.
    #[error("access denied")]
    AccessDenied,
    /// An argument is never acceptable; the text names the argument and the rule.
    #[error("invalid argument: {0}")]
    InvalidArgument(Cow<'static, str>),
    /// An argument exceeds a limit, given in the unit of that limit.
    #[error("too large: the limit is {limit}")]
    TooLarge {
        /// The limit, in bytes or items.
        limit: u64,
    },
    /// A condition that the caller set did not hold.
    #[error("precondition failed")]
    PreconditionFailed,
    /// The stored item is not of the kind that the call works on.
    #[error("wrong type")]
    WrongType,
    /// A number or duration is outside its range.
    #[error("out of range")]
    OutOfRange,
    /// The binding does not offer the feature.
    #[error("unsupported: {feature}")]
    Unsupported {
        /// The id of the feature, for example `kv.cas`.
        feature: Cow<'static, str>,
    },
    /// The service refuses for now because of load or quota.
    #[error("throttled")]
    Throttled {
        /// How long to wait, where it is known.
        retry_after: Option<Duration>,
    },
    /// No answer in time; the effect is unknown.
    #[error("timeout")]
    Timeout,
    /// The service cannot be reached; the effect is unknown.
    #[error("unavailable")]
    Unavailable,
    /// A lease, token or handle has run out.
    #[error("expired")]
    Expired,
    /// The call was given up on request of the caller.
    #[error("cancelled")]
    Cancelled,
    /// What no other kind describes. Never put a secret, an endpoint, a path or
    /// a value of the guest here: guests read it.
    #[error("{0}")]
    Other(Cow<'static, str>),
}

/// A failed call: the kind that a guest sees, and the cause that only the host's
/// log sees.
#[derive(Clone)]
pub struct Error {
    kind: ErrorKind,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// Keeps `source` for the host's log; it never reaches a guest or a report.
    #[must_use]
    pub fn with_source(
        kind: ErrorKind,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self {
            kind,
            source: Some(Arc::from(source.into())),
        }
    }

    /// What a guest sees of it.
    #[must_use]
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// An argument that no provider accepts; `rule` names the argument.
    #[must_use]
    pub fn invalid(rule: &'static str) -> Self {
        ErrorKind::InvalidArgument(Cow::Borrowed(rule)).into()
    }

    /// An argument over `limit`.
    #[must_use]
    pub fn too_large(limit: u64) -> Self {
        ErrorKind::TooLarge { limit }.into()
    }

    /// A feature that is not offered.
    #[must_use]
    pub fn unsupported(feature: impl Into<Cow<'static, str>>) -> Self {
        ErrorKind::Unsupported {
            feature: feature.into(),
        }
        .into()
    }

    /// Whether the call may have taken effect although it failed.
    #[must_use]
    pub fn is_ambiguous(&self) -> bool {
        matches!(
            self.kind,
            ErrorKind::Timeout | ErrorKind::Unavailable | ErrorKind::Cancelled
        )
    }
}

impl From<ErrorKind> for Error {
    fn from(kind: ErrorKind) -> Self {
        Self { kind, source: None }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.kind.fmt(f)
    }
}

/// Shows the kind only: a debug print must not leak what the source says.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Error({:?})", self.kind)
    }
}

impl std::error::Error for Error {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

impl PartialEq for Error {
    fn eq(&self, other: &Self) -> bool {
        self.kind == other.kind
    }
}
