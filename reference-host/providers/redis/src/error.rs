//! What the client reports, as one of the contract's kinds. The client's text
//! goes to the host's log only: it may name keys and places.

use std::borrow::Cow;

use cloud_contract::{Error, ErrorKind};
use redis::{RedisError, ServerErrorKind, Value};

/// Translates a failure of a request.
pub(crate) fn translate(error: RedisError) -> Error {
    let kind = kind(&error);
    Error::with_source(kind, error)
}

/// A reply of a form that no script or command of ours has.
pub(crate) fn unexpected_reply() -> Error {
    ErrorKind::Other(Cow::Borrowed("the service answered in an unexpected form")).into()
}

/// Whether a script is unknown to the service. Nothing was done then, so the
/// request may be repeated.
pub(crate) fn is_unknown_script(error: &RedisError) -> bool {
    error.kind() == redis::ErrorKind::Server(ServerErrorKind::NoScript)
}

/// The same of one answer among several.
pub(crate) fn is_unknown_script_reply(answer: &Value) -> bool {
    matches!(answer, Value::ServerError(error) if error.kind() == Some(ServerErrorKind::NoScript))
}

/// Whether to give the connection up after this failure.
pub(crate) fn breaks_connection(error: &RedisError) -> bool {
    use redis::ErrorKind as Client;
    match error.kind() {
        Client::Io | Client::Parse | Client::AuthenticationFailed => true,
        // A primary that became a replica: the address may lead elsewhere now.
        Client::Server(kind) => kind == ServerErrorKind::ReadOnly,
        _ => false,
    }
}

fn kind(error: &RedisError) -> ErrorKind {
    use redis::ErrorKind as Client;
    match error.kind() {
        Client::Io if error.is_timeout() => ErrorKind::Timeout,
        Client::Io => ErrorKind::Unavailable,
        Client::AuthenticationFailed => ErrorKind::AccessDenied,
        Client::Server(kind) => server_kind(kind),
        _ => code_kind(error.code().unwrap_or_default()),
    }
}

fn server_kind(kind: ServerErrorKind) -> ErrorKind {
    match kind {
        ServerErrorKind::BusyLoading | ServerErrorKind::TryAgain => throttled(),
        ServerErrorKind::ClusterDown | ServerErrorKind::MasterDown | ServerErrorKind::ReadOnly => {
            ErrorKind::Unavailable
        }
        ServerErrorKind::NoPerm => ErrorKind::AccessDenied,
        _ => refused(),
    }
}

/// Codes that the client has no kind for.
fn code_kind(code: &str) -> ErrorKind {
    match code {
        "OOM" | "BUSY" | "MISCONF" | "NOREPLICAS" => throttled(),
        "NOAUTH" | "WRONGPASS" | "DENIED" => ErrorKind::AccessDenied,
        _ => refused(),
    }
}

fn throttled() -> ErrorKind {
    ErrorKind::Throttled { retry_after: None }
}

fn refused() -> ErrorKind {
    ErrorKind::Other(Cow::Borrowed("the service refused a request"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What the service says on the wire, translated.
    fn reply(line: &str) -> Error {
        let wire = format!("-{line}\r\n");
        let value = redis::parse_redis_value(wire.as_bytes()).unwrap();
        translate(value.extract_error().unwrap_err())
    }

    #[test]
    fn refusals_of_the_service_have_kinds() {
        let throttled = throttled();
        for (line, kind) in [
            ("OOM command not allowed when used memory", &throttled),
            ("BUSY Redis is busy running a script", &throttled),
            ("LOADING Redis is loading the dataset", &throttled),
            ("TRYAGAIN later", &throttled),
            ("NOPERM sesame", &ErrorKind::AccessDenied),
            ("NOAUTH Authentication required.", &ErrorKind::AccessDenied),
            ("WRONGPASS invalid", &ErrorKind::AccessDenied),
            ("READONLY You can't write", &ErrorKind::Unavailable),
            ("CLUSTERDOWN", &ErrorKind::Unavailable),
        ] {
            let error = reply(line);
            assert_eq!(error.kind(), kind, "{line}");
        }
    }

    #[test]
    fn text_of_the_service_stays_out_of_ours() {
        for line in ["ERR sesame", "NEWCODE sesame", "WRONGTYPE sesame"] {
            let error = reply(line);
            assert!(matches!(error.kind(), ErrorKind::Other(_)), "{line}");
            assert!(!format!("{error} {error:?}").contains("sesame"));
        }
    }

    #[test]
    fn lost_connections_and_late_answers_differ() {
        use std::io::{Error as Io, ErrorKind as Kind};
        for kind in [
            Kind::ConnectionRefused,
            Kind::ConnectionReset,
            Kind::BrokenPipe,
            Kind::UnexpectedEof,
            Kind::NotFound,
        ] {
            let error = translate(Io::new(kind, "sesame").into());
            assert_eq!(error.kind(), &ErrorKind::Unavailable, "{kind}");
        }
        let late = translate(Io::from(Kind::TimedOut).into());
        assert_eq!(late.kind(), &ErrorKind::Timeout);
    }
}
