//! From a user's settings to a configuration.

use std::borrow::Cow;

use cloud_contract::{Error, ErrorKind, Result, Settings};

/// The room of a store: more than a guest needs, less than a machine has.
pub(crate) const DEFAULT_STORE_BYTES: usize = 1 << 30;
/// The room of a container: a few objects of the largest size.
const DEFAULT_CONTAINER_BYTES: u64 = 4 << 30;
/// Room for one value of the largest size, whatever else is there.
const LEAST_STORE_MIB: usize = 32;
/// A typing error of a few digits should not lift the bound.
const MOST_STORE_MIB: usize = 1 << 20;

/// What can be configured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Config {
    /// The most memory that one store takes.
    pub(crate) store_bytes: usize,
    /// The most memory that the objects of one container take.
    pub(crate) container_bytes: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            store_bytes: DEFAULT_STORE_BYTES,
            container_bytes: DEFAULT_CONTAINER_BYTES,
        }
    }
}

impl TryFrom<Settings> for Config {
    type Error = Error;

    /// Refuses what would otherwise be ignored in silence. A folder is accepted:
    /// a host may hand the same one to all of its providers.
    fn try_from(settings: Settings) -> Result<Self> {
        if settings.endpoint.is_some() {
            return Err(Error::invalid("endpoint: the memory provider has none"));
        }
        let mut config = Self::default();
        for (name, value) in &settings.options {
            match name.as_str() {
                "store-mib" => config.store_bytes = mebibytes(name, value)?,
                "container-mib" => config.container_bytes = mebibytes(name, value)? as u64,
                other => {
                    let text = format!(
                        "{other}: no option of the memory provider, which has store-mib and \
                         container-mib"
                    );
                    return Err(ErrorKind::InvalidArgument(Cow::Owned(text)).into());
                }
            }
        }
        Ok(config)
    }
}

fn mebibytes(name: &str, value: &str) -> Result<usize> {
    value
        .parse()
        .ok()
        .filter(|mib| (LEAST_STORE_MIB..=MOST_STORE_MIB).contains(mib))
        .and_then(|mib| mib.checked_mul(1 << 20))
        .ok_or_else(|| {
            let text = format!("{name}: must be a whole number from 32 to 1048576");
            ErrorKind::InvalidArgument(text.into()).into()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(options: &[(&str, &str)]) -> Result<Config> {
        Config::try_from(Settings {
            options: options
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            ..Settings::default()
        })
    }

    #[test]
    fn the_room_of_a_store_is_read() {
        assert_eq!(read(&[]).unwrap().store_bytes, 1 << 30);
        let least = read(&[("store-mib", "32")]).unwrap();
        assert_eq!(least.store_bytes, 32 << 20);
    }

    #[test]
    fn settings_that_would_do_nothing_are_refused() {
        let endpoint = Settings {
            endpoint: Some("localhost:1".into()),
            ..Settings::default()
        };
        assert!(Config::try_from(endpoint).is_err());
        for option in [
            ("size", "1"),
            ("store-mib", ""),
            ("store-mib", "31"),
            ("store-mib", "-1"),
            ("store-mib", "1.5"),
            ("store-mib", "1048577"),
            ("store-mib", "99999999999999999999999"),
        ] {
            let error = read(&[option]).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
        }
    }
}
