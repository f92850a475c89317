//! Reads an answer member by member, so that what is wrong with it can be named.
//!
//! Names places and never what stands there: answers hold data, and guests read
//! what is said of them.

use std::fmt;

use cloud_contract::{Error, Result};
use serde_json::Map;

use crate::error::unexpected_answer;

pub(crate) type Json = serde_json::Value;

/// A place in an answer.
#[derive(Debug, Clone, Copy)]
pub(crate) enum At<'a> {
    /// The answer to this call.
    Answer(&'static str),
    Member(&'a At<'a>, &'static str),
    Item(&'a At<'a>, usize),
}

impl At<'_> {
    /// What is wrong at this place.
    pub(crate) fn wrong(&self, what: impl fmt::Display) -> Error {
        match self {
            Self::Answer(call) => unexpected_answer(call, format_args!("it {what}")),
            _ => unexpected_answer(self.call(), format_args!("`{self}` {what}")),
        }
    }

    /// The call that is answered.
    pub(crate) fn call(&self) -> &'static str {
        match self {
            Self::Answer(call) => call,
            Self::Member(outer, _) | Self::Item(outer, _) => outer.call(),
        }
    }
}

/// As in `ok[3].error.name`.
impl fmt::Display for At<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Answer(_) => Ok(()),
            Self::Member(Self::Answer(_), name) => f.write_str(name),
            Self::Member(outer, name) => write!(f, "{outer}.{name}"),
            Self::Item(outer, index) => write!(f, "{outer}[{index}]"),
        }
    }
}

/// What an answer may hold.
pub(crate) trait Form: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// `other`, naming the call and the place.
    fn read(json: Json, at: &At<'_>) -> Result<Self>;
}

/// Anything.
impl Form for () {
    fn read(_: Json, _: &At<'_>) -> Result<Self> {
        Ok(())
    }
}

impl Form for Json {
    fn read(json: Json, _: &At<'_>) -> Result<Self> {
        Ok(json)
    }
}

impl Form for bool {
    fn read(json: Json, at: &At<'_>) -> Result<Self> {
        json.as_bool().ok_or_else(|| at.wrong("is not a boolean"))
    }
}

impl Form for u64 {
    fn read(json: Json, at: &At<'_>) -> Result<Self> {
        json.as_u64()
            .ok_or_else(|| at.wrong("is not a whole number of at most 64 bits"))
    }
}

impl Form for String {
    fn read(json: Json, at: &At<'_>) -> Result<Self> {
        match json {
            Json::String(text) => Ok(text),
            _ => Err(at.wrong("is not a string")),
        }
    }
}

impl<T: Form> Form for Option<T> {
    fn read(json: Json, at: &At<'_>) -> Result<Self> {
        match json {
            Json::Null => Ok(None),
            json => T::read(json, at).map(Some),
        }
    }
}

impl<T: Form> Form for Vec<T> {
    fn read(json: Json, at: &At<'_>) -> Result<Self> {
        let Json::Array(items) = json else {
            return Err(at.wrong("is not a list"));
        };
        let item = |(index, json)| T::read(json, &At::Item(at, index));
        items.into_iter().enumerate().map(item).collect()
    }
}

impl Form for Map<String, Json> {
    fn read(json: Json, at: &At<'_>) -> Result<Self> {
        match json {
            Json::Object(members) => Ok(members),
            _ => Err(at.wrong("is not an object")),
        }
    }
}

/// The members of an object, taken out one by one.
#[derive(Debug)]
pub(crate) struct Members<'a> {
    members: Map<String, Json>,
    at: &'a At<'a>,
}

impl<'a> Members<'a> {
    pub(crate) fn of(json: Json, at: &'a At<'a>) -> Result<Self> {
        let members = Map::read(json, at)?;
        Ok(Self { members, at })
    }

    /// A member that may be missing, as it stands there.
    pub(crate) fn take(&mut self, name: &str) -> Option<Json> {
        self.members.remove(name)
    }

    /// A member that has to be there.
    pub(crate) fn required<T: Form>(&mut self, name: &'static str) -> Result<T> {
        let at = At::Member(self.at, name);
        match self.members.remove(name) {
            Some(json) => T::read(json, &at),
            None => Err(at.wrong("is missing")),
        }
    }

    /// A member that may be missing. `null` is as good as missing.
    pub(crate) fn optional<T: Form>(&mut self, name: &'static str) -> Result<Option<T>> {
        let json = self.members.remove(name).unwrap_or_default();
        Option::read(json, &At::Member(self.at, name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_spelled_as_in_a_program() {
        let answer = At::Answer("list");
        let ok = At::Member(&answer, "ok");
        let keys = At::Member(&ok, "keys");
        let key = At::Item(&keys, 3);
        assert_eq!(key.to_string(), "ok.keys[3]");
        assert_eq!(key.call(), "list");
        let text = key.wrong("is odd").to_string();
        assert!(text.contains("`list`") && text.contains("`ok.keys[3]` is odd"));
        let text = answer.wrong("is odd").to_string();
        assert!(text.contains("it is odd"), "{text}");
    }
}
