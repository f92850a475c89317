//! Settings, read and checked. Knows how they are spelled; must not hold any data.

use cloud_contract::{Error, Result, Settings};

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

impl Config {
    /// Refuses what would otherwise be ignored in silence. A folder is accepted:
    /// a host may hand the same one to all of its providers.
    ///
    /// # Errors
    /// `invalid-argument` naming the setting and the rule, never its value.
    pub(crate) fn read(settings: &Settings) -> Result<Self> {
        if settings.endpoint.is_some() {
            return Err(Error::invalid("endpoint: the memory provider has none"));
        }
        let options = settings.known_options(&["store-mib", "container-mib"])?;
        let mib = |name| options.number(name, LEAST_STORE_MIB..=MOST_STORE_MIB);
        let mut config = Self::default();
        if let Some(mib) = mib("store-mib")? {
            config.store_bytes = mib << 20;
        }
        if let Some(mib) = mib("container-mib")? {
            config.container_bytes = (mib as u64) << 20;
        }
        Ok(config)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use provider_tests::{assert_refused, settings};

    #[test]
    fn the_room_of_a_store_is_read() {
        let read = |options| Config::read(&settings(None, options)).unwrap().store_bytes;
        assert_eq!(read(&[]), 1 << 30);
        assert_eq!(read(&[("store-mib", "32")]), 32 << 20);
    }

    #[test]
    fn settings_that_would_do_nothing_are_refused() {
        assert_refused(
            Config::read,
            (None, &[]),
            &[
                (Some("sesame:1"), &[]),
                (None, &[("store-mib", "")]),
                (None, &[("store-mib", "31")]),
                (None, &[("store-mib", "-1")]),
                (None, &[("store-mib", "1.5")]),
                (None, &[("store-mib", "1048577")]),
                (None, &[("store-mib", "99999999999999999999999")]),
            ],
        );
    }
}
