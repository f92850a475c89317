//! Settings, read and checked. Knows how they are spelled; must not connect. What names
//! the account is read with other providers of Azure.

use std::time::Duration;

use azure_access::{Account, Part};
use cloud_contract::{Result, Settings, Timeouts};

/// The time limit of one call when the settings name none. A block has to be sent within
/// it.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(20);
/// The longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const CONTAINER: &str = "have 3 to 63 characters out of a-z, 0-9 and single hyphens between them";

/// Everything needed to connect. It holds credentials: no `Debug`.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) account: Account,
    /// None where nothing is asked of a container.
    pub(crate) container: Option<String>,
    /// How long the portable layer waits for one call.
    pub(crate) call_timeout: Duration,
    pub(crate) connect_timeout: Duration,
}

impl Config {
    /// Reads the settings, and the environment for what they leave open.
    ///
    /// # Errors
    /// `invalid-argument` naming the setting and the rule, never its value.
    pub(crate) fn read(settings: &Settings) -> Result<Self> {
        let options = settings.known_options(&[
            "account",
            "connection-string",
            "container",
            "key",
            "sas",
            "timeout-ms",
        ])?;
        let Timeouts { call, connect } = options.timeouts(CALL_TIMEOUT, CONNECT_TIMEOUT)?;
        Ok(Self {
            account: Account::read(settings, options, Part::BLOB)?,
            container: options.fitting("container", CONTAINER, is_container)?,
            call_timeout: call,
            connect_timeout: connect,
        })
    }
}

pub(crate) fn is_container(name: &str) -> bool {
    let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    (3..=63).contains(&name.len())
        && name.bytes().all(is_plain)
        && name.split('-').all(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use provider_tests::{assert_refused, settings};

    const LOCAL: Option<&str> = Some("http://127.0.0.1:10000/account1/");
    const ACCOUNT: [(&str, &str); 2] = [("account", "account1"), ("key", "c2VzYW1l")];

    #[test]
    fn options_are_read() {
        let [account, key] = ACCOUNT;
        let options = [account, key, ("container", "cw-1"), ("timeout-ms", "250")];
        let config = Config::read(&settings(LOCAL, &options)).unwrap();
        assert_eq!(config.account.endpoint.path(), "/account1");
        assert_eq!(config.container.as_deref(), Some("cw-1"));
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert!(config.connect_timeout < config.call_timeout);
        let config = Config::read(&settings(None, &ACCOUNT)).unwrap();
        assert_eq!(
            config.account.endpoint.as_str(),
            "https://account1.blob.core.windows.net/"
        );
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        let [account, key] = ACCOUNT;
        let wrong = ["se", "Sesame", "sesame-", "-sesame", "se--same", "ses.ame"];
        for name in wrong {
            assert_refused(
                Config::read,
                (LOCAL, &ACCOUNT),
                &[(LOCAL, &[account, key, ("container", name)])],
            );
        }
        assert_refused(
            Config::read,
            (LOCAL, &ACCOUNT),
            &[(Some("sesame"), &ACCOUNT)],
        );
    }
}
