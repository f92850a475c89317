//! Settings, read and checked. Knows how they are spelled; must not connect.

use std::time::Duration;

use cloud_contract::{Error, Result, Settings, milliseconds};

/// The time limit of one call when the settings name none.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest wait for a connection. It is also shorter than a call, so that a
/// call can tell why there is none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Credentials that the user gave, in place of those that the SDK finds.
pub(crate) struct Keys {
    pub(crate) id: String,
    pub(crate) secret: String,
    pub(crate) token: Option<String>,
}

/// Everything needed to connect. It holds credentials: no `Debug`.
pub(crate) struct Config {
    pub(crate) endpoint: Option<String>,
    pub(crate) table: Option<String>,
    pub(crate) region: Option<String>,
    pub(crate) keys: Option<Keys>,
    pub(crate) profile: Option<String>,
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
        let mut options = settings.options.clone();
        let mut take = |name: &str| options.remove(name).filter(|value| !value.is_empty());
        let (id, secret, token) = (
            take("access-key-id"),
            take("secret-access-key"),
            take("session-token"),
        );
        let table = take("table");
        let region = take("region");
        let profile = take("profile");
        let call_timeout = match take("timeout-ms") {
            Some(text) => milliseconds("timeout-ms", &text)?,
            None => CALL_TIMEOUT,
        };
        if options.values().any(|value| !value.is_empty()) {
            return Err(Error::invalid(
                "options: known are table, region, access-key-id, secret-access-key, \
                 session-token, profile and timeout-ms",
            ));
        }
        let keys = match (id, secret) {
            (Some(id), Some(secret)) => Some(Keys { id, secret, token }),
            (None, None) if token.is_none() => None,
            _ => {
                return Err(Error::invalid(
                    "options: access-key-id and secret-access-key come together",
                ));
            }
        };
        if table.as_deref().is_some_and(|name| !is_table(name)) {
            return Err(Error::invalid(
                "table: has 3 to 255 characters out of a-z, A-Z, 0-9, '_', '-' and '.'",
            ));
        }
        let endpoint = settings.endpoint.clone();
        if endpoint.as_deref().is_some_and(|url| !is_url(url)) {
            return Err(Error::invalid(
                "endpoint: must look like http://host:port or https://host",
            ));
        }
        Ok(Self {
            endpoint,
            table,
            region,
            keys,
            profile,
            call_timeout,
            connect_timeout: CONNECT_TIMEOUT.min(call_timeout.mul_f64(0.9)),
        })
    }
}

fn is_table(name: &str) -> bool {
    (3..=255).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_-.".contains(&byte))
}

fn is_url(text: &str) -> bool {
    let rest = text
        .strip_prefix("http://")
        .or_else(|| text.strip_prefix("https://"));
    // Of more than a host and a port, only an empty path is of use.
    rest.map(|rest| rest.strip_suffix('/').unwrap_or(rest))
        .and_then(|authority| match authority.rsplit_once(':') {
            Some((host, port)) if !port.ends_with(']') => {
                port.parse::<u16>().is_ok().then_some(host)
            }
            _ => Some(authority),
        })
        .is_some_and(|host| {
            !host.is_empty()
                && host
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-.[:]_".contains(&byte))
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloud_contract::ErrorKind;

    fn read(endpoint: Option<&str>, options: &[(&str, &str)]) -> Result<Config> {
        Config::read(&Settings {
            endpoint: endpoint.map(str::to_owned),
            options: options
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            ..Settings::default()
        })
    }

    #[test]
    fn what_is_set_is_read() {
        let config = read(
            Some("http://127.0.0.1:8000"),
            &[
                ("table", "cw-run.1_A"),
                ("region", "eu-west-1"),
                ("access-key-id", "id"),
                ("secret-access-key", "secret"),
                ("session-token", "token"),
                ("profile", "p"),
                ("timeout-ms", "250"),
            ],
        )
        .unwrap();
        assert_eq!(config.table.as_deref(), Some("cw-run.1_A"));
        assert_eq!(config.region.as_deref(), Some("eu-west-1"));
        assert_eq!(config.profile.as_deref(), Some("p"));
        let keys = config.keys.unwrap();
        assert_eq!((&*keys.id, &*keys.secret), ("id", "secret"));
        assert_eq!(keys.token.as_deref(), Some("token"));
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert!(config.connect_timeout < config.call_timeout);
    }

    #[test]
    fn nothing_has_to_be_set_for_the_chain_of_the_sdk() {
        let config = read(None, &[]).unwrap();
        assert!(config.keys.is_none() && config.endpoint.is_none());
        for url in ["https://db.example", "http://[::1]:1/", "http://db:1/"] {
            assert!(read(Some(url), &[]).is_ok(), "{url}");
        }
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        for (endpoint, options) in [
            (Some("sesame"), vec![]),
            (Some("redis://sesame:1"), vec![]),
            (Some("http://"), vec![]),
            (Some("http://sesame:port"), vec![]),
            (Some("http://user:sesame@host:1"), vec![]),
            (Some("http://host:1/sesame"), vec![]),
            (None, vec![("timeout-ms", "sesame")]),
            (None, vec![("timeout-ms", "0")]),
            (None, vec![("table", "se/same")]),
            (None, vec![("table", "s")]),
            (None, vec![("access-key-id", "sesame")]),
            (None, vec![("secret-access-key", "sesame")]),
            (None, vec![("session-token", "sesame")]),
            (None, vec![("sesame", "1")]),
        ] {
            let Err(error) = read(endpoint, &options) else {
                panic!("{endpoint:?} {options:?}")
            };
            assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
            assert!(!format!("{error} {error:?}").contains("sesame"), "{error}");
        }
    }
}
