//! Settings, read and checked. Knows how they are spelled; must not connect. What names
//! the account is read with other providers of Azure.

use std::time::Duration;

use azure_access::{Account, Part};
use cloud_contract::{Result, Settings, Timeouts};

/// The time limit of one call when the settings name none. A crowd on one counter
/// takes turns of two requests each.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest wait for a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);
const TABLE: &str = "be 3 to 63 letters and digits, beginning with a letter";

/// Everything needed to connect. It holds credentials: no `Debug`.
#[derive(Clone)]
pub(crate) struct Config {
    pub(crate) account: Account,
    /// None where nothing is asked of a table.
    pub(crate) table: Option<String>,
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
            "key",
            "sas",
            "table",
            "timeout-ms",
        ])?;
        let Timeouts { call, connect } = options.timeouts(CALL_TIMEOUT, CONNECT_TIMEOUT)?;
        Ok(Self {
            account: Account::read(settings, options, Part::TABLE)?,
            table: options.fitting("table", TABLE, is_table)?,
            call_timeout: call,
            connect_timeout: connect,
        })
    }
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

    const LOCAL: Option<&str> = Some("http://127.0.0.1:10002/account1/");
    const ACCOUNT: [(&str, &str); 2] = [("account", "account1"), ("key", "c2VzYW1l")];

    #[test]
    fn options_are_read() {
        let [account, key] = ACCOUNT;
        let options = [account, key, ("table", "Data1"), ("timeout-ms", "250")];
        let config = Config::read(&settings(LOCAL, &options)).unwrap();
        assert_eq!(config.account.endpoint.path(), "/account1");
        assert_eq!(config.table.as_deref(), Some("Data1"));
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert!(config.connect_timeout < config.call_timeout);
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        let [account, key] = ACCOUNT;
        assert_refused(
            Config::read,
            (LOCAL, &ACCOUNT),
            &[
                (LOCAL, &[account, key, ("table", "sesame-1")]),
                (LOCAL, &[account, key, ("table", "1sesame")]),
                (Some("sesame"), &ACCOUNT),
            ],
        );
    }
}
