//! Assertions. Each names the clause it proves and says what the case did.

use core::panic::Location;

use crate::ending::{Cause, Failing, Outcome, Stop};
use crate::kind::Kind;
use crate::show::{Show, append};

/// An assertion that is about to be made; one of its methods makes it.
#[derive(Debug, Clone, Copy)]
#[must_use = "a check asserts nothing until one of its methods is called"]
pub struct Check<'a> {
    pub(crate) clause: &'a str,
    pub(crate) message: &'a str,
    pub(crate) location: &'static Location<'static>,
}

impl Check<'_> {
    /// The provider broke the clause.
    pub fn failed(self, expected: &str, actual: &(impl Show + ?Sized)) -> Stop {
        self.stop(Cause::Broken, expected.to_owned(), actual.shown())
    }

    pub(crate) fn stop(self, cause: Cause, expected: String, actual: String) -> Stop {
        Stop::new(
            cause,
            self.clause,
            self.message,
            expected,
            actual,
            self.location,
        )
    }

    /// An error where `expected` was expected.
    pub(crate) fn unexpected(self, expected: String, error: &dyn Failing) -> Stop {
        self.stop(error.cause(), expected, error.shown())
    }

    /// The call succeeds; returns what it returned.
    pub fn ok<T, E: Failing>(self, result: Result<T, E>) -> Result<T, Stop> {
        result.map_err(|error| self.unexpected("no error".to_owned(), &error))
    }

    /// The call succeeds and returns `expected`.
    pub fn returns<T: PartialEq + Show, E: Failing>(
        self,
        result: Result<T, E>,
        expected: T,
    ) -> Outcome {
        match result {
            Ok(actual) => self.equal(actual, expected),
            Err(error) => Err(self.unexpected(expected.shown(), &error)),
        }
    }

    /// The call succeeds and returns none.
    pub fn none<T: Show, E: Failing>(self, result: Result<Option<T>, E>) -> Outcome {
        match result {
            Ok(None) => Ok(()),
            Ok(Some(value)) => Err(self.failed("none", &value)),
            Err(error) => Err(self.unexpected("none".to_owned(), &error)),
        }
    }

    /// The call succeeds and returns something; returns that.
    pub fn some<T, E: Failing>(self, result: Result<Option<T>, E>) -> Result<T, Stop> {
        match result {
            Ok(Some(value)) => Ok(value),
            Ok(None) => Err(self.stop(Cause::Broken, "a value".to_owned(), "none".to_owned())),
            Err(error) => Err(self.unexpected("a value".to_owned(), &error)),
        }
    }

    /// The call succeeds and returns exactly these bytes.
    pub fn value<E: Failing>(self, result: Result<Option<Vec<u8>>, E>, expected: &[u8]) -> Outcome {
        match result {
            Ok(Some(actual)) => self.bytes(&actual, expected),
            Ok(None) => Err(self.stop(Cause::Broken, expected.shown(), "none".to_owned())),
            Err(error) => Err(self.unexpected(expected.shown(), &error)),
        }
    }

    /// `actual` is exactly `expected`; says where they part if they are long.
    pub fn bytes(self, actual: &[u8], expected: &[u8]) -> Outcome {
        if actual == expected {
            return Ok(());
        }
        let mut shown = actual.shown();
        let place = actual
            .iter()
            .zip(expected)
            .position(|(a, b)| a != b)
            .unwrap_or(actual.len().min(expected.len()));
        append(&mut shown, format_args!(", differs from byte {place} on"));
        Err(self.stop(Cause::Broken, expected.shown(), shown))
    }

    /// The call fails with this error, whose text tells nothing about the
    /// installation.
    pub fn fails<T: Show, E: Failing>(self, result: Result<T, E>, kind: Kind) -> Outcome {
        match result {
            Err(failure) => match failure.error() {
                Some(error) if kind.is(error) => self.tells_no_place(error),
                _ => Err(self.unexpected(kind.text(), &failure)),
            },
            Ok(value) => Err(self.failed(&kind.text(), &value)),
        }
    }

    /// `actual` equals `expected`.
    pub fn equal<T: PartialEq + Show>(self, actual: T, expected: T) -> Outcome {
        if actual == expected {
            Ok(())
        } else {
            Err(self.stop(Cause::Broken, expected.shown(), actual.shown()))
        }
    }

    /// `condition` holds; `expected` says it in words, `actual` is what was seen
    /// instead.
    pub fn that(self, condition: bool, expected: &str, actual: &(impl Show + ?Sized)) -> Outcome {
        if condition {
            Ok(())
        } else {
            Err(self.failed(expected, actual))
        }
    }

    /// `actual` holds exactly the `expected` keys, each once, in any order.
    pub fn keys<K: AsRef<str>>(self, actual: &[String], expected: &[K]) -> Outcome {
        let mut actual: Vec<&str> = actual.iter().map(String::as_str).collect();
        let mut expected: Vec<&str> = expected.iter().map(AsRef::as_ref).collect();
        actual.sort_unstable();
        expected.sort_unstable();
        self.sorted_keys(&actual, &expected)
    }

    fn sorted_keys(self, actual: &[&str], expected: &[&str]) -> Outcome {
        if actual == expected {
            return Ok(());
        }
        let absent_from = |keys: &[&str], others: &[&str]| -> Vec<String> {
            let absent = keys.iter().filter(|key| others.binary_search(key).is_err());
            absent.map(|key| (*key).to_owned()).collect()
        };
        let repeated: Vec<String> = actual
            .windows(2)
            .filter(|pair| pair[0] == pair[1])
            .map(|pair| pair[0].to_owned())
            .collect();
        let mut shown = String::new();
        append(&mut shown, format_args!("{} keys; missing ", actual.len()));
        absent_from(expected, actual).show(&mut shown);
        shown.push_str(", not expected ");
        absent_from(actual, expected).show(&mut shown);
        shown.push_str(", repeated ");
        repeated.show(&mut shown);
        let wanted = format!("{} keys {}", expected.len(), expected.shown());
        Err(self.stop(Cause::Broken, wanted, shown))
    }
}
