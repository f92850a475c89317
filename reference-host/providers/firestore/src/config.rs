//! Settings, read and checked. Knows how they are spelled; must not connect.

use std::time::Duration;

use cloud_contract::{Error, HttpAddress, Result, Settings, Timeouts};
use tonic::transport::Uri;

/// Where the service listens when the settings do not say.
const SERVICE: &str = "https://firestore.googleapis.com";
/// The project of an emulator when the settings name none. Google keeps names that
/// begin so for projects that do not exist.
const EMULATED_PROJECT: &str = "demo-cloud-wit";
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// The longest wait for a first answer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest name of a root collection; see the limit of values.
pub(crate) const COLLECTION_MAX_BYTES: usize = 100;

const ENDPOINT: &str =
    "endpoint: must look like https://host[:port], or http://host:port for the emulator";
pub(crate) const PROJECT: &str = "be the id of a project";
const DATABASE: &str = "be (default), or 4 to 63 characters out of a-z, 0-9 and -";
const COLLECTION: &str = "have 1 to 100 characters out of A-Z, a-z, 0-9 and -";

/// Everything needed to connect.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) endpoint: Uri,
    /// None if the environment is to name it.
    pub(crate) project: Option<String>,
    pub(crate) database: String,
    /// The root collection.
    pub(crate) collection: String,
    /// How long the portable layer waits for one call.
    pub(crate) call_timeout: Duration,
    /// How long the first answer may take.
    pub(crate) connect_timeout: Duration,
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// `invalid-argument` naming the setting and the rule, never its value.
    pub(crate) fn read(settings: &Settings) -> Result<Self> {
        let text = settings.endpoint.as_deref().unwrap_or(SERVICE);
        let endpoint = HttpAddress::read(text)
            .filter(|address| address.path.is_empty())
            .and_then(|_| text.parse().ok())
            .ok_or_else(|| Error::invalid(ENDPOINT))?;
        let options =
            settings.known_options(&["project", "database", "collection", "timeout-ms"])?;
        let database = options.fitting("database", DATABASE, is_database)?;
        let collection = options.fitting("collection", COLLECTION, is_collection)?;
        let Timeouts { call, connect } = options.timeouts(CALL_TIMEOUT, CONNECT_TIMEOUT)?;
        let mut config = Self {
            endpoint,
            project: options.fitting("project", PROJECT, is_project)?,
            database: database.unwrap_or_else(|| "(default)".to_owned()),
            collection: collection.unwrap_or_else(|| "cloud-wit".to_owned()),
            call_timeout: call,
            connect_timeout: connect,
        };
        if config.is_emulator() && config.project.is_none() {
            config.project = Some(EMULATED_PROJECT.to_owned());
        }
        Ok(config)
    }

    /// Whether nothing that is secret may be sent.
    pub(crate) fn is_emulator(&self) -> bool {
        self.endpoint.scheme_str() == Some("http")
    }
}

/// Whether a project can have this id. It has letters, digits and hyphens; old ones
/// begin with a domain and a colon.
pub(crate) fn is_project(id: &str) -> bool {
    (1..=100).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.:_".contains(&byte))
}

fn is_database(name: &str) -> bool {
    name == "(default)"
        || (4..=63).contains(&name.len())
            && name
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'))
}

fn is_collection(name: &str) -> bool {
    (1..=COLLECTION_MAX_BYTES).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use provider_tests::{assert_refused, settings};

    #[test]
    fn without_settings_it_is_the_service_of_the_environment() {
        let config = Config::read(&settings(None, &[])).unwrap();
        assert_eq!(config.endpoint.to_string(), format!("{SERVICE}/"));
        assert!(!config.is_emulator());
        assert_eq!(config.project, None);
        assert_eq!(config.database, "(default)");
    }

    #[test]
    fn an_emulator_needs_no_project() {
        let endpoint = Some("http://127.0.0.1:8080");
        let config = Config::read(&settings(endpoint, &[("timeout-ms", "250")])).unwrap();
        assert!(config.is_emulator());
        assert_eq!(config.project.as_deref(), Some(EMULATED_PROJECT));
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert!(config.connect_timeout < config.call_timeout);
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        assert_refused(
            Config::read,
            (None, &[]),
            &[
                (Some("sesame"), &[]),
                (Some("http://user:sesame@host:1"), &[]),
                (Some("http://host:1/sesame"), &[]),
                (None, &[("project", "sesame/x")]),
                (None, &[("project", "")]),
                (None, &[("database", "Sesame")]),
                (None, &[("collection", "sesame/x")]),
                (None, &[("collection", "__sesame__")]),
            ],
        );
    }
}
