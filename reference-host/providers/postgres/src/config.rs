//! Settings, read and checked. Knows how they are spelled; must not connect.

use std::path::PathBuf;
use std::time::Duration;

use cloud_contract::{Error, Result, Settings, Timeouts};
use tokio_postgres::config::{SslMode, TargetSessionAttrs};

/// The time limit of one call when the settings name none.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest wait for a connection that is ready to use. It is also shorter
/// than a call, so that a call can tell why there is none. A server that is busy takes
/// seconds to fork.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// Each is a process of the server, which takes 100 unless it is told otherwise.
const CONNECTIONS: usize = 8;

const ENDPOINT: &str = "endpoint: must look like postgres://user[:password]@host[:port]/database";
const SSLMODE: &str = "sslmode: must be disable, require or verify-full";
const SCHEMA: &str = "be 1 to 63 characters out of a-z, 0-9 and _, \
                      and start with no digit and not with pg_";

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
        let endpoint = settings.required_endpoint("postgres://user@host:port/database")?;
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
        client.target_session_attrs(TargetSessionAttrs::ReadWrite);

        let options = settings.known_options(&[
            "user",
            "password",
            "sslmode",
            "sslrootcert",
            "schema",
            "connections",
            "timeout-ms",
        ])?;
        if let Some(user) = options.text("user") {
            client.user(user);
        }
        if let Some(password) = options.text("password") {
            client.password(password);
        }
        let word = options.text("sslmode").or(sslmode).unwrap_or("disable");
        client.ssl_mode(ssl_mode(word)?);
        let Timeouts { call, connect } = options.timeouts(CALL_TIMEOUT, CONNECT_TIMEOUT)?;
        let config = Self {
            client,
            root_certificates: options.text("sslrootcert").map(PathBuf::from),
            schema: options
                .read("schema", SCHEMA, Schema::new)?
                .unwrap_or_default(),
            connections: options
                .number("connections", 1..=1_000)?
                .unwrap_or(CONNECTIONS),
            call_timeout: call,
            connect_timeout: connect,
        };
        config.finish()
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
        Ok(self)
    }
}

/// Both words for TLS mean that the certificate is checked: what does not know whom
/// it talks to keeps no secret.
fn ssl_mode(word: &str) -> Result<SslMode> {
    match word {
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
    use provider_tests::{assert_refused, settings};
    use tokio_postgres::config::Host;

    #[test]
    fn an_endpoint_is_read() {
        let endpoint =
            Some("postgres://u:p%40@db.example:7000/app?sslmode=require&application_name=x");
        let options = [
            ("timeout-ms", "250"),
            ("schema", "s_1"),
            ("connections", "3"),
        ];
        let config = Config::read(&settings(endpoint, &options)).unwrap();
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
        let endpoint = Some("postgresql:///app?host=/run/postgresql&sslmode=disable");
        let options = [("user", "u"), ("password", "p"), ("sslmode", "require")];
        let config = Config::read(&settings(endpoint, &options)).unwrap();
        assert_eq!(
            config.client.get_hosts(),
            [Host::Unix("/run/postgresql".into())]
        );
        assert_eq!(config.client.get_user(), Some("u"));
        assert_eq!(config.client.get_ssl_mode(), SslMode::Require);
        assert_eq!(config.call_timeout, CALL_TIMEOUT);
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        let good = Some("postgres://u@localhost/app");
        assert_refused(
            Config::read,
            (good, &[]),
            &[
                (None, &[]),
                (Some("sesame"), &[]),
                (Some("host=sesame user=sesame"), &[]),
                (Some("http://u@sesame/app"), &[]),
                (Some("postgres://u@sesame:port/app"), &[]),
                (Some("postgres://sesame/app"), &[]),
                (Some("postgres://u@sesame"), &[]),
                (Some("postgres://u@sesame/"), &[]),
                (Some("postgres://u@sesame/app?sesame=1"), &[]),
                (Some("postgres://u@sesame/app?sslmode=prefer"), &[]),
                (good, &[("sslmode", "sesame")]),
                (good, &[("sslrootcert", "sesame")]),
                (good, &[("schema", "sesame;")]),
                (good, &[("schema", "")]),
                (good, &[("schema", "1sesame")]),
                (good, &[("schema", "pg_sesame")]),
                (good, &[("connections", "0")]),
            ],
        );
    }
}
