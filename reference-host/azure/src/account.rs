//! Settings that name an account, read and checked; the environment for what they leave
//! open. Knows how they are spelled; must not connect.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloud_contract::{Error, ErrorKind, HttpAddress, Options, Result, Settings};
use reqwest::Url;

use crate::connection_string;

/// Where accounts of the public cloud are.
const SUFFIX: &str = "core.windows.net";

/// The part of an account that a provider uses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// What stands in host names: `table`.
    pub name: &'static str,
    /// What connection strings call its address.
    pub endpoint: &'static str,
    /// Where emulators have it.
    pub port: u16,
}

impl Part {
    /// Tables.
    pub const TABLE: Self = Self {
        name: "table",
        endpoint: "TableEndpoint",
        port: 10002,
    };
    /// Blobs.
    pub const BLOB: Self = Self {
        name: "blob",
        endpoint: "BlobEndpoint",
        port: 10000,
    };
}

/// An account, and by what right it is used. It holds credentials: its debug text shows
/// nothing.
#[derive(Clone)]
pub struct Account {
    /// Where the part of the account is, without a slash at its end.
    pub endpoint: Url,
    /// Its name.
    pub name: String,
    /// By what right.
    pub access: Access,
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").finish_non_exhaustive()
    }
}

/// By what right.
#[derive(Clone, PartialEq, Eq)]
pub enum Access {
    /// The account's key.
    Key(Vec<u8>),
    /// A shared access signature: parameters of each address.
    Sas(String),
    /// An identity, found where the SDK looks for one.
    Identity,
}

/// Shows no secret.
impl fmt::Debug for Access {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Key(_) => "Key",
            Self::Sas(_) => "Sas",
            Self::Identity => "Identity",
        })
    }
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

impl Account {
    /// Reads the settings, and the environment for what they leave open.
    ///
    /// # Errors
    /// `invalid-argument` naming the setting and the rule, never its value.
    pub fn read(settings: &Settings, options: Options<'_>, part: Part) -> Result<Self> {
        Self::from(settings, options, part, |name| {
            std::env::var(name).ok().filter(|value| !value.is_empty())
        })
    }

    /// The same with another environment, for tests.
    ///
    /// # Errors
    /// As [`Account::read`].
    pub fn from(
        settings: &Settings,
        options: Options<'_>,
        part: Part,
        variable: impl Fn(&str) -> Option<String>,
    ) -> Result<Self> {
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
            Some(text) => connection_string::read(&text, part)?,
            None => given.or_variables(&variable),
        };
        let name = named.account.ok_or_else(|| {
            Error::invalid(
                "account: give it, a connection-string, or AZURE_STORAGE_ACCOUNT in the environment",
            )
        })?;
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
        if !(3..=24).contains(&name.len()) || !name.bytes().all(plain) {
            return Err(Error::invalid(
                "account: must be 3 to 24 characters out of a-z and 0-9",
            ));
        }
        let endpoint = settings.endpoint.clone().or(named.endpoint);
        let endpoint = endpoint.unwrap_or_else(|| {
            let suffix = named.suffix.as_deref().unwrap_or(SUFFIX);
            format!("https://{name}.{}.{suffix}", part.name)
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
        let account = Self {
            endpoint: address(&endpoint, part)?,
            name,
            access,
        };
        if account.access == Access::Identity && !account.is_encrypted() {
            return Err(Error::invalid(
                "key: without it and sas, an identity is used, which needs an https endpoint",
            ));
        }
        // It is part of each address.
        let is_readable = !account.is_encrypted() && !account.is_here();
        if matches!(account.access, Access::Sas(_)) && is_readable {
            return Err(Error::invalid("sas: needs an https endpoint"));
        }
        Ok(account)
    }

    /// Whether the way does not leave this machine.
    fn is_here(&self) -> bool {
        match self.endpoint.host_str() {
            Some("localhost") => true,
            Some(host) => {
                let address = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
                address.is_ok_and(|address| address.is_loopback())
            }
            None => false,
        }
    }

    /// Whether nobody on the way can read along.
    #[must_use]
    pub fn is_encrypted(&self) -> bool {
        self.endpoint.scheme() == "https"
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
fn address(text: &str, part: Part) -> Result<Url> {
    HttpAddress::read(text)
        .and_then(|_| Url::parse(text.trim_end_matches('/')).ok())
        .ok_or_else(|| {
            let rule = format!(
                "endpoint: must look like https://ACCOUNT.{}.{SUFFIX}",
                part.name
            );
            ErrorKind::InvalidArgument(rule.into()).into()
        })
}

#[cfg(test)]
mod tests {
    use super::*;
    use provider_tests::{assert_refused, settings};

    fn of(settings: &Settings, environment: &[(&str, &str)]) -> Result<Account> {
        let options = settings.known_options(&["account", "connection-string", "key", "sas"])?;
        Account::from(settings, options, Part::TABLE, |name| {
            environment
                .iter()
                .find(|&&(known, _)| known == name)
                .map(|&(_, value)| value.to_owned())
        })
    }

    fn read(
        endpoint: Option<&str>,
        options: &[(&str, &str)],
        environment: &[(&str, &str)],
    ) -> Result<Account> {
        of(&settings(endpoint, options), environment)
    }

    const LOCAL: Option<&str> = Some("http://127.0.0.1:10002/account1/");

    #[test]
    fn options_are_read() {
        let options = [("account", "account1"), ("key", "c2VzYW1l")];
        let account = read(LOCAL, &options, &[]).unwrap();
        assert_eq!(account.endpoint.path(), "/account1");
        assert!(account.access == Access::Key(b"sesame".to_vec()));
        let shown = format!("{account:?} {:?}", account.access);
        assert!(!shown.contains("sesame"), "{shown}");
    }

    #[test]
    fn an_account_has_its_place_in_the_cloud() {
        let account = read(None, &[("account", "account1")], &[]).unwrap();
        assert_eq!(
            account.endpoint.as_str(),
            "https://account1.table.core.windows.net/"
        );
        assert!(account.access == Access::Identity);
        let options = [("account", "account1"), ("sas", "?sv=1&sig=s")];
        let account = read(None, &options, &[]).unwrap();
        assert!(account.access == Access::Sas("sv=1&sig=s".into()));
    }

    #[test]
    fn the_environment_fills_what_is_open_for_the_same_account() {
        let account = ("AZURE_STORAGE_ACCOUNT", "account1");
        let key = ("AZURE_STORAGE_KEY", "c2VzYW1l");
        let sas = ("AZURE_STORAGE_SAS_TOKEN", "sig=s");
        let text = "AccountName=account2;AccountKey=c2VzYW1l";
        let connection = ("AZURE_STORAGE_CONNECTION_STRING", text);

        let found = read(None, &[], &[account, key]).unwrap();
        assert_eq!(found.name, "account1");
        assert!(found.access == Access::Key(b"sesame".to_vec()));
        let found = read(None, &[], &[account, sas]).unwrap();
        assert!(found.access == Access::Sas("sig=s".into()));
        let found = read(None, &[("account", "account1")], &[key]).unwrap();
        assert!(found.access == Access::Key(b"sesame".to_vec()));
        let found = read(None, &[("account", "another1")], &[account, key]).unwrap();
        assert!(found.access == Access::Identity);
        let found = read(None, &[], &[connection, account]).unwrap();
        assert_eq!(found.name, "account2");
        let found = read(None, &[("account", "account1")], &[connection, key]).unwrap();
        assert_eq!(found.name, "account1");
        let options = [("connection-string", text), ("account", "account1")];
        assert_eq!(read(None, &options, &[]).unwrap().name, "account2");
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        let good = ("account", "account1");
        let key = ("key", "c2VzYW1l");
        assert_refused(
            |settings| of(settings, &[]),
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
                (None, &[("connection-string", "sesame")]),
                (None, &[("connection-string", "AccountName=s;Sesame=1")]),
            ],
        );
    }
}
