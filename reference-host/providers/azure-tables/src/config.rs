//! Settings, read and checked. Knows how they are spelled; must not connect.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_contract::{Error, HttpAddress, Result, Settings, Timeouts};
use reqwest::Url;

use crate::connection_string;

/// The time limit of one call when the settings name none. A crowd on one counter
/// takes turns of two requests each.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
/// Where accounts of the public cloud are.
const SUFFIX: &str = "core.windows.net";
const TABLE: &str = "be 3 to 63 letters and digits, beginning with a letter";

/// Everything needed to connect. It holds credentials: no `Debug`.
#[derive(Clone)]
pub(crate) struct Config {
    /// Where the account's tables are, without a slash at its end.
    pub(crate) endpoint: Url,
    pub(crate) account: String,
    pub(crate) access: Access,
    /// None where nothing is asked of a table.
    pub(crate) table: Option<String>,
    /// How long the portable layer waits for one call.
    pub(crate) call_timeout: Duration,
    pub(crate) connect_timeout: Duration,
}

/// By what right.
#[derive(Clone, PartialEq, Eq)]
pub(crate) enum Access {
    /// The account's key.
    Key(Vec<u8>),
    /// A shared access signature: parameters of each address.
    Sas(String),
    /// An identity, found where the SDK looks for one.
    Identity,
}

/// What options, a connection string or the environment say.
#[derive(Default)]
pub(crate) struct Named {
    pub(crate) endpoint: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) sas: Option<String>,
    pub(crate) suffix: Option<String>,
}

impl Config {
    /// Reads the settings, and the environment for what they leave open.
    ///
    /// # Errors
    /// `invalid-argument` naming the setting and the rule, never its value.
    pub(crate) fn read(settings: &Settings) -> Result<Self> {
        Self::from(settings, |name| {
            std::env::var(name).ok().filter(|value| !value.is_empty())
        })
    }

    fn from(settings: &Settings, variable: impl Fn(&str) -> Option<String>) -> Result<Self> {
        let options = settings.known_options(&[
            "account",
            "connection-string",
            "key",
            "sas",
            "table",
            "timeout-ms",
        ])?;
        let given = Named {
            account: options.owned("account"),
            key: options.owned("key"),
            sas: options.owned("sas"),
            ..Named::default()
        };
        // An account that is named decides; without one, the environment does.
        let is_named = given.account.is_some() || settings.endpoint.is_some();
        let string = options
            .owned("connection-string")
            .or_else(|| variable("AZURE_STORAGE_CONNECTION_STRING").filter(|_| !is_named));
        let named = match string {
            Some(text) => connection_string::read(&text)?,
            None => given.or_variables(&variable),
        };
        let account = named.account.ok_or_else(|| {
            Error::invalid(
                "account: give it, a connection-string, or AZURE_STORAGE_ACCOUNT in the environment",
            )
        })?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if !(3..=24).contains(&account.len()) || !account.bytes().all(plain) {
            return Err(Error::invalid(
                "account: must be 3 to 24 characters out of a-z and 0-9",
            ));
        }
        let endpoint = settings.endpoint.clone().or(named.endpoint);
        let endpoint = endpoint.unwrap_or_else(|| {
            let suffix = named.suffix.as_deref().unwrap_or(SUFFIX);
            format!("https://{account}.table.{suffix}")
        });
        let access = match (named.key, named.sas) {
            (Some(key), _) => Access::Key(
                STANDARD
                    .decode(key)
                    .map_err(|_| Error::invalid("key: must be the account's key, in base64"))?,
            ),
            (None, Some(sas)) => Access::Sas(sas.trim_start_matches('?').to_owned()),
            (None, None) => Access::Identity,
        };
        let Timeouts { call, connect } = options.timeouts(CALL_TIMEOUT, CONNECT_TIMEOUT)?;
        let config = Self {
            endpoint: address(&endpoint)?,
            account,
            access,
            table: options.fitting("table", TABLE, is_table)?,
            call_timeout: call,
            connect_timeout: connect,
        };
        if config.access == Access::Identity && config.endpoint.scheme() != "https" {
            return Err(Error::invalid(
                "key: without it and sas, an identity is used, which needs an https endpoint",
            ));
        }
        Ok(config)
    }
}

impl Named {
    fn or_variables(self, variable: &impl Fn(&str) -> Option<String>) -> Self {
        let credentials = self.key.is_some() || self.sas.is_some();
        // A key of one account opens no other.
        let theirs = variable("AZURE_STORAGE_ACCOUNT");
        let same = self.account.is_none() || theirs.is_none() || self.account == theirs;
        let other = |name| variable(name).filter(|_| !credentials && same);
        Self {
            account: self.account.or(theirs),
            key: self.key.or_else(|| other("AZURE_STORAGE_KEY")),
            sas: self.sas.or_else(|| other("AZURE_STORAGE_SAS_TOKEN")),
            ..self
        }
    }
}

/// The cause is left out: it may repeat parts of the endpoint.
fn address(text: &str) -> Result<Url> {
    HttpAddress::read(text)
        .and_then(|_| Url::parse(text.trim_end_matches('/')).ok())
        .ok_or_else(|| {
            Error::invalid("endpoint: must look like https://ACCOUNT.table.core.windows.net")
        })
}

fn is_table(name: &str) -> bool {
    (3..=63).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_alphabetic())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;
    use provider_tests::{assert_refused, settings};

    fn read(
        endpoint: Option<&str>,
        options: &[(&str, &str)],
        environment: &[(&str, &str)],
    ) -> Result<Config> {
        Config::from(&settings(endpoint, options), |name| {
            environment
                .iter()
                .find(|&&(known, _)| known == name)
                .map(|&(_, value)| value.to_owned())
        })
    }

    const LOCAL: Option<&str> = Some("http://127.0.0.1:10002/account1/");

    #[test]
    fn options_are_read() {
        let options = [
            ("account", "account1"),
            ("key", "c2VzYW1l"),
            ("table", "Data1"),
            ("timeout-ms", "250"),
        ];
        let config = read(LOCAL, &options, &[]).unwrap();
        assert_eq!(config.endpoint.path(), "/account1");
        assert!(config.access == Access::Key(b"sesame".to_vec()));
        assert_eq!(config.table.as_deref(), Some("Data1"));
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert!(config.connect_timeout < config.call_timeout);
    }

    #[test]
    fn an_account_has_its_place_in_the_cloud() {
        let config = read(None, &[("account", "account1")], &[]).unwrap();
        assert_eq!(
            config.endpoint.as_str(),
            "https://account1.table.core.windows.net/"
        );
        assert!(config.access == Access::Identity);
        let config = read(
            None,
            &[("account", "account1"), ("sas", "?sv=1&sig=s")],
            &[],
        );
        assert!(config.unwrap().access == Access::Sas("sv=1&sig=s".into()));
    }

    #[test]
    fn the_environment_fills_what_is_open_for_the_same_account() {
        let account = ("AZURE_STORAGE_ACCOUNT", "account1");
        let key = ("AZURE_STORAGE_KEY", "c2VzYW1l");
        let sas = ("AZURE_STORAGE_SAS_TOKEN", "sig=s");
        let text = "AccountName=account2;AccountKey=c2VzYW1l";
        let connection = ("AZURE_STORAGE_CONNECTION_STRING", text);

        let config = read(None, &[], &[account, key]).unwrap();
        assert_eq!(config.account, "account1");
        assert!(config.access == Access::Key(b"sesame".to_vec()));
        let config = read(None, &[], &[account, sas]).unwrap();
        assert!(config.access == Access::Sas("sig=s".into()));
        let config = read(None, &[("account", "account1")], &[key]).unwrap();
        assert!(config.access == Access::Key(b"sesame".to_vec()));
        let config = read(None, &[("account", "another1")], &[account, key]).unwrap();
        assert!(config.access == Access::Identity);
        let config = read(None, &[], &[connection, account]).unwrap();
        assert_eq!(config.account, "account2");
        let config = read(None, &[("account", "account1")], &[connection, key]).unwrap();
        assert_eq!(config.account, "account1");
        let options = [("connection-string", text), ("account", "account1")];
        assert_eq!(read(None, &options, &[]).unwrap().account, "account2");
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        let good = ("account", "account1");
        let key = ("key", "c2VzYW1l");
        assert_refused(
            |settings| Config::from(settings, |_| None),
            (LOCAL, &[good, key]),
            &[
                (None, &[]),
                (LOCAL, &[]),
                (LOCAL, &[good]),
                (None, &[("account", "Sesame!")]),
                (None, &[good, ("key", "sesame!")]),
                (Some("sesame"), &[good, key]),
                (Some("ftp://sesame"), &[good, key]),
                (Some("http://sesame?x=1"), &[good, key]),
                (Some("http://sesame:secret@host"), &[good, key]),
                (LOCAL, &[good, key, ("table", "sesame-1")]),
                (LOCAL, &[good, key, ("table", "1sesame")]),
                (None, &[("connection-string", "sesame")]),
                (None, &[("connection-string", "AccountName=s;Sesame=1")]),
            ],
        );
    }
}
