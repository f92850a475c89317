//! From a user's settings to a configuration. This provider has nothing to set.

use cloud_contract::{Error, Result, Settings};

/// What can be configured: nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Config;

impl TryFrom<Settings> for Config {
    type Error = Error;

    /// Refuses what would otherwise be ignored in silence. A folder is accepted:
    /// a host may hand the same one to all of its providers.
    fn try_from(settings: Settings) -> Result<Self> {
        if settings.endpoint.is_some() {
            return Err(Error::invalid("endpoint: the memory provider has none"));
        }
        if !settings.options.is_empty() {
            return Err(Error::invalid("options: the memory provider has none"));
        }
        Ok(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_that_would_do_nothing_are_refused() {
        assert!(Config::try_from(Settings::default()).is_ok());
        let endpoint = Settings {
            endpoint: Some("localhost:1".into()),
            ..Settings::default()
        };
        assert!(Config::try_from(endpoint).is_err());
        let option = Settings {
            options: [("size".to_owned(), "1".to_owned())].into(),
            ..Settings::default()
        };
        assert!(Config::try_from(option).is_err());
    }
}
