//! What every part of an account answers alike.

use std::borrow::Cow;

use cloud_contract::{Error, ErrorKind};

/// A request without an answer.
#[must_use]
pub fn no_answer(error: reqwest::Error) -> Error {
    let kind = if error.is_connect() {
        ErrorKind::Unavailable
    } else if error.is_timeout() {
        ErrorKind::Timeout
    } else if error.is_builder() {
        ErrorKind::Other(Cow::Borrowed("a request could not be made"))
    } else {
        ErrorKind::Unavailable
    };
    // Without the address that it holds.
    Error::with_source(kind, error.without_url())
}

/// The service's name for what is wrong, out of the body of a refusal in XML; empty
/// where it has none.
#[must_use]
pub fn code(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body).to_lowercase();
    let code = text.find("code>").map(|at| at + "code>".len());
    let Some(begin) = code else {
        return String::new();
    };
    let length = text[begin..].find('<').unwrap_or(0);
    // Where lower case changed a length, this is not ASCII and no code.
    let bytes = body.get(begin..begin + length).unwrap_or_default();
    String::from_utf8_lossy(bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_found() {
        let xml = b"\xef\xbb\xbf<?xml version=\"1.0\"?><Error><Code>ServerBusy</Code></Error>";
        assert_eq!(code(xml), "ServerBusy");
        let xml = b"<m:error><m:code>OutOfRangeInput</m:code></m:error>";
        assert_eq!(code(xml), "OutOfRangeInput");
        for none in ["", "{}", "<html>", "code>", "[1]", "\u{130}code>\u{130}"] {
            assert_eq!(code(none.as_bytes()), "", "{none}");
        }
    }
}
