//! Settings, read and checked. Knows how they are spelled; must not connect.

use std::path::PathBuf;
use std::time::Duration;

use cloud_contract::{Error, Result, Settings, milliseconds};
use tokio_postgres::config::{SslMode, TargetSessionAttrs};

/// The time limit of one call when the settings name none.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest wait for a connection that is ready to use. It is also shorter
/// than a call, so that a call can tell why there is none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Each is a process of the server, which takes 100 unless it is told otherwise.
const CONNECTIONS: usize = 8;

const ENDPOINT: &str = "endpoint: must look like postgres://user[:password]@host[:port]/database";
const SSLMODE: &str = "sslmode: must be disable, require or verify-full";

/// The schema of the tables: a name that needs no quotes, so that it can stand in
/// the text of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Schema(String);

impl Default for Schema {
    fn default() -> Self {
        Self("cloud_wit".to_owned())
    }
}

impl Schema {
    fn new(name: &str) -> Option<Self> {
        let word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let fits = (1..=63).contains(&name.len())
            && name.bytes().all(word)
            && !name.as_bytes()[0].is_ascii_digit()
            && !name.starts_with("pg_");
        fits.then(|| Self(name.to_owned()))
    }

    /// A text of SQL with the name in its places.
    pub(crate) fn fill(&self, text: &str) -> String {
        text.replace("{schema}", &self.0)
    }
}

/// Everything needed to connect. It holds credentials: no `Debug`.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) client: tokio_postgres::Config,
    /// Trusted in place of the platform's authorities.
    pub(crate) root_certificates: Option<PathBuf>,
    pub(crate) schema: Schema,
    /// How many connections are open at most.
    pub(crate) connections: usize,
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
            .ok_or_else(|| Error::invalid("endpoint: give postgres://user@host:port/database"))?;
        // The library takes another notation too, which nothing here can mask.
        if !["postgres://", "postgresql://"]
            .iter()
            .any(|start| endpoint.starts_with(start))
        {
            return Err(Error::invalid(ENDPOINT));
        }
        let (endpoint, sslmode) = without_sslmode(endpoint);
        // The cause is left out: it may repeat parts of the endpoint.
        let mut client: tokio_postgres::Config =
            endpoint.parse().map_err(|_| Error::invalid(ENDPOINT))?;
        client
            .ssl_mode(SslMode::Disable)
            .target_session_attrs(TargetSessionAttrs::ReadWrite);
        let mut config = Self {
            client,
            root_certificates: None,
            schema: Schema::default(),
            connections: CONNECTIONS,
            call_timeout: CALL_TIMEOUT,
            connect_timeout: CONNECT_TIMEOUT,
        };
        if let Some(mode) = sslmode {
            config.client.ssl_mode(ssl_mode(mode)?);
        }
        for (name, value) in &settings.options {
            config.option(name, value)?;
        }
        config.finish()
    }

    fn option(&mut self, name: &str, value: &str) -> Result<()> {
        match name {
            "user" => drop(self.client.user(value)),
            "password" => drop(self.client.password(value)),
            "sslmode" => drop(self.client.ssl_mode(ssl_mode(value)?)),
            "sslrootcert" => self.root_certificates = Some(PathBuf::from(value)),
            "schema" => {
                self.schema = Schema::new(value).ok_or_else(|| {
                    Error::invalid(
                        "schema: must be 1 to 63 characters out of a-z, 0-9 and _, \
                         and start with no digit and not with pg_",
                    )
                })?;
            }
            "connections" => {
                self.connections = match value.parse() {
                    Ok(count @ 1..=1_000) => count,
                    _ => {
                        return Err(Error::invalid(
                            "connections: must be a whole number from 1 to 1000",
                        ));
                    }
                };
            }
            "timeout-ms" => self.call_timeout = milliseconds(name, value)?,
            _ => {
                return Err(Error::invalid(
                    "options: known are user, password, sslmode, sslrootcert, schema, \
                     connections and timeout-ms",
                ));
            }
        }
        Ok(())
    }

    /// Checks what settings make only together.
    fn finish(mut self) -> Result<Self> {
        if self.client.get_hosts().is_empty() && self.client.get_hostaddrs().is_empty() {
            return Err(Error::invalid(ENDPOINT));
        }
        if self.client.get_user().is_none_or(str::is_empty) {
            return Err(Error::invalid("endpoint: names no user"));
        }
        if self.client.get_dbname().is_none_or(str::is_empty) {
            return Err(Error::invalid("endpoint: names no database"));
        }
        if self.root_certificates.is_some() && self.client.get_ssl_mode() == SslMode::Disable {
            return Err(Error::invalid(
                "sslrootcert: has no meaning without sslmode",
            ));
        }
        if self.client.get_application_name().is_none() {
            self.client.application_name("cloud-wit");
        }
        self.connect_timeout = CONNECT_TIMEOUT.min(self.call_timeout.mul_f64(0.9));
        Ok(self)
    }
}

/// Both words for TLS mean that the certificate is checked: what does not know whom
/// it talks to keeps no secret.
fn ssl_mode(value: &str) -> Result<SslMode> {
    match value {
        "disable" => Ok(SslMode::Disable),
        "require" | "verify-full" => Ok(SslMode::Require),
        _ => Err(Error::invalid(SSLMODE)),
    }
}

/// Takes `sslmode` out of the parameters: the library knows other words for it.
fn without_sslmode(endpoint: &str) -> (String, Option<&str>) {
    let Some((place, parameters)) = endpoint.split_once('?') else {
        return (endpoint.to_owned(), None);
    };
    let mut mode = None;
    let rest: Vec<&str> = parameters
        .split('&')
        .filter(|parameter| match parameter.strip_prefix("sslmode=") {
            Some(value) => {
                mode = Some(value);
                false
            }
            None => true,
        })
        .collect();
    let place = if rest.is_empty() {
        place.to_owned()
    } else {
        format!("{place}?{}", rest.join("&"))
    };
    (place, mode)
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloud_contract::ErrorKind;
    use tokio_postgres::config::Host;

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
            Some("postgres://u:p%40@db.example:7000/app?sslmode=require&application_name=x"),
            &[
                ("timeout-ms", "250"),
                ("schema", "s_1"),
                ("connections", "3"),
            ],
        )
        .unwrap();
        assert_eq!(config.client.get_hosts(), [Host::Tcp("db.example".into())]);
        assert_eq!(config.client.get_ports(), [7000]);
        assert_eq!(config.client.get_password(), Some(b"p@".as_slice()));
        assert_eq!(config.client.get_ssl_mode(), SslMode::Require);
        assert_eq!(config.client.get_application_name(), Some("x"));
        assert_eq!(config.schema.fill("{schema}.t"), "s_1.t");
        assert_eq!(config.connections, 3);
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert!(config.connect_timeout < config.call_timeout);
    }

    #[test]
    fn options_override_and_a_socket_is_a_host() {
        let config = read(
            Some("postgresql:///app?host=/run/postgresql&sslmode=disable"),
            &[("user", "u"), ("password", "p")],
        )
        .unwrap();
        assert_eq!(
            config.client.get_hosts(),
            [Host::Unix("/run/postgresql".into())]
        );
        assert_eq!(config.client.get_user(), Some("u"));
        assert_eq!(config.client.get_ssl_mode(), SslMode::Disable);
        assert_eq!(config.call_timeout, CALL_TIMEOUT);
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        let good = Some("postgres://u@localhost/app");
        for (endpoint, options) in [
            (None, vec![]),
            (Some("sesame"), vec![]),
            (Some("host=sesame user=sesame"), vec![]),
            (Some("http://u@sesame/app"), vec![]),
            (Some("postgres://u@sesame:port/app"), vec![]),
            (Some("postgres://sesame/app"), vec![]),
            (Some("postgres://u@sesame"), vec![]),
            (Some("postgres://u@sesame/"), vec![]),
            (Some("postgres://u@sesame/app?sesame=1"), vec![]),
            (Some("postgres://u@sesame/app?sslmode=prefer"), vec![]),
            (good, vec![("sslmode", "sesame")]),
            (good, vec![("sslrootcert", "sesame")]),
            (good, vec![("schema", "sesame;")]),
            (good, vec![("schema", "")]),
            (good, vec![("schema", "1sesame")]),
            (good, vec![("schema", "pg_sesame")]),
            (good, vec![("connections", "0")]),
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
