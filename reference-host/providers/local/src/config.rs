//! Settings of a user, checked and turned into a configuration. Must not know
//! the database.

use std::borrow::Cow;
use std::path::PathBuf;

use cloud_contract::{Error, ErrorKind, Result, Settings};

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

impl TryFrom<Settings> for Config {
    type Error = Error;

    fn try_from(settings: Settings) -> Result<Self> {
        if settings.endpoint.is_some() {
            return Err(Error::invalid(
                "endpoint: the local provider has none, it takes a directory",
            ));
        }
        let directory = settings
            .directory
            .filter(|directory| !directory.as_os_str().is_empty())
            .ok_or_else(|| Error::invalid("directory: the local provider needs a data folder"))?;
        let mut config = Self {
            directory,
            verify: true,
            cache_bytes: DEFAULT_CACHE_MIB << 20,
        };
        for (name, value) in &settings.options {
            match name.as_str() {
                "verify" => {
                    config.verify = match value.as_str() {
                        "always" => true,
                        "after-crash" => false,
                        _ => return Err(Error::invalid("verify: must be always or after-crash")),
                    }
                }
                "cache-mib" => {
                    config.cache_bytes = value
                        .parse()
                        .ok()
                        .filter(|mib| (1..=MOST_CACHE_MIB).contains(mib))
                        .map(|mib: usize| mib << 20)
                        .ok_or_else(|| {
                            Error::invalid("cache-mib: must be a number from 1 to 65536")
                        })?;
                }
                other => {
                    let text = format!(
                        "{other}: no option of the local provider, which has verify and cache-mib"
                    );
                    return Err(ErrorKind::InvalidArgument(Cow::Owned(text)).into());
                }
            }
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(options: &[(&str, &str)]) -> Settings {
        Settings {
            endpoint: None,
            directory: Some("data".into()),
            options: options
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }

    #[test]
    fn a_folder_is_enough() {
        let config = Config::try_from(settings(&[])).unwrap();
        assert!(config.verify);
        assert_eq!(config.cache_bytes, 64 << 20);
        assert!(!format!("{config:?}").contains("data"));
    }

    #[test]
    fn options_are_read() {
        let options = [("verify", "after-crash"), ("cache-mib", "1")];
        let config = Config::try_from(settings(&options)).unwrap();
        assert!(!config.verify);
        assert_eq!(config.cache_bytes, 1 << 20);
    }

    #[test]
    fn what_cannot_be_meant_is_refused() {
        let mut without = settings(&[]);
        without.directory = None;
        let mut empty = settings(&[]);
        empty.directory = Some("".into());
        let mut remote = settings(&[]);
        remote.endpoint = Some("tcp://localhost".into());
        for refused in [
            without,
            empty,
            remote,
            settings(&[("verify", "sometimes")]),
            settings(&[("cache-mib", "0")]),
            settings(&[("cache-mib", "1e3")]),
            settings(&[("cache-mib", "18446744073709551615")]),
            settings(&[("cahce-mib", "1")]),
        ] {
            let error = Config::try_from(refused).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
        }
    }
}
