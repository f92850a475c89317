//! Settings, read and checked. Knows how they are spelled; must not connect.

use std::time::Duration;

use cloud_contract::{Error, Result, Settings, milliseconds};
use tonic::transport::{Certificate, ClientTlsConfig, Endpoint, Identity};

/// The time limit of one call when the settings name none.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest wait for a connection. It is also shorter than a call, so that a call
/// can tell why there is none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Not more often than a server takes it by default.
const KEEP_ALIVE: Duration = Duration::from_secs(10);

const ENDPOINT: &str = "endpoint: must look like http://host:port or https://host:port";

/// Everything needed to connect. It holds credentials: no `Debug`.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) endpoint: Endpoint,
    /// The host and port of an endpoint without TLS.
    pub(crate) plain: Option<String>,
    /// User and password.
    pub(crate) login: Option<(String, String)>,
    /// How long the portable layer waits for one call.
    pub(crate) call_timeout: Duration,
    /// How long connecting may take, greetings included.
    pub(crate) connect_timeout: Duration,
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// `invalid-argument` naming the setting and the rule, never its value.
    pub(crate) fn read(settings: &Settings) -> Result<Self> {
        let text = settings
            .endpoint
            .as_deref()
            .ok_or_else(|| Error::invalid("endpoint: give http://host:port"))?;
        // The cause is left out: it may repeat parts of the endpoint.
        let endpoint =
            Endpoint::from_shared(text.to_owned()).map_err(|_| Error::invalid(ENDPOINT))?;
        let uri = endpoint.uri().clone();
        let authority = uri.authority().ok_or_else(|| Error::invalid(ENDPOINT))?;
        let encrypted = match uri.scheme_str() {
            Some("http") => false,
            Some("https") => true,
            _ => return Err(Error::invalid(ENDPOINT)),
        };
        if authority.as_str().contains('@')
            || !matches!(uri.path(), "" | "/")
            || uri.query().is_some()
            // What stands behind the host is no number.
            || (authority.port().is_none() && authority.as_str() != authority.host())
        {
            return Err(Error::invalid(ENDPOINT));
        }
        let (mut username, mut password) = (None, None);
        let (mut authorities, mut certificate, mut key) = (None, None, None);
        let mut call_timeout = CALL_TIMEOUT;
        for (name, value) in &settings.options {
            match name.as_str() {
                "username" => username = Some(value.clone()),
                "password" => password = Some(value.clone()),
                "cacert" => authorities = Some(file(value, "cacert: must be a file in PEM")?),
                "cert" => certificate = Some(file(value, "cert: must be a file in PEM")?),
                "key" => key = Some(file(value, "key: must be a file in PEM")?),
                "timeout-ms" => call_timeout = milliseconds(name, value)?,
                _ => {
                    return Err(Error::invalid(
                        "options: known are username, password, cacert, cert, key and timeout-ms",
                    ));
                }
            }
        }
        let login = match (username, password) {
            (Some(username), Some(password)) => Some((username, password)),
            (None, None) => None,
            _ => return Err(Error::invalid("username: goes with a password")),
        };
        let connect_timeout = CONNECT_TIMEOUT.min(call_timeout.mul_f64(0.9));
        let mut endpoint = endpoint
            .connect_timeout(connect_timeout)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(call_timeout);
        let identity = match (certificate, key) {
            (Some(certificate), Some(key)) => Some(Identity::from_pem(certificate, key)),
            (None, None) => None,
            _ => return Err(Error::invalid("cert: goes with a key")),
        };
        if encrypted {
            let mut tls = ClientTlsConfig::new();
            tls = match authorities {
                Some(authorities) => tls.ca_certificate(Certificate::from_pem(authorities)),
                None => tls.with_native_roots(),
            };
            if let Some(identity) = identity {
                tls = tls.identity(identity);
            }
            endpoint = endpoint
                .tls_config(tls)
                .map_err(|_| Error::invalid("cacert, cert, key: must be good for tls"))?;
        } else if authorities.is_some() || identity.is_some() {
            return Err(Error::invalid(
                "cacert, cert, key: need an endpoint with https",
            ));
        }
        Ok(Self {
            plain: (!encrypted).then(|| match authority.port() {
                Some(_) => authority.as_str().to_owned(),
                None => format!("{authority}:80"),
            }),
            endpoint,
            login,
            call_timeout,
            connect_timeout,
        })
    }
}

fn file(path: &str, rule: &'static str) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|_| Error::invalid(rule))
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
    fn an_endpoint_is_read() {
        let config = read(
            Some("http://kv.example:2379"),
            &[("timeout-ms", "250"), ("username", "u"), ("password", "p")],
        )
        .unwrap();
        assert_eq!(config.plain.as_deref(), Some("kv.example:2379"));
        assert_eq!(config.login, Some(("u".to_owned(), "p".to_owned())));
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert!(config.connect_timeout < config.call_timeout);
        let config = read(Some("https://kv.example:2379"), &[]).unwrap();
        assert_eq!(config.plain, None);
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        let good = Some("http://localhost:2379");
        for (endpoint, options) in [
            (None, vec![]),
            (Some("sesame"), vec![]),
            (Some("ftp://sesame:1"), vec![]),
            (Some("http://u:sesame@host:1"), vec![]),
            (Some("http://host:1/sesame"), vec![]),
            (Some("http://host:sesame"), vec![]),
            (good, vec![("username", "sesame")]),
            (good, vec![("password", "sesame")]),
            (good, vec![("cacert", "sesame")]),
            (good, vec![("timeout-ms", "sesame")]),
            (good, vec![("timeout-ms", "0")]),
            (good, vec![("sesame", "1")]),
        ] {
            let Err(error) = read(endpoint, &options) else {
                panic!("{endpoint:?} {options:?}")
            };
            assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
            assert!(!format!("{error} {error:?}").contains("sesame"), "{error}");
        }
    }
}
