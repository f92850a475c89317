//! Reads what a user set about a provider, for all providers alike: which options
//! there are, and how numbers, spans of time, files and names are spelled.
//!
//! A wrong setting is `invalid-argument`, in lower case: the setting, a colon, the
//! rule. No text repeats a value, which may be a secret.

use std::fmt::Display;
use std::ops::RangeInclusive;
use std::str::FromStr;
use std::time::Duration;

use crate::{Error, ErrorKind, Result, Settings};

/// The longest span of time that can be set.
const LONGEST_MS: u64 = 3_600_000;
/// A longer text is no name of an option, and may have been meant as something else.
const LONGEST_NAME: usize = 40;

/// The options of a provider, each of which it knows.
#[derive(Debug, Clone, Copy)]
pub struct Options<'a> {
    settings: &'a Settings,
    known: &'static [&'static str],
}

/// How long a provider waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Timeouts {
    /// How long the portable layer waits for one call.
    pub call: Duration,
    /// How long connecting may take, greetings included. It is shorter than a call,
    /// so that a call can tell why there is no connection.
    pub connect: Duration,
}

impl Settings {
    /// The endpoint, of which `example` is one.
    ///
    /// # Errors
    /// `invalid-argument` if there is none.
    pub fn required_endpoint(&self, example: &str) -> Result<&str> {
        let given = self.endpoint.as_deref();
        given.ok_or_else(|| invalid(format!("endpoint: give {example}")))
    }

    /// The options.
    ///
    /// # Errors
    /// `invalid-argument` for one that is not among `known`, with all that are.
    pub fn known_options(&self, known: &'static [&'static str]) -> Result<Options<'_>> {
        let is_known = |name: &&String| known.contains(&name.as_str());
        match self.options.keys().find(|name| !is_known(name)) {
            None => Ok(Options {
                settings: self,
                known,
            }),
            Some(name) => Err(unknown(name, known)),
        }
    }
}

fn unknown(name: &str, known: &[&str]) -> Error {
    let known = match known {
        [] => "there are none".to_owned(),
        [only] => format!("known is {only}"),
        [first @ .., last] => format!("known are {} and {last}", first.join(", ")),
    };
    // An address without a name before it is taken for one up to its first `=`.
    let is_name = (1..=LONGEST_NAME).contains(&name.len())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte));
    invalid(match is_name {
        true => format!("options: there is no `{name}`; {known}"),
        false => format!("options: {known}"),
    })
}

fn invalid(rule: String) -> Error {
    ErrorKind::InvalidArgument(rule.into()).into()
}

impl<'a> Options<'a> {
    /// The text of an option.
    #[must_use]
    pub fn text(&self, name: &str) -> Option<&'a str> {
        debug_assert!(self.known.contains(&name), "{name} is read and not known");
        self.settings.options.get(name).map(String::as_str)
    }

    /// The same, to keep.
    #[must_use]
    pub fn owned(&self, name: &str) -> Option<String> {
        self.text(name).map(str::to_owned)
    }

    /// What `read` makes of an option.
    ///
    /// # Errors
    /// `invalid-argument` where it makes nothing of it: `name: must ` and the rule.
    pub fn read<T>(
        &self,
        name: &str,
        rule: impl Display,
        read: impl FnOnce(&'a str) -> Option<T>,
    ) -> Result<Option<T>> {
        let wrong = || invalid(format!("{name}: must {rule}"));
        let given = self.text(name);
        given.map(|text| read(text).ok_or_else(wrong)).transpose()
    }

    /// A text, to keep, that fits a rule.
    ///
    /// # Errors
    /// `invalid-argument` where it does not: `name: must ` and the rule.
    pub fn fitting(
        &self,
        name: &str,
        rule: impl Display,
        fits: impl FnOnce(&str) -> bool,
    ) -> Result<Option<String>> {
        self.read(name, rule, |text| fits(text).then(|| text.to_owned()))
    }

    /// A whole number.
    ///
    /// # Errors
    /// `invalid-argument` for another text, and for a number outside the range.
    pub fn number<N>(&self, name: &str, range: RangeInclusive<N>) -> Result<Option<N>>
    where
        N: FromStr + PartialOrd + Display,
    {
        let (least, most) = (range.start(), range.end());
        let rule = format!("be a whole number from {least} to {most}");
        self.read(name, rule, |text| {
            text.parse().ok().filter(|number| range.contains(number))
        })
    }

    /// A span of time: a number of milliseconds, up to an hour.
    ///
    /// # Errors
    /// `invalid-argument` for anything else.
    pub fn milliseconds(&self, name: &str) -> Result<Option<Duration>> {
        let number = self.number(name, 1..=LONGEST_MS)?;
        Ok(number.map(Duration::from_millis))
    }

    /// The option `timeout-ms`, with the time limit of a call where it is not set, and
    /// with the longest wait for a connection.
    ///
    /// # Errors
    /// `invalid-argument` as for [`Options::milliseconds`].
    pub fn timeouts(&self, call: Duration, connect: Duration) -> Result<Timeouts> {
        let call = self.milliseconds("timeout-ms")?.unwrap_or(call);
        Ok(Timeouts {
            call,
            connect: connect.min(call.mul_f64(0.9)),
        })
    }

    /// What a file of certificates or keys holds.
    ///
    /// # Errors
    /// `invalid-argument` for one that cannot be read.
    pub fn pem(&self, name: &str) -> Result<Option<Vec<u8>>> {
        self.read(name, "be a file in PEM", |path| std::fs::read(path).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KNOWN: &[&str] = &["timeout-ms", "name", "count"];

    fn settings(options: &[(&str, &str)]) -> Settings {
        Settings::default().or(options)
    }

    fn refusal<T: std::fmt::Debug>(result: Result<T>) -> String {
        match result.unwrap_err().kind() {
            ErrorKind::InvalidArgument(text) => text.to_string(),
            other => panic!("{other}"),
        }
    }

    #[test]
    fn an_option_that_nobody_knows_is_named_with_those_that_are_known() {
        let misspelt = settings(&[("timout-ms", "sesame")]);
        assert_eq!(
            refusal(misspelt.known_options(KNOWN)),
            "options: there is no `timout-ms`; known are timeout-ms, name and count"
        );
        assert_eq!(
            refusal(misspelt.known_options(&["name"])),
            "options: there is no `timout-ms`; known is name"
        );
        assert_eq!(
            refusal(misspelt.known_options(&[])),
            "options: there is no `timout-ms`; there are none"
        );
        for text in ["x://user:sesame@host?a", "open sesame", "", &"s".repeat(41)] {
            let settings = settings(&[(text, "1")]);
            let refusal = refusal(settings.known_options(KNOWN));
            assert_eq!(refusal, "options: known are timeout-ms, name and count");
        }
    }

    #[test]
    fn what_is_spelled_by_the_rules_is_read() {
        let settings = settings(&[("timeout-ms", "250"), ("name", "a b"), ("count", "3")]);
        let options = settings.known_options(KNOWN).unwrap();
        let timeouts = Timeouts {
            call: Duration::from_millis(250),
            connect: Duration::from_millis(225),
        };
        let second = Duration::from_secs(1);
        assert_eq!(options.timeouts(second, second), Ok(timeouts));
        assert_eq!(options.owned("name").as_deref(), Some("a b"));
        assert_eq!(options.number("count", 1..=3_u8), Ok(Some(3)));
        let none = Settings::default();
        let options = none.known_options(KNOWN).unwrap();
        let timeouts = options.timeouts(second, second / 10).unwrap();
        assert_eq!(timeouts.call, second);
        assert_eq!(timeouts.connect, second / 10);
        assert_eq!(options.number("count", 1..=3), Ok(None));
        assert_eq!(options.pem("name"), Ok(None));
    }

    #[test]
    fn what_is_not_is_told_by_the_rule_and_without_its_text() {
        for wrong in ["", "0", "-1", "1.5", " 1", "3600001", "sesame"] {
            let settings = settings(&[("timeout-ms", wrong)]);
            let options = settings.known_options(KNOWN).unwrap();
            assert_eq!(
                refusal(options.milliseconds("timeout-ms")),
                "timeout-ms: must be a whole number from 1 to 3600000"
            );
        }
        let settings = settings(&[("name", "sesame"), ("count", "256")]);
        let options = settings.known_options(KNOWN).unwrap();
        for (refusal, text) in [
            (
                refusal(options.number("count", 1..=u8::MAX)),
                "count: must be a whole number from 1 to 255",
            ),
            (
                refusal(options.fitting("name", "be short", |name| name.len() < 6)),
                "name: must be short",
            ),
            (refusal(options.pem("name")), "name: must be a file in PEM"),
            (
                refusal(settings.required_endpoint("x://host:port")),
                "endpoint: give x://host:port",
            ),
        ] {
            assert_eq!(refusal, text);
        }
    }
}
