//! Settings, read and checked. Knows how they are spelled; must not connect.

use std::path::PathBuf;
use std::time::Duration;

use async_nats::ServerAddr;
use cloud_contract::{Error, Result, Settings, Timeouts};

/// The time limit of one call when the settings name none.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest wait for a connection that is ready to use. It is also shorter
/// than a call, so that a call can tell why there is none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
const MOST_REPLICAS: u8 = 5;
/// A domain stands in subjects, whose length is bounded.
const DOMAIN_MAX_BYTES: usize = 63;
const DOMAIN: &str = "have 1 to 63 letters, digits, - and _";

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
        let endpoint = settings.required_endpoint("nats://host:port")?;
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

        let options = settings.known_options(&[
            "username",
            "password",
            "token",
            "credentials",
            "ca-file",
            "domain",
            "replicas",
            "timeout-ms",
        ])?;
        let given = ["username", "password", "token", "credentials"];
        match given.map(|name| options.owned(name)) {
            [None, None, None, None] => {}
            [name, password, None, None] => {
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
            [None, None, Some(token), None] => login = Login::Token(token),
            [None, None, None, Some(text)] => login = Login::Credentials(text),
            _ => {
                return Err(Error::invalid(
                    "options: give a username and a password, or a token, or credentials",
                ));
            }
        }
        let domain = options.fitting("domain", DOMAIN, is_domain)?;
        let Timeouts { call, connect } = options.timeouts(CALL_TIMEOUT, CONNECT_TIMEOUT)?;
        Ok(Self {
            servers,
            login,
            ca_file: options.text("ca-file").map(PathBuf::from),
            api: match domain {
                Some(domain) => format!("$JS.{domain}.API"),
                None => "$JS.API".to_owned(),
            },
            replicas: options.number("replicas", 1..=MOST_REPLICAS)?.unwrap_or(1),
            call_timeout: call,
            connect_timeout: connect,
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

fn is_domain(value: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_');
    (1..=DOMAIN_MAX_BYTES).contains(&value.len()) && value.bytes().all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use provider_tests::{assert_refused, settings};

    fn read(endpoint: &str, options: &[(&str, &str)]) -> Config {
        Config::read(&settings(Some(endpoint), options)).unwrap()
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
        let config = read(endpoint, &options);
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
        let endpoint = "nats://u:p@localhost";
        let config = read(endpoint, &[("password", "q")]);
        assert_eq!(user(&config), ("u", "q"));
        let config = read(endpoint, &[("username", "v")]);
        assert_eq!(user(&config), ("v", "p"));
        let config = read(endpoint, &[("token", "t")]);
        assert!(matches!(config.login, Login::Token(token) if token == "t"));
        let config = read("nats://t@localhost", &[]);
        assert!(matches!(config.login, Login::Token(token) if token == "t"));
        let config = read("nats://localhost", &[("credentials", "c")]);
        assert!(matches!(config.login, Login::Credentials(text) if text == "c"));
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        let good = Some("nats://localhost");
        assert_refused(
            Config::read,
            (good, &[]),
            &[
                (None, &[]),
                (Some(""), &[]),
                (Some("http://sesame:1"), &[]),
                (Some("ws://sesame:1"), &[]),
                (Some("nats://:sesame@host:port"), &[]),
                (Some("nats://sesame%ff:p@host"), &[]),
                (good, &[("replicas", "6")]),
                (good, &[("domain", "sesame.>")]),
                (good, &[("domain", "")]),
                (good, &[("password", "sesame")]),
                (good, &[("token", "sesame"), ("username", "sesame")]),
                (good, &[("token", "sesame"), ("credentials", "sesame")]),
            ],
        );
    }
}
