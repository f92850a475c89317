//! Settings, read and checked. Knows how they are spelled; must not connect.

use std::path::PathBuf;
use std::time::Duration;

use cloud_contract::{Error, Result, Settings};
use redis::{ConnectionAddr, IntoConnectionInfo, RedisConnectionInfo};

/// The time limit of one call when the settings name none.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest wait for a connection that is ready to use. It is also shorter
/// than a call, so that a call can tell why there is none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

/// Where the service listens.
#[derive(Clone)]
pub(crate) enum Address {
    Tcp(String, u16),
    Unix(PathBuf),
}

/// Everything needed to connect. It holds credentials: no `Debug`.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) address: Address,
    /// Credentials and the number of the database.
    pub(crate) login: RedisConnectionInfo,
    /// How long the portable layer waits for one call.
    pub(crate) call_timeout: Duration,
    /// How long one connection attempt may take, greetings included.
    pub(crate) connect_timeout: Duration,
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// `invalid-argument` naming the setting and the rule, never its value.
    pub(crate) fn read(settings: &Settings) -> Result<Self> {
        let endpoint = settings
            .endpoint
            .as_deref()
            .ok_or_else(|| Error::invalid("endpoint: give redis://host:port"))?;
        // The cause is left out: it may repeat parts of the endpoint.
        let info = endpoint.into_connection_info().map_err(|_| {
            Error::invalid("endpoint: must look like redis://[user:password@]host:port[/database]")
        })?;
        let address = match info.addr() {
            ConnectionAddr::Tcp(host, port) => Address::Tcp(host.clone(), *port),
            ConnectionAddr::Unix(path) => Address::Unix(path.clone()),
            _ => return Err(Error::invalid("endpoint: this build has no tls")),
        };
        let mut login = info.redis_settings().clone();
        let mut call_timeout = CALL_TIMEOUT;
        for (name, value) in &settings.options {
            match name.as_str() {
                "username" => login = login.set_username(value),
                "password" => login = login.set_password(value),
                "timeout-ms" => call_timeout = milliseconds(value)?,
                _ => {
                    return Err(Error::invalid(
                        "options: known are username, password and timeout-ms",
                    ));
                }
            }
        }
        Ok(Self {
            address,
            login,
            call_timeout,
            connect_timeout: CONNECT_TIMEOUT.min(call_timeout.mul_f64(0.9)),
        })
    }
}

fn milliseconds(value: &str) -> Result<Duration> {
    match value.parse() {
        Ok(count @ 1..=3_600_000) => Ok(Duration::from_millis(count)),
        _ => Err(Error::invalid(
            "timeout-ms: must be a whole number from 1 to 3600000",
        )),
    }
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
            Some("redis://u:p@db.example:7000/3"),
            &[("timeout-ms", "250")],
        )
        .unwrap();
        assert!(
            matches!(&config.address, Address::Tcp(host, 7000) if host.as_str() == "db.example")
        );
        assert_eq!(config.login.db(), 3);
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert!(config.connect_timeout < config.call_timeout);
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        let good = Some("redis://localhost");
        for (endpoint, options) in [
            (None, vec![]),
            (Some("sesame"), vec![]),
            (Some("http://sesame:1"), vec![]),
            (Some("rediss://sesame:1"), vec![]),
            (Some("redis://:sesame@host:port"), vec![]),
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
