//! Settings, read and checked. Knows how they are spelled; must not know the database.

use std::path::PathBuf;

use cloud_contract::{Error, Result, Settings};

const DEFAULT_CACHE_MIB: usize = 64;
/// A typing error of a few digits should not ask for all memory.
const MOST_CACHE_MIB: usize = 64 * 1024;

/// What the provider needs to open a data folder.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Config {
    pub(crate) directory: PathBuf,
    /// Check the whole file at every start, not only after a crash.
    pub(crate) verify: bool,
    /// Memory for pages of the file, in bytes.
    pub(crate) cache_bytes: usize,
}

/// Leaves the folder out, as settings do.
impl std::fmt::Debug for Config {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Config")
            .field("verify", &self.verify)
            .field("cache_bytes", &self.cache_bytes)
            .finish_non_exhaustive()
    }
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// `invalid-argument` naming the setting and the rule, never its value.
    pub(crate) fn read(settings: &Settings) -> Result<Self> {
        if settings.endpoint.is_some() {
            return Err(Error::invalid(
                "endpoint: the local provider has none, it takes a directory",
            ));
        }
        let directory = settings.directory.clone();
        let directory = directory
            .filter(|directory| !directory.as_os_str().is_empty())
            .ok_or_else(|| Error::invalid("directory: the local provider needs a data folder"))?;
        let options = settings.known_options(&["verify", "cache-mib"])?;
        let verify = options.read("verify", "be always or after-crash", |word| match word {
            "always" => Some(true),
            "after-crash" => Some(false),
            _ => None,
        })?;
        let cache_mib = options.number("cache-mib", 1..=MOST_CACHE_MIB)?;
        Ok(Self {
            directory,
            verify: verify.unwrap_or(true),
            cache_bytes: cache_mib.unwrap_or(DEFAULT_CACHE_MIB) << 20,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use provider_tests::assert_refused;

    /// Reads settings with a folder.
    fn read(settings: &Settings) -> Result<Config> {
        Config::read(&Settings {
            directory: Some("data".into()),
            ..settings.clone()
        })
    }

    #[test]
    fn a_folder_is_enough() {
        let config = read(&Settings::default()).unwrap();
        assert!(config.verify);
        assert_eq!(config.cache_bytes, 64 << 20);
        assert!(!format!("{config:?}").contains("data"));
    }

    #[test]
    fn options_are_read() {
        let options = [("verify", "after-crash"), ("cache-mib", "1")];
        let config = read(&Settings::default().or(&options)).unwrap();
        assert!(!config.verify);
        assert_eq!(config.cache_bytes, 1 << 20);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let empty = Settings {
            directory: Some("".into()),
            ..Settings::default()
        };
        for settings in [Settings::default(), empty] {
            let error = Config::read(&settings).unwrap_err();
            assert!(error.to_string().contains("directory: "), "{error}");
        }
        assert_refused(
            read,
            (None, &[]),
            &[
                (Some("tcp://sesame"), &[]),
                (None, &[("verify", "sesame")]),
                (None, &[("cache-mib", "0")]),
                (None, &[("cache-mib", "1e3")]),
                (None, &[("cache-mib", "18446744073709551615")]),
            ],
        );
    }
}
