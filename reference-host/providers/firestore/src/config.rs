//! Settings, read and checked. Knows how they are spelled; must not connect.

use std::time::Duration;

use cloud_contract::{Error, Result, Settings, milliseconds};
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
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// `invalid-argument` naming the setting and the rule, never its value.
    pub(crate) fn read(settings: &Settings) -> Result<Self> {
        let endpoint: Uri = settings
            .endpoint
            .as_deref()
            .unwrap_or(SERVICE)
            .parse()
            .map_err(|_| wrong_endpoint())?;
        let is_whole = matches!(endpoint.scheme_str(), Some("http" | "https"))
            && endpoint.host().is_some_and(|host| !host.is_empty())
            && endpoint.path() == "/"
            && endpoint.query().is_none()
            && !endpoint
                .authority()
                .is_some_and(|it| it.as_str().contains('@'));
        if !is_whole {
            return Err(wrong_endpoint());
        }
        let mut config = Self {
            endpoint,
            project: None,
            database: "(default)".to_owned(),
            collection: "cloud-wit".to_owned(),
            call_timeout: CALL_TIMEOUT,
        };
        for (name, value) in &settings.options {
            match name.as_str() {
                "project" => config.project = Some(project(value)?),
                "database" => config.database = database(value)?,
                "collection" => config.collection = collection(value)?,
                "timeout-ms" => config.call_timeout = milliseconds(name, value)?,
                _ => {
                    return Err(Error::invalid(
                        "options: known are project, database, collection and timeout-ms",
                    ));
                }
            }
        }
        if config.is_emulator() && config.project.is_none() {
            config.project = Some(EMULATED_PROJECT.to_owned());
        }
        Ok(config)
    }

    /// Whether nothing that is secret may be sent.
    pub(crate) fn is_emulator(&self) -> bool {
        self.endpoint.scheme_str() == Some("http")
    }

    pub(crate) fn connect_timeout(&self) -> Duration {
        CONNECT_TIMEOUT.min(self.call_timeout)
    }
}

/// Checks the id of a project, whoever named it.
pub(crate) fn project(value: &str) -> Result<String> {
    // Letters, digits and hyphens; old ones begin with a domain and a colon.
    let fits = (1..=100).contains(&value.len())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.:_".contains(&byte));
    if fits {
        Ok(value.to_owned())
    } else {
        Err(Error::invalid("project: must be the id of a project"))
    }
}

fn database(value: &str) -> Result<String> {
    let fits = value == "(default)"
        || (4..=63).contains(&value.len())
            && value
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
    if fits {
        Ok(value.to_owned())
    } else {
        Err(Error::invalid(
            "database: must be (default), or 4 to 63 characters out of a-z, 0-9 and -",
        ))
    }
}

fn collection(value: &str) -> Result<String> {
    let fits = (1..=COLLECTION_MAX_BYTES).contains(&value.len())
        && value
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if fits {
        Ok(value.to_owned())
    } else {
        Err(Error::invalid(
            "collection: must have 1 to 100 characters out of A-Z, a-z, 0-9 and -",
        ))
    }
}

fn wrong_endpoint() -> Error {
    Error::invalid(
        "endpoint: must look like https://host[:port], or http://host:port for the emulator",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloud_contract::ErrorKind;

    fn read(endpoint: Option<&str>, options: &[(&str, &str)]) -> Result<Config> {
        Config::read(&Settings {
            endpoint: endpoint.map(str::to_owned),
            options: options
                .iter()
                .map(|&(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            ..Settings::default()
        })
    }

    #[test]
    fn without_settings_it_is_the_service_of_the_environment() {
        let config = read(None, &[]).unwrap();
        assert_eq!(config.endpoint.to_string(), format!("{SERVICE}/"));
        assert!(!config.is_emulator());
        assert_eq!(config.project, None);
        assert_eq!(config.database, "(default)");
    }

    #[test]
    fn an_emulator_needs_no_project() {
        let config = read(Some("http://127.0.0.1:8080"), &[("timeout-ms", "250")]).unwrap();
        assert!(config.is_emulator());
        assert_eq!(config.project.as_deref(), Some(EMULATED_PROJECT));
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert_eq!(config.connect_timeout(), Duration::from_millis(250));
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        for (endpoint, options) in [
            (Some("sesame"), vec![]),
            (Some("sesame:8080"), vec![]),
            (Some("ftp://sesame:1"), vec![]),
            (Some("http://user:sesame@host:1"), vec![]),
            (Some("http://host:1/sesame"), vec![]),
            (Some("http://host:1/?sesame"), vec![]),
            (None, vec![("timeout-ms", "sesame")]),
            (None, vec![("timeout-ms", "0")]),
            (None, vec![("project", "sesame/x")]),
            (None, vec![("project", "")]),
            (None, vec![("database", "Sesame")]),
            (None, vec![("collection", "sesame/x")]),
            (None, vec![("collection", "__sesame__")]),
            (None, vec![("sesame", "1")]),
        ] {
            let Err(error) = read(endpoint, &options) else {
                panic!("{endpoint:?} {options:?}")
            };
            assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
            assert!(!format!("{error} {error:?}").contains("sesame"), "{error}");
        }
    }
}
