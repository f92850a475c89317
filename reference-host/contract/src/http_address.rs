//! Addresses of services over HTTP, as users write them.

use std::fmt;

/// Where a service listens: `http://` or `https://`, a host, perhaps a port, perhaps a
/// path. It has no user, no password, no query and no fragment: what may be secret has
/// options of its own.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct HttpAddress<'a> {
    /// Whether it is `https`.
    pub is_encrypted: bool,
    /// Host and port, as they were written.
    pub authority: &'a str,
    /// The port, if one was written.
    pub port: Option<u16>,
    /// What comes behind, without a slash at its end; mostly empty.
    pub path: &'a str,
}

impl<'a> HttpAddress<'a> {
    /// None if the text is no such address.
    #[must_use]
    pub fn read(text: &'a str) -> Option<Self> {
        let (is_encrypted, rest) = match text.strip_prefix("https://") {
            Some(rest) => (true, rest),
            None => (false, text.strip_prefix("http://")?),
        };
        let (authority, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
        let (host, port) = match authority.rsplit_once(':') {
            // The last colon of an address of IPv6 is followed by a bracket.
            Some((host, port)) if !port.ends_with(']') => (host, Some(port.parse().ok()?)),
            _ => (authority, None),
        };
        let is_host = |byte: u8| byte.is_ascii_alphanumeric() || b"-.[:]_".contains(&byte);
        let is_path = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/%".contains(&byte);
        let fits = !host.is_empty() && host.bytes().all(is_host) && path.bytes().all(is_path);
        fits.then_some(Self {
            is_encrypted,
            authority,
            port,
            path: path.trim_end_matches('/'),
        })
    }
}

/// Shows no endpoint.
impl fmt::Debug for HttpAddress<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HttpAddress")
            .field("is_encrypted", &self.is_encrypted)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_a_host_and_perhaps_more() {
        for (text, is_encrypted, authority, port, path) in [
            ("http://h", false, "h", None, ""),
            (
                "https://db.example:8443/",
                true,
                "db.example:8443",
                Some(8443),
                "",
            ),
            ("http://[::1]", false, "[::1]", None, ""),
            ("http://[::1]:1/", false, "[::1]:1", Some(1), ""),
            ("http://h:1/a/b//", false, "h:1", Some(1), "/a/b"),
        ] {
            let address = HttpAddress {
                is_encrypted,
                authority,
                port,
                path,
            };
            assert_eq!(HttpAddress::read(text), Some(address), "{text}");
        }
    }

    #[test]
    fn what_has_more_or_less_is_none() {
        for text in [
            "",
            "h",
            "h:1",
            "ftp://h",
            "http:/h",
            "http://",
            "http:///a",
            "http://:1",
            "http://h:",
            "http://h:port",
            "http://h:65536",
            "http://user@h",
            "http://user:sesame@h:1",
            "http://h:1?a",
            "http://h:1/?a",
            "http://h/#a",
            "http://h h",
        ] {
            assert_eq!(HttpAddress::read(text), None, "{text}");
        }
    }
}
