//! What the text of an error may not give away, as far as a case can tell without
//! knowing the installation.

use crate::bindings::cloud::types::errors::Error;
use crate::check::Check;
use crate::ending::{Cause, Failing, Outcome};

/// What gives away an address, a path or a credential.
const MARKS: [&str; 14] = [
    "://",
    "localhost",
    "127.0.0.1",
    "[::1]",
    "/tmp",
    "/home",
    "/root",
    "/var",
    "/etc",
    "/usr",
    "/srv",
    "/data",
    ":\\",
    "password",
];

/// The text that an error carries, if any.
fn text(error: &Error) -> &str {
    match error {
        Error::InvalidArgument(text) | Error::Other(text) | Error::Unsupported(text) => text,
        _ => "",
    }
}

/// Whether a text holds what looks like a port.
fn port(text: &str) -> bool {
    let digits =
        |rest: &str| rest.len() >= 4 && rest.bytes().take(4).all(|one| one.is_ascii_digit());
    text.split(':').skip(1).any(digits)
}

impl Check<'_> {
    /// The text of `error` holds nothing about the installation (TYP-ERR-2).
    /// Every check of an error asks this, whatever its own clause is.
    pub(crate) fn tells_no_place(self, error: &Error) -> Outcome {
        let text = text(error);
        let lower = text.to_lowercase();
        if !port(text) && !MARKS.iter().any(|mark| lower.contains(mark)) {
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
