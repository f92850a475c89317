//! Settings, read and checked. Knows how they are spelled; must not connect.

use std::time::Duration;

use bucket_scopes::abandoned_after;
use cloud_contract::{Error, HttpAddress, Result, Settings, Timeouts};

use crate::server::{self, Server};

/// The time limit of one call when the settings name none. A part has to be sent within
/// it.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(20);
/// The longest wait for a connection. It is also shorter than a call, so that a
/// call can tell why there is none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const BUCKET: &str = "have 3 to 63 characters out of a-z, 0-9, '-' and '.'";

/// Credentials that the user gave, in place of those that the SDK finds.
pub(crate) struct Keys {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
}

/// Everything needed to connect. It holds credentials: no `Debug`.
pub(crate) struct Config {
    pub(crate) endpoint: Option<String>,
    pub(crate) bucket: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) keys: Option<Keys>,
    pub(crate) profile: Option<String>,
    /// Who answers.
    pub(crate) server: Server,
    /// How old the mark of a put is whose host is gone.
    pub(crate) abandoned_after: Duration,
    /// How long the portable layer waits for one call.
    pub(crate) call_timeout: Duration,
    /// How long making a connection may take.
    pub(crate) connect_timeout: Duration,
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// `invalid-argument` naming the setting and the rule, never its value.
    pub(crate) fn read(settings: &Settings) -> Result<Self> {
        let options = settings.known_options(&[
            "bucket",
            "region",
            "access-key-id",
            "secret-access-key",
            "session-token",
            "profile",
            "server",
            "abandoned-after-s",
            "end-all-under-way",
            "timeout-ms",
        ])?;
        // What is empty came out of a variable that is not set.
        let take = |name| options.owned(name).filter(|value| !value.is_empty());
        let token = take("session-token");
        let keys = match (take("access-key-id"), take("secret-access-key")) {
            (Some(id), Some(secret)) => Some(Keys { id, secret, token }),
            (None, None) if token.is_none() => None,
            _ => {
                return Err(Error::invalid(
                    "options: access-key-id and secret-access-key come together",
                ));
            }
        };
        let endpoint = settings.endpoint.clone();
        if endpoint.as_deref().is_some_and(|text| !is_url(text)) {
            return Err(Error::invalid(
                "endpoint: must look like http://host:port or https://host",
            ));
        }
        let bucket =
            options.fitting("bucket", BUCKET, |name| name.is_empty() || is_bucket(name))?;
        let is_server = |name: &str| name.is_empty() || Server::named(name).is_some();
        let server = options.fitting("server", server::NAMES, is_server)?;
        let Timeouts { call, connect } = options.timeouts(CALL_TIMEOUT, CONNECT_TIMEOUT)?;
        Ok(Self {
            endpoint,
            bucket: bucket.filter(|name| !name.is_empty()),
            region: take("region"),
            keys,
            profile: take("profile"),
            server: server
                .and_then(|name| Server::named(&name))
                .unwrap_or(server::AWS),
            abandoned_after: abandoned_after(&options)?,
            call_timeout: call,
            connect_timeout: connect,
        })
    }
}

/// As S3 has it since 2018. An address is no name, but only S3 has to say so.
fn is_bucket(name: &str) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = name.as_bytes();
    (3..=63).contains(&bytes.len())
        && is_end(bytes.first())
        && is_end(bytes.last())
        && bytes
            .iter()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.'))
        && !name.contains("..")
}

fn is_url(text: &str) -> bool {
    HttpAddress::read(text).is_some_and(|address| address.path.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use provider_tests::{assert_refused, settings};

    #[test]
    fn what_is_set_is_read() {
        let options = [
            ("bucket", "cw-run.1"),
            ("region", "eu-west-1"),
            ("access-key-id", "id"),
            ("secret-access-key", "secret"),
            ("session-token", "token"),
            ("profile", "p"),
            ("server", "seaweedfs"),
            ("end-all-under-way", "yes"),
            ("timeout-ms", "250"),
        ];
        let config = Config::read(&settings(Some("http://127.0.0.1:8000"), &options)).unwrap();
        assert_eq!(config.bucket.as_deref(), Some("cw-run.1"));
        assert_eq!(config.region.as_deref(), Some("eu-west-1"));
        assert_eq!(config.profile.as_deref(), Some("p"));
        let keys = config.keys.unwrap();
        assert_eq!((&*keys.id, &*keys.secret), ("id", "secret"));
        assert_eq!(keys.token.as_deref(), Some("token"));
        assert_eq!(config.server, server::SEAWEEDFS);
        assert_eq!(config.abandoned_after, Duration::ZERO);
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert!(config.connect_timeout < config.call_timeout);
    }

    #[test]
    fn nothing_has_to_be_set_for_the_chain_of_the_sdk() {
        let unset = [("session-token", ""), ("bucket", ""), ("server", "")];
        let config = Config::read(&settings(None, &unset)).unwrap();
        assert!(config.keys.is_none() && config.endpoint.is_none());
        assert!(config.bucket.is_none() && config.region.is_none());
        assert_eq!(config.abandoned_after, Duration::from_secs(12 * 60 * 60));
        assert_eq!(config.server, server::AWS);
        for url in ["https://s3.example", "http://[::1]:1/", "http://s3:1/"] {
            assert!(Config::read(&settings(Some(url), &[])).is_ok(), "{url}");
        }
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        assert_refused(
            Config::read,
            (None, &[]),
            &[
                (Some("sesame"), &[]),
                (Some("http://user:sesame@host:1"), &[]),
                (Some("http://host:1/sesame"), &[]),
                (None, &[("bucket", "se/same")]),
                (None, &[("bucket", "Sesame")]),
                (None, &[("bucket", "sesame-")]),
                (None, &[("bucket", "se..same")]),
                (None, &[("bucket", "se")]),
                (None, &[("server", "sesame")]),
                (None, &[("abandoned-after-s", "sesame")]),
                (None, &[("abandoned-after-s", "0")]),
                (None, &[("end-all-under-way", "sesame")]),
                (None, &[("access-key-id", "sesame")]),
                (None, &[("secret-access-key", "sesame")]),
                (None, &[("session-token", "sesame")]),
            ],
        );
    }
}
