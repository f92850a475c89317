//! Settings, read and checked. Knows how they are spelled; must not connect.

use std::path::PathBuf;
use std::time::Duration;

use cloud_contract::{Error, Result, Settings, Timeouts};
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
        let endpoint = settings.required_endpoint("redis://host:port")?;
        // The cause is left out: it may repeat parts of the endpoint.
        let info = endpoint.into_connection_info().map_err(|_| {
            Error::invalid("endpoint: must look like redis://[user:password@]host:port[/database]")
        })?;
        let address = match info.addr() {
            ConnectionAddr::Tcp(host, port) => Address::Tcp(host.clone(), *port),
            ConnectionAddr::Unix(path) => Address::Unix(path.clone()),
            _ => return Err(Error::invalid("endpoint: this build has no tls")),
        };
        let options = settings.known_options(&["username", "password", "timeout-ms"])?;
        let mut login = info.redis_settings().clone();
        if let Some(name) = options.text("username") {
            login = login.set_username(name);
        }
        if let Some(password) = options.text("password") {
            login = login.set_password(password);
        }
        let Timeouts { call, connect } = options.timeouts(CALL_TIMEOUT, CONNECT_TIMEOUT)?;
        Ok(Self {
            address,
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
        let endpoint = Some("redis://u:p@db.example:7000/3");
        let config = Config::read(&settings(endpoint, &[("timeout-ms", "250")])).unwrap();
        assert!(
            matches!(&config.address, Address::Tcp(host, 7000) if host.as_str() == "db.example")
        );
        assert_eq!(config.login.db(), 3);
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert!(config.connect_timeout < config.call_timeout);
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        assert_refused(
            Config::read,
            (Some("redis://localhost"), &[]),
            &[
                (None, &[]),
                (Some("sesame"), &[]),
                (Some("http://sesame:1"), &[]),
                (Some("rediss://sesame:1"), &[]),
                (Some("redis://:sesame@host:port"), &[]),
            ],
        );
    }
}
