//! Settings, read and checked. Knows how they are spelled; must not connect.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::ServerAddr;
use cloud_contract::{Error, Result, Settings, milliseconds};

/// The time limit of one call when the settings name none.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest wait for a connection that is ready to use. It is also shorter
/// than a call, so that a call can tell why there is none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const MOST_REPLICAS: u8 = 5;
/// A domain stands in subjects, whose length is bounded.
const DOMAIN_MAX_BYTES: usize = 63;

/// How to prove who we are.
#[derive(Clone)]
pub(crate) enum Login {
    Nobody,
    User {
        name: String,
        password: String,
    },
    Token(String),
    /// The text of a credentials file.
    Credentials(String),
}

/// Everything needed to connect. It holds credentials: no `Debug`.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) servers: Vec<ServerAddr>,
    pub(crate) login: Login,
    pub(crate) ca_file: Option<PathBuf>,
    /// What subjects of the JetStream API begin with.
    pub(crate) api: String,
    /// How many copies a new bucket has.
    pub(crate) replicas: u8,
    /// How long the portable layer waits for one call.
    pub(crate) call_timeout: Duration,
    /// How long one attempt to connect may take, greetings included.
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
            .ok_or_else(|| Error::invalid("endpoint: give nats://host:port"))?;
        let mut login = Login::Nobody;
        let mut servers = Vec::new();
        for part in endpoint.split(',') {
            let server = server(part.trim())?;
            if let Some(name) = server.username() {
                let password = server.password().unwrap_or_default();
                login = match decoded(name).zip(decoded(password)) {
                    // A name alone is how NATS clients spell a token.
                    Some((token, _)) if server.password().is_none() => Login::Token(token),
                    Some((name, password)) => Login::User { name, password },
                    None => {
                        return Err(Error::invalid(
                            "endpoint: user and password must be percent-encoded UTF-8",
                        ));
                    }
                };
            }
            servers.push(server);
        }

        let (mut username, mut password, mut token, mut credentials) = (None, None, None, None);
        let mut ca_file = None;
        let mut api = "$JS.API".to_owned();
        let mut replicas = 1;
        let mut call_timeout = CALL_TIMEOUT;
        for (name, value) in &settings.options {
            match name.as_str() {
                "username" => username = Some(value.clone()),
                "password" => password = Some(value.clone()),
                "token" => token = Some(value.clone()),
                "credentials" => credentials = Some(value.clone()),
                "ca-file" => ca_file = Some(PathBuf::from(value)),
                "domain" => api = format!("$JS.{}.API", domain(value)?),
                "replicas" => replicas = copies(value)?,
                "timeout-ms" => call_timeout = milliseconds(name, value)?,
                _ => {
                    return Err(Error::invalid(
                        "options: known are username, password, token, credentials, ca-file, \
                         domain, replicas and timeout-ms",
                    ));
                }
            }
        }
        match (username, password, token, credentials) {
            (None, None, None, None) => {}
            (name, password, None, None) => {
                let (old_name, old_password) = match login {
                    Login::User { name, password } => (Some(name), Some(password)),
                    _ => (None, None),
                };
                let name = name
                    .or(old_name)
                    .ok_or_else(|| Error::invalid("password: needs a username"))?;
                let password = password.or(old_password).unwrap_or_default();
                login = Login::User { name, password };
            }
            (None, None, Some(token), None) => login = Login::Token(token),
            (None, None, None, Some(text)) => login = Login::Credentials(text),
            _ => {
                return Err(Error::invalid(
                    "options: give a username and a password, or a token, or credentials",
                ));
            }
        }
        Ok(Self {
            servers,
            login,
            ca_file,
            api,
            replicas,
            call_timeout,
            connect_timeout: CONNECT_TIMEOUT.min(call_timeout.mul_f64(0.9)),
        })
    }
}

fn server(text: &str) -> Result<ServerAddr> {
    let wrong = || Error::invalid("endpoint: must look like nats://[user:password@]host:port");
    // The cause is left out: it may repeat parts of the endpoint.
    let server: ServerAddr = text.parse().map_err(|_| wrong())?;
    if server.host().is_empty() {
        return Err(wrong());
    }
    match server.scheme() {
        "nats" | "tls" => Ok(server),
        _ => Err(Error::invalid(
            "endpoint: the scheme must be nats or tls, this build has no web sockets",
        )),
    }
}

/// Text of a URL without its percent signs.
fn decoded(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'%' => {
                let digits = [rest.next()?, rest.next()?];
                u8::from_str_radix(std::str::from_utf8(&digits).ok()?, 16).ok()?
            }
            _ => byte,
        });
    }
    String::from_utf8(bytes).ok()
}

fn domain(value: &str) -> Result<&str> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    if (1..=DOMAIN_MAX_BYTES).contains(&value.len()) && value.bytes().all(plain) {
        Ok(value)
    } else {
        Err(Error::invalid(
            "domain: must have 1 to 63 letters, digits, - and _",
        ))
    }
}

fn copies(value: &str) -> Result<u8> {
    match value.parse() {
        Ok(count @ 1..=MOST_REPLICAS) => Ok(count),
        _ => Err(Error::invalid(
            "replicas: must be a whole number from 1 to 5",
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

    fn user(config: &Config) -> (&str, &str) {
        match &config.login {
            Login::User { name, password } => (name, password),
            _ => ("", ""),
        }
    }

    #[test]
    fn an_endpoint_is_read() {
        let endpoint = "nats://u:p%40%20@one.example:7000, tls://two.example";
        let options = [("timeout-ms", "250"), ("domain", "hub"), ("replicas", "3")];
        let config = read(Some(endpoint), &options).unwrap();
        let [one, two] = config.servers.as_slice() else {
            panic!("two servers")
        };
        assert_eq!((one.host(), one.port()), ("one.example", 7000));
        assert_eq!((two.host(), two.port()), ("two.example", 4222));
        assert!(two.tls_required());
        assert_eq!(user(&config), ("u", "p@ "));
        assert_eq!(config.api, "$JS.hub.API");
        assert_eq!(config.replicas, 3);
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert!(config.connect_timeout < config.call_timeout);
    }

    #[test]
    fn options_override_the_credentials_of_the_endpoint() {
        let endpoint = Some("nats://u:p@localhost");
        let config = read(endpoint, &[("password", "q")]).unwrap();
        assert_eq!(user(&config), ("u", "q"));
        let config = read(endpoint, &[("username", "v")]).unwrap();
        assert_eq!(user(&config), ("v", "p"));
        let config = read(endpoint, &[("token", "t")]).unwrap();
        assert!(matches!(config.login, Login::Token(token) if token == "t"));
        let config = read(Some("nats://t@localhost"), &[]).unwrap();
        assert!(matches!(config.login, Login::Token(token) if token == "t"));
        let config = read(Some("nats://localhost"), &[("credentials", "c")]).unwrap();
        assert!(matches!(config.login, Login::Credentials(text) if text == "c"));
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        let good = Some("nats://localhost");
        for (endpoint, options) in [
            (None, vec![]),
            (Some(""), vec![]),
            (Some("http://sesame:1"), vec![]),
            (Some("ws://sesame:1"), vec![]),
            (Some("nats://:sesame@host:port"), vec![]),
            (Some("nats://sesame%ff:p@host"), vec![]),
            (good, vec![("timeout-ms", "sesame")]),
            (good, vec![("timeout-ms", "0")]),
            (good, vec![("replicas", "6")]),
            (good, vec![("domain", "sesame.>")]),
            (good, vec![("domain", "")]),
            (good, vec![("password", "sesame")]),
            (good, vec![("token", "sesame"), ("username", "sesame")]),
            (good, vec![("token", "sesame"), ("credentials", "sesame")]),
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
