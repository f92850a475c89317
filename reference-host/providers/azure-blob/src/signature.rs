//! What of a request to blobs is signed, and links. Knows the protocol's texts; must not
//! know who sends them.

use azure_core::time::OffsetDateTime;
use cloud_contract::{Error, ErrorKind, Result};
use reqwest::Url;

/// The version of the protocol. It is the first whose links say nothing of tenants, and
/// later than all that is used here.
pub(crate) const VERSION: &str = "2020-12-06";

/// A request as it is signed.
#[derive(Debug)]
pub(crate) struct Signed<'a> {
    pub(crate) method: &'a str,
    pub(crate) url: &'a Url,
    /// The parameters of the address, as they are before they are written in it.
    pub(crate) query: &'a [(&'static str, String)],
    /// The header, names in lower case.
    pub(crate) headers: &'a [(String, String)],
    pub(crate) length: usize,
}

impl Signed<'_> {
    /// The text of Shared Key.
    pub(crate) fn text(&self, account: &str) -> String {
        let field = |name: &str| {
            let found = self.headers.iter().find(|(known, _)| known == name);
            found.map_or("", |(_, value)| value.as_str())
        };
        let length = match self.length {
            0 => String::new(),
            length => length.to_string(),
        };
        // Encoding, language, length, digest, type, date, four conditions, range.
        let mut text = format!(
            "{}\n\n\n{length}\n\n{}\n\n\n{}\n{}\n\n\n",
            self.method,
            field("content-type"),
            field("if-match"),
            field("if-none-match"),
        );
        let ours = |(name, _): &&(String, String)| name.starts_with("x-ms-");
        let mut headers: Vec<&(String, String)> = self.headers.iter().filter(ours).collect();
        // In the order of a language, in which `_` comes before digits and letters.
        headers.sort_by_key(|(name, _)| name.replace('_', "."));
        for (name, value) in headers {
            text.push_str(&format!("{name}:{value}\n"));
        }
        text.push_str(&format!("/{account}{}", self.url.path()));
        let mut query: Vec<&(&str, String)> = self.query.iter().collect();
        query.sort();
        for (name, value) in query {
            text.push_str(&format!("\n{name}:{value}"));
        }
        text
    }
}

/// A link to a blob: a service SAS.
#[derive(Debug)]
pub(crate) struct Link<'a> {
    /// One letter: read, write, delete.
    pub(crate) right: &'a str,
    pub(crate) container: &'a str,
    pub(crate) key: &'a str,
    /// When it ends.
    pub(crate) end: &'a str,
}

impl Link<'_> {
    /// What is signed of it.
    pub(crate) fn text(&self, account: &str) -> String {
        let Self {
            right,
            container,
            key,
            end,
        } = self;
        // No beginning, policy, address, protocol, snapshot, scope, and five headers.
        format!(
            "{right}\n\n{end}\n/blob/{account}/{container}/{key}\n\n\n\n{VERSION}\nb\n\n\n\n\n\n\n"
        )
    }

    /// Its parameters.
    pub(crate) fn query(&self, signature: &str) -> String {
        let text = |text: &str| quoted(text, b"-_.~");
        format!(
            "sv={VERSION}&se={}&sr=b&sp={}&sig={}",
            text(self.end),
            self.right,
            text(signature)
        )
    }
}

/// A moment as links have it.
///
/// # Errors
/// For years that no calendar has.
pub(crate) fn moment(seconds: i64) -> Result<String> {
    let date = OffsetDateTime::from_unix_timestamp(seconds).map_err(|error| {
        let kind = ErrorKind::Other("the service's clock is wrong".into());
        Error::with_source(kind, error.to_string())
    })?;
    Ok(format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        date.year(),
        u8::from(date.month()),
        date.day(),
        date.hour(),
        date.minute(),
        date.second()
    ))
}

/// A text as part of an address: what is neither a letter, a digit nor `kept` is
/// escaped.
pub(crate) fn quoted(text: &str, kept: &[u8]) -> String {
    let mut quoted = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || kept.contains(&byte) {
            quoted.push(char::from(byte));
        } else {
            quoted.push_str(&format!("%{byte:02X}"));
        }
    }
    quoted
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        let fields = fields.iter();
        fields
            .map(|&(name, value)| (name.to_owned(), value.to_owned()))
            .collect()
    }

    #[test]
    fn the_text_that_is_signed_is_that_of_the_reference() {
        // The example of the page "Authorize with Shared Key".
        let url = Url::parse("https://myaccount.blob.core.windows.net/mycontainer").unwrap();
        let query = [
            ("restype", "container".to_owned()),
            ("comp", "metadata".to_owned()),
            ("timeout", "20".to_owned()),
        ];
        let headers = header(&[
            ("x-ms-version", "2015-02-21"),
            ("x-ms-date", "Fri, 26 Jun 2015 23:39:12 GMT"),
        ]);
        let signed = Signed {
            method: "GET",
            url: &url,
            query: &query,
            headers: &headers,
            length: 0,
        };
        assert_eq!(
            signed.text("myaccount"),
            "GET\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:Fri, 26 Jun 2015 23:39:12 GMT\n\
             x-ms-version:2015-02-21\n/myaccount/mycontainer\ncomp:metadata\n\
             restype:container\ntimeout:20"
        );
    }

    #[test]
    fn conditions_and_entries_are_signed_in_order() {
        let url = Url::parse("http://127.0.0.1:1/acc/c/a%20b").unwrap();
        let headers = header(&[
            ("x-ms-meta-a1", "2"),
            ("if-none-match", "*"),
            ("x-ms-meta-a_b", "1"),
            ("x-ms-meta-ab", "3"),
        ]);
        let signed = Signed {
            method: "PUT",
            url: &url,
            query: &[],
            headers: &headers,
            length: 7,
        };
        assert_eq!(
            signed.text("acc"),
            "PUT\n\n\n7\n\n\n\n\n\n*\n\n\nx-ms-meta-a_b:1\nx-ms-meta-a1:2\nx-ms-meta-ab:3\n\
             /acc/acc/c/a%20b"
        );
    }

    #[test]
    fn links_have_a_right_and_an_end() {
        let end = moment(1_700_000_000).unwrap();
        assert_eq!(end, "2023-11-14T22:13:20Z");
        let link = Link {
            right: "r",
            container: "c",
            key: "s/in/c/a b",
            end: &end,
        };
        let text = link.text("acc");
        assert_eq!(text.matches('\n').count(), 15);
        assert!(text.starts_with("r\n\n2023-11-14T22:13:20Z\n/blob/acc/c/s/in/c/a b\n"));
        assert_eq!(
            link.query("a+/="),
            "sv=2020-12-06&se=2023-11-14T22%3A13%3A20Z&sr=b&sp=r&sig=a%2B%2F%3D"
        );
        assert!(moment(i64::MAX).is_err());
    }
}
