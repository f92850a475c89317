//! What the text of an error may not give away, as far as a case can tell without
//! knowing the installation.

use crate::bindings::cloud::types::errors::Error;
use crate::check::Check;
use crate::ending::{Cause, Failing, Outcome};

/// What gives away an address or a credential, wherever it stands.
const MARKS: [&str; 6] = ["://", "localhost", "127.0.0.1", "[::1]", ":\\", "password"];

/// Beginnings of paths.
const FOLDERS: [&str; 8] = [
    "/tmp", "/home", "/root", "/var", "/etc", "/usr", "/srv", "/data",
];

/// What hosts without a point are mostly called, in networks of containers. Of another
/// word with a number behind it nobody can say that it is no limit.
const HOSTS: [&str; 10] = [
    "redis", "valkey", "nats", "etcd", "postgres", "minio", "azurite", "db", "server", "host",
];

/// The text that an error carries, if any.
fn text(error: &Error) -> &str {
    match error {
        Error::InvalidArgument(text) | Error::Other(text) | Error::Unsupported(text) => text,
        _ => "",
    }
}

/// Whether `text` begins with digits, `least` of them or more.
fn is_number(text: &str, least: usize) -> bool {
    text.bytes()
        .take_while(|byte| byte.is_ascii_digit())
        .count()
        >= least
}

/// Whether `text` ends in what looks like the name or the number of a host: with a point
/// inside. The id of a limit has points too, and a number may well stand behind it.
fn ends_in_host(text: &str) -> bool {
    let is_of_host = |sign: char| sign.is_alphanumeric() || matches!(sign, '.' | '-' | '_');
    let before = text.trim_end_matches(is_of_host);
    let token = text.get(before.len()..).unwrap_or_default();
    let is_id = token.starts_with("blob.") || token.starts_with("kv.");
    let has_parts = token.contains('.') && token.split('.').all(|part| !part.is_empty());
    // An address of eight numbers stands in brackets.
    let in_brackets = text
        .strip_suffix(']')
        .and_then(|text| text.rsplit('[').next());
    has_parts && !is_id
        || HOSTS.contains(&token)
        || in_brackets.is_some_and(|address| address.contains(':'))
}

/// Whether `text` holds a port: behind a host, or said to be one.
fn tells_port(text: &str) -> bool {
    let behind_host = text
        .match_indices(':')
        .filter_map(|(place, _)| text.split_at_checked(place))
        .any(|(before, from)| {
            from.get(1..).is_some_and(|rest| is_number(rest, 4)) && ends_in_host(before)
        });
    behind_host || words_from(text, "port ").any(|rest| is_number(rest, 2))
}

/// What stands behind each `word` that is not in the middle of another.
fn words_from<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = &'a str> {
    text.match_indices(word).filter_map(move |(place, _)| {
        let (before, from) = text.split_at_checked(place)?;
        let is_inside = before.ends_with(char::is_alphanumeric);
        from.get(word.len()..).filter(|_| !is_inside)
    })
}

/// Whether `text` holds a path.
fn tells_path(text: &str) -> bool {
    FOLDERS
        .iter()
        .any(|folder| words_from(text, folder).any(|rest| !rest.starts_with(char::is_alphabetic)))
}

/// Whether a text holds what looks like an address, a path or a credential.
fn tells(text: &str) -> bool {
    let text = text.to_lowercase();
    MARKS.iter().any(|mark| text.contains(mark)) || tells_port(&text) || tells_path(&text)
}

impl Check<'_> {
    /// The text of `error` holds nothing about the installation (TYP-ERR-2).
    /// Every check of an error asks this, whatever its own clause is.
    pub(crate) fn tells_no_place(self, error: &Error) -> Outcome {
        if !tells(text(error)) {
            return Ok(());
        }
        let check = Check {
            clause: "TYP-ERR-2",
            ..self
        };
        Err(check.failed("no address, path or credential in the text", error))
    }

    /// The call fails, and the text of its error holds neither anything about the
    /// installation nor any of `own`, which the guest passed.
    pub fn tells_nothing<T, E: Failing>(self, result: Result<T, E>, own: &[&str]) -> Outcome {
        let stop = |actual: String| self.stop(Cause::Broken, "an error".to_owned(), actual);
        let Err(failure) = result else {
            return Err(stop("ok".to_owned()));
        };
        let Some(error) = failure.error() else {
            return Err(stop(failure.shown()));
        };
        self.tells_no_place(error)?;
        let told = own.iter().any(|own| text(error).contains(own));
        self.that(!told, "nothing that the guest passed", error)
    }
}

#[cfg(test)]
mod tests {
    use super::tells;

    #[test]
    fn addresses_paths_and_credentials_are_found() {
        for text in [
            "name: is empty (http://127.0.0.1:9000)",
            "name: is empty (redis://admin:hunter2@10.0.0.7:6379/0)",
            "name: is empty (at store-3.internal:6379)",
            "10.0.0.7:6379 refused the connection",
            "cannot connect to [fe80::7]:6379",
            "cannot connect to [2001:db8:1:2:3:4:5:6]:6379",
            "Redis:6379 refused the connection",
            "cannot connect to LocalHost",
            "nobody listens on port 80",
            "Port 6379 is closed",
            "name: is empty (in /var/lib/store/data.db)",
            "cannot open /data1/objects",
            "cannot open '/etc'",
            "no such file: C:\\store",
            "the Password is wrong",
        ] {
            assert!(tells(text), "{text}");
        }
    }

    #[test]
    fn numbers_and_slashes_alone_are_none() {
        for text in [
            "",
            "name: must not be empty",
            "limit:1024",
            "[limit]:1024",
            "name: longer than blob.name.max-bytes:1024",
            "size: does not support 1024 bytes",
            "parts:10000, of 5242880 bytes",
            "sha256:12345678",
            "too many etc.:1024",
            "content-type/data must not be empty",
            "key/value and/etc",
            "text /variable",
            "a/b/etc2",
        ] {
            assert!(!tells(text), "{text}");
        }
    }
}
