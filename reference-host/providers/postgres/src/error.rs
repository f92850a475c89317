//! What the client reports, as one of the contract's kinds. The client's text goes to
//! the host's log only: it may name keys and places.

use std::borrow::Cow;
use std::error::Error as _;

use cloud_contract::{Error, ErrorKind};
use tokio_postgres::error::SqlState;

/// Translates a failure of a request or of an attempt to connect.
pub(crate) fn translate(error: tokio_postgres::Error) -> Error {
    let kind = kind(&error);
    Error::with_source(kind, error)
}

/// A reply of a form that no statement of ours has.
pub(crate) fn unexpected_reply() -> Error {
    other("the service answered in an unexpected form").into()
}

/// Whether the service undid a statement for the sake of another one, so that it may
/// be sent again.
pub(crate) fn was_undone(error: &tokio_postgres::Error) -> bool {
    error.code().is_some_and(|code| {
        *code == SqlState::T_R_DEADLOCK_DETECTED || *code == SqlState::T_R_SERIALIZATION_FAILURE
    })
}

/// Whether to give the connection up after this failure.
pub(crate) fn breaks_connection(error: &tokio_postgres::Error) -> bool {
    match error.code().map(SqlState::code) {
        // Not of the service, so of the connection.
        None => true,
        Some(code) => {
            // Connection exceptions and an operator's intervention; a cancelled
            // statement is one too, and harms nobody else.
            code.starts_with("08")
                || (code.starts_with("57P"))
                // A primary that became a replica: the address may lead elsewhere now.
                || code == SqlState::READ_ONLY_SQL_TRANSACTION.code()
                // Something between us and the server dropped our statements.
                || code == SqlState::INVALID_SQL_STATEMENT_NAME.code()
        }
    }
}

fn kind(error: &tokio_postgres::Error) -> ErrorKind {
    if let Some(code) = error.code() {
        return state_kind(code.code());
    }
    if error.is_closed() {
        return ErrorKind::Unavailable;
    }
    // The client has kinds and shows them in this text alone.
    match error.to_string().as_str() {
        // A password is asked for and there is none; nothing else is checked so late.
        "authentication error" | "invalid configuration" => ErrorKind::AccessDenied,
        "error performing TLS handshake" | "unexpected message from server" => {
            ErrorKind::Unavailable
        }
        "timeout waiting for server" => ErrorKind::Timeout,
        _ => match error
            .source()
            .and_then(|cause| cause.downcast_ref::<std::io::Error>())
        {
            Some(cause) if cause.kind() == std::io::ErrorKind::TimedOut => ErrorKind::Timeout,
            Some(_) => ErrorKind::Unavailable,
            None => other("the client refused a request or its answer"),
        },
    }
}

/// Codes of SQL, by their class where all of it means the same.
fn state_kind(code: &str) -> ErrorKind {
    match code {
        // A statement that took too long; it was undone, unless it had just ended.
        "57014" => ErrorKind::Timeout,
        "57P04" => ErrorKind::NotFound,
        // The server turned into a replica.
        "25006" | "26000" => ErrorKind::Unavailable,
        // The right to a table or schema.
        "42501" => ErrorKind::AccessDenied,
        // No such database, schema or table, and no such store.
        "3D000" | "3F000" | "42P01" | "23503" => ErrorKind::NotFound,
        // Undone again and again, or a lock that could not be had.
        "40001" | "40P01" | "55P03" => throttled(),
        _ => match code.get(..2).unwrap_or_default() {
            "08" | "57" => ErrorKind::Unavailable,
            "28" => ErrorKind::AccessDenied,
            // Out of disk, memory or connections.
            "53" => throttled(),
            _ => other("the service refused a request"),
        },
    }
}

fn throttled() -> ErrorKind {
    ErrorKind::Throttled { retry_after: None }
}

fn other(text: &'static str) -> ErrorKind {
    ErrorKind::Other(Cow::Borrowed(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_of_the_service_have_kinds() {
        for (code, kind) in [
            ("08006", ErrorKind::Unavailable),
            ("57P01", ErrorKind::Unavailable),
            ("57P03", ErrorKind::Unavailable),
            ("25006", ErrorKind::Unavailable),
            ("57014", ErrorKind::Timeout),
            ("28P01", ErrorKind::AccessDenied),
            ("28000", ErrorKind::AccessDenied),
            ("42501", ErrorKind::AccessDenied),
            ("53100", throttled()),
            ("53200", throttled()),
            ("53300", throttled()),
            ("40P01", throttled()),
            ("23503", ErrorKind::NotFound),
            ("42P01", ErrorKind::NotFound),
            ("3D000", ErrorKind::NotFound),
        ] {
            assert_eq!(state_kind(code), kind, "{code}");
        }
        for code in ["XX000", "42601", "", "2"] {
            assert!(matches!(state_kind(code), ErrorKind::Other(_)), "{code}");
        }
    }
}
