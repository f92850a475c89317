//! Settings, read and checked. Knows how they are spelled; must not start anything.

use std::time::Duration;

use cloud_contract::{Error, ErrorKind, Result, Settings};

use crate::error::short;
use crate::words;

/// The time limit of one call when the settings name none.
const CALL_TIMEOUT: Duration = Duration::from_secs(10);
/// The time limit of the first answer, the start of the program included.
const START_TIMEOUT: Duration = Duration::from_secs(9);
/// A little less than a harness waits for a connection, so that it is this crate
/// that says what is missing.
const LONGEST_START_MS: u64 = 9_500;

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
        let mut command = None;
        let mut call_timeout = CALL_TIMEOUT;
        let mut start_timeout = START_TIMEOUT;
        for (name, value) in &settings.options {
            match name.as_str() {
                "command" => command = Some(value),
                "timeout-ms" => call_timeout = milliseconds(name, value, 3_600_000, "")?,
                "start-timeout-ms" => {
                    let why = ": the suite waits 10 seconds for a connection";
                    start_timeout = milliseconds(name, value, LONGEST_START_MS, why)?;
                }
                unknown => {
                    return Err(invalid(format!(
                        "options: there is no `{}`; known are command, timeout-ms and start-timeout-ms",
                        short(unknown)
                    )));
                }
            }
        }
        let missing = || {
            Error::invalid(
                "command: the program to run is missing; for example --set command=\"python3 my_provider.py\"",
            )
        };
        let command = command.ok_or_else(missing)?;
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
            call_timeout,
            start_timeout,
        })
    }
}

fn milliseconds(name: &str, value: &str, most: u64, why: &str) -> Result<Duration> {
    match value.parse() {
        Ok(count) if (1..=most).contains(&count) => Ok(Duration::from_millis(count)),
        _ => Err(invalid(format!(
            "{name}: must be a whole number from 1 to {most}{why}"
        ))),
    }
}

fn invalid(rule: String) -> Error {
    ErrorKind::InvalidArgument(rule.into()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn a_command_is_read() {
        let times = [("timeout-ms", "250"), ("start-timeout-ms", "20")];
        let config = read(None, &[("command", "a 'b c'"), times[0], times[1]]).unwrap();
        assert_eq!(config.program, "a");
        assert_eq!(config.arguments, ["b c"]);
        assert_eq!(config.call_timeout, Duration::from_millis(250));
        assert_eq!(config.start_timeout, Duration::from_millis(20));
        let config = read(None, &[("command", "a")]).unwrap();
        assert_eq!(config.call_timeout, CALL_TIMEOUT);
        assert_eq!(config.start_timeout, START_TIMEOUT);
    }

    #[test]
    fn what_is_wrong_is_refused_without_its_text() {
        let good = ("command", "sesame");
        for (endpoint, options, name) in [
            (None, vec![], "command"),
            (None, vec![("command", " ")], "command"),
            (None, vec![("command", "'' sesame")], "command"),
            (None, vec![("command", "'sesame")], "command"),
            (Some("http://sesame:1"), vec![good], "endpoint"),
            (None, vec![good, ("timeout-ms", "sesame")], "timeout-ms"),
            (None, vec![good, ("timeout-ms", "0")], "timeout-ms"),
            (
                None,
                vec![good, ("start-timeout-ms", "")],
                "start-timeout-ms",
            ),
            (
                None,
                vec![good, ("start-timeout-ms", "10000")],
                "from 1 to 9500: the suite waits 10 seconds",
            ),
            (
                None,
                vec![good, ("comand", "sesame")],
                "there is no `comand`; known are command, timeout-ms and start-timeout-ms",
            ),
        ] {
            let Err(error) = read(endpoint, &options) else {
                panic!("{options:?}")
            };
            assert!(matches!(error.kind(), ErrorKind::InvalidArgument(_)));
            let text = error.to_string();
            assert!(text.contains(name) && !text.contains("sesame"), "{text}");
        }
    }
}
