//! What a user can set about a provider.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::{ErrorKind, Result};

/// What a user can set about a provider. Debug output hides the values, which
/// may hold credentials.
#[derive(Clone, Default)]
pub struct Settings {
    /// Where the service listens, in the provider's own notation. None where the
    /// provider needs no service, or finds it by itself as a cloud's SDK does.
    pub endpoint: Option<String>,
    /// A folder for providers that store on disk.
    pub directory: Option<PathBuf>,
    /// Further settings of the provider, by name.
    pub options: BTreeMap<String, String>,
}

impl Settings {
    /// The same settings, with each of these options that is not set yet.
    #[must_use]
    pub fn or(mut self, options: &[(&str, &str)]) -> Self {
        for &(name, value) in options {
            self.options
                .entry(name.to_owned())
                .or_insert_with(|| value.to_owned());
        }
        self
    }
}

/// Reads a span of time: a number of milliseconds, up to an hour.
///
/// # Errors
/// `invalid-argument` naming the option and the rule, never its value.
pub fn milliseconds(option: &str, value: &str) -> Result<Duration> {
    match value.parse() {
        Ok(count @ 1..=3_600_000) => Ok(Duration::from_millis(count)),
        _ => {
            let rule = format!("{option}: must be a whole number from 1 to 3600000");
            Err(ErrorKind::InvalidArgument(rule.into()).into())
        }
    }
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("endpoint", &self.endpoint.as_ref().map(|_| "***"))
            .field("directory", &self.directory.as_ref().map(|_| "***"))
            .field("options", &self.options.keys().collect::<Vec<_>>())
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_whole_milliseconds_up_to_an_hour() {
        let read = |value| milliseconds("timeout-ms", value);
        assert_eq!(read("1"), Ok(Duration::from_millis(1)));
        assert_eq!(read("3600000"), Ok(Duration::from_secs(3_600)));
        for wrong in ["", "0", "-1", "1.5", " 1", "3600001", "sesame"] {
            let error = read(wrong).unwrap_err();
            let text = error.to_string();
            assert!(text.contains("timeout-ms: must be"), "{text}");
            assert!(!text.contains("sesame"), "{text}");
        }
    }
}
