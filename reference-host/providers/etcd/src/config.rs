//! Settings, read and checked. Knows how they are spelled; must not connect.

use std::time::Duration;

use cloud_contract::{Error, HttpAddress, Result, Settings, Timeouts};
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
        let text = settings.required_endpoint("http://host:port")?;
        let address = HttpAddress::read(text).filter(|address| address.path.is_empty());
        let address = address.ok_or_else(|| Error::invalid(ENDPOINT))?;
        // The cause is left out: it may repeat parts of the endpoint.
        let endpoint =
            Endpoint::from_shared(text.to_owned()).map_err(|_| Error::invalid(ENDPOINT))?;
        let options = settings.known_options(&[
            "username",
            "password",
            "cacert",
            "cert",
            "key",
            "timeout-ms",
        ])?;
        let Timeouts { call, connect } = options.timeouts(CALL_TIMEOUT, CONNECT_TIMEOUT)?;
        let authorities = options.pem("cacert")?;
        let identity = match (options.pem("cert")?, options.pem("key")?) {
            (Some(certificate), Some(key)) => Some(Identity::from_pem(certificate, key)),
            (None, None) => None,
            _ => return Err(Error::invalid("cert: goes with a key")),
        };
        let login = match (options.owned("username"), options.owned("password")) {
            (Some(username), Some(password)) => Some((username, password)),
            (None, None) => None,
            _ => return Err(Error::invalid("username: goes with a password")),
        };
        let mut endpoint = endpoint
            .connect_timeout(connect)
            .http2_keep_alive_interval(KEEP_ALIVE)
            .keep_alive_timeout(call);
        if address.is_encrypted {
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
            plain: (!address.is_encrypted).then(|| match address.port {
                Some(_) => address.authority.to_owned(),
                None => format!("{}:80", address.authority),
            }),
            endpoint,
            login,
            call_timeout: call,
            connect_timeout: connect,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use provider_tests::{assert_refused, settings};

    #[test]
    fn an_endpoint_is_read() {
        let options = [("timeout-ms", "250"), ("username", "u"), ("password", "p")];
        let config = Config::read(&settings(Some("http://kv.example:2379"), &options)).unwrap();
        assert_eq!(config.plain.as_deref(), Some("kv.example:2379"));
        assert_eq!(config.login, Some(("u".to_owned(), "p".to_owned())));
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert!(config.connect_timeout < config.call_timeout);
        let config = Config::read(&settings(Some("https://kv.example:2379"), &[])).unwrap();
        assert_eq!(config.plain, None);
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        let good = Some("http://localhost:2379");
        assert_refused(
            Config::read,
            (good, &[]),
            &[
                (None, &[]),
                (Some("sesame"), &[]),
                (Some("ftp://sesame:1"), &[]),
                (Some("http://u:sesame@host:1"), &[]),
                (Some("http://host:1/sesame"), &[]),
                (Some("http://host:sesame"), &[]),
                (good, &[("username", "sesame")]),
                (good, &[("password", "sesame")]),
                (good, &[("cacert", "sesame")]),
                (good, &[("cert", "/dev/null")]),
                (good, &[("cacert", "/dev/null")]),
            ],
        );
    }
}
