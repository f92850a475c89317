//! Settings, read and checked. Knows how they are spelled; must not start anything.

use std::time::Duration;

use cloud_contract::{Error, Result, Settings};

use crate::words;

/// The time limit of one call when the settings name none.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// The time limit of the first answer, the start of the program included.
const START_TIMEOUT: Duration = Duration::from_secs(9);
/// A little less than a harness waits for a connection, so that it is this crate
/// that says what is missing.
const LONGEST_START_MS: u64 = 9_500;
const LONGEST_START: &str =
    "be a whole number from 1 to 9500: the suite waits 10 seconds for a connection";

/// Everything needed to start the process. Arguments may hold a secret: no `Debug`.
pub(crate) struct Config {
    pub(crate) program: String,
    pub(crate) arguments: Vec<String>,
    pub(crate) call_timeout: Duration,
    pub(crate) start_timeout: Duration,
}

impl Config {
    /// Reads the settings. A folder is accepted, and not used: a host may hand the
    /// same one to all of its providers.
    ///
    /// # Errors
    /// `invalid-argument` naming the setting and the rule, never its value.
    pub(crate) fn read(settings: &Settings) -> Result<Self> {
        if settings.endpoint.is_some() {
            return Err(Error::invalid(
                "endpoint: the adapter has none; give it to the program, as an argument in command",
            ));
        }
        let options = settings.known_options(&["command", "timeout-ms", "start-timeout-ms"])?;
        let call_timeout = options.milliseconds("timeout-ms")?;
        let start_timeout = options.read("start-timeout-ms", LONGEST_START, |text| {
            let count = text.parse().ok();
            count.filter(|count| (1..=LONGEST_START_MS).contains(count))
        })?;
        let missing = || {
            Error::invalid(
                "command: the program to run is missing; for example --set command=\"python3 my_provider.py\"",
            )
        };
        let command = options.text("command").ok_or_else(missing)?;
        let words = words::split(command)
            .ok_or_else(|| Error::invalid("command: a quote is not closed, or \\ is the end"))?;
        let mut words = words.into_iter();
        let program = words
            .next()
            .filter(|word| !word.is_empty())
            .ok_or_else(missing)?;
        Ok(Self {
            program,
            arguments: words.collect(),
            call_timeout: call_timeout.unwrap_or(CALL_TIMEOUT),
            start_timeout: start_timeout.map_or(START_TIMEOUT, Duration::from_millis),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use provider_tests::{assert_refused, settings};

    fn read(options: &[(&str, &str)]) -> Result<Config> {
        Config::read(&settings(None, options))
    }

    #[test]
    fn a_command_is_read() {
        let times = [("timeout-ms", "250"), ("start-timeout-ms", "20")];
        let config = read(&[("command", "a 'b c'"), times[0], times[1]]).unwrap();
        assert_eq!(config.program, "a");
        assert_eq!(config.arguments, ["b c"]);
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert_eq!(config.start_timeout, Duration::from_millis(20));
        let config = read(&[("command", "a")]).unwrap();
        assert_eq!(config.call_timeout, CALL_TIMEOUT);
        assert_eq!(config.start_timeout, START_TIMEOUT);
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        let good = ("command", "sesame");
        assert_refused(
            Config::read,
            (None, &[good]),
            &[
                (None, &[]),
                (None, &[("command", " ")]),
                (None, &[("command", "'' sesame")]),
                (None, &[("command", "'sesame")]),
                (Some("http://sesame:1"), &[good]),
                (None, &[good, ("start-timeout-ms", "")]),
                (None, &[good, ("start-timeout-ms", "9501")]),
            ],
        );
        let late = read(&[good, ("start-timeout-ms", "10000")]);
        let text = late.err().unwrap().to_string();
        assert!(text.ends_with("to 9500: the suite waits 10 seconds for a connection"));
    }
}
