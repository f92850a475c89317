//! Settings, read and checked. Knows how they are spelled; must not connect.

use std::time::Duration;

use bucket_scopes::abandoned_after;
use cloud_contract::{Error, HttpAddress, Result, Settings, Timeouts};

/// Where the service listens when the settings do not say.
const SERVICE: &str = "https://storage.googleapis.com";
/// The project of an emulator when the settings name none. Google keeps names that
/// begin so for projects that do not exist.
const EMULATED_PROJECT: &str = "demo-cloud-wit";
/// The time limit of one call when the settings name none. A piece of an upload has to
/// be sent within it.
pub(crate) const CALL_TIMEOUT: Duration = Duration::from_secs(20);
/// The longest wait for a connection. It is also shorter than a call, so that a call can
/// tell why there is none.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);

const ENDPOINT: &str =
    "endpoint: must look like https://host[:port], or http://host:port for an emulator";
const BUCKET: &str = "have 3 to 222 characters out of a-z, 0-9, '-', '_' and '.'";
const PROJECT: &str = "be the id of a project";
const LOCATION: &str = "be a region, a dual-region or a multi-region";

/// Everything needed to connect.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    /// Scheme and authority, without a slash at the end.
    pub(crate) endpoint: String,
    pub(crate) is_emulator: bool,
    pub(crate) bucket: Option<String>,
    pub(crate) project: Option<String>,
    pub(crate) location: Option<String>,
    /// Whether a bucket that is made keeps the states of objects.
    pub(crate) history: bool,
    /// How old the objects of a write are whose host is gone.
    pub(crate) abandoned_after: Duration,
    /// How long the portable layer waits for one call.
    pub(crate) call_timeout: Duration,
    /// How long making a connection may take.
    pub(crate) connect_timeout: Duration,
}

impl Config {
    /// Reads the settings.
    ///
    /// # Errors
    /// `invalid-argument` naming the setting and the rule, never its value.
    pub(crate) fn read(settings: &Settings) -> Result<Self> {
        let text = settings.endpoint.as_deref().unwrap_or(SERVICE);
        let address = HttpAddress::read(text).filter(|address| address.path.is_empty());
        let address = address.ok_or_else(|| Error::invalid(ENDPOINT))?;
        let (is_emulator, endpoint) = (!address.is_encrypted, text.trim_end_matches('/'));
        let options = settings.known_options(&[
            "bucket",
            "project",
            "location",
            "history",
            "abandoned-after-s",
            "end-all-under-way",
            "timeout-ms",
        ])?;
        // What is empty came out of a variable that is not set.
        let take = |name, rule, is_right: fn(&str) -> bool| {
            let taken = options.fitting(name, rule, |text| text.is_empty() || is_right(text))?;
            Ok::<_, Error>(taken.filter(|text| !text.is_empty()))
        };
        let project = take("project", PROJECT, is_project)?;
        let history = options.fitting("history", "be on or off", |text| {
            matches!(text, "on" | "off")
        })?;
        let Timeouts { call, connect } = options.timeouts(CALL_TIMEOUT, CONNECT_TIMEOUT)?;
        Ok(Self {
            endpoint: endpoint.to_owned(),
            is_emulator,
            bucket: take("bucket", BUCKET, is_bucket)?,
            project: project.or_else(|| is_emulator.then(|| EMULATED_PROJECT.to_owned())),
            location: take("location", LOCATION, is_location)?,
            history: history.as_deref() == Some("on"),
            abandoned_after: abandoned_after(&options)?,
            call_timeout: call,
            connect_timeout: connect,
        })
    }
}

fn is_bucket(name: &str) -> bool {
    let is_end = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_alphanumeric);
    let bytes = name.as_bytes();
    (3..=222).contains(&bytes.len())
        && is_end(bytes.first())
        && is_end(bytes.last())
        && bytes
            .iter()
            .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.'))
}

/// It has letters, digits and hyphens; old ones begin with a domain and a colon.
pub(crate) fn is_project(id: &str) -> bool {
    (1..=100).contains(&id.len())
        && id
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-.:_".contains(&byte))
}

fn is_location(name: &str) -> bool {
    name.len() <= 40
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;
    use provider_tests::{assert_refused, settings};

    #[test]
    fn what_is_set_is_read() {
        let options = [
            ("bucket", "cw-run.1"),
            ("project", "p-1"),
            ("location", "europe-west1"),
            ("history", "on"),
            ("end-all-under-way", "yes"),
            ("timeout-ms", "250"),
        ];
        let config = Config::read(&settings(Some("http://127.0.0.1:8000/"), &options)).unwrap();
        assert_eq!(config.endpoint, "http://127.0.0.1:8000");
        assert!(config.is_emulator && config.history);
        assert_eq!(config.bucket.as_deref(), Some("cw-run.1"));
        assert_eq!(config.project.as_deref(), Some("p-1"));
        assert_eq!(config.location.as_deref(), Some("europe-west1"));
        assert_eq!(config.abandoned_after, Duration::ZERO);
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert!(config.connect_timeout < config.call_timeout);
    }

    #[test]
    fn without_settings_it_is_the_service() {
        let config = Config::read(&settings(None, &[("bucket", ""), ("project", "")])).unwrap();
        assert_eq!(config.endpoint, SERVICE);
        assert!(!config.is_emulator && !config.history);
        assert_eq!(config.abandoned_after, Duration::from_secs(12 * 60 * 60));
        assert_eq!((config.bucket, config.project), (None, None));
        let emulated = Config::read(&settings(Some("http://localhost:1"), &[])).unwrap();
        assert_eq!(emulated.project.as_deref(), Some(EMULATED_PROJECT));
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
                (None, &[("bucket", "Sesame")]),
                (None, &[("bucket", "sesame/x")]),
                (None, &[("project", "sesame/x")]),
                (None, &[("location", "sesame/x")]),
                (None, &[("history", "sesame")]),
                (None, &[("abandoned-after-s", "sesame")]),
                (None, &[("abandoned-after-s", "0")]),
                (None, &[("end-all-under-way", "sesame")]),
            ],
        );
    }
}
