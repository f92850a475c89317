//! What a user can set about a provider.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;

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

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("endpoint", &self.endpoint.as_ref().map(|_| "***"))
            .field("directory", &self.directory.as_ref().map(|_| "***"))
            .field("options", &self.options.keys().collect::<Vec<_>>())
            .finish()
    }
}
