//! Names of isolated, disposable namespaces.

use std::fmt;

use crate::{Error, Result};

/// The name of a scope: 1 to 63 characters out of `a` to `z`, `0` to `9`, `-`.
///
/// The alphabet is small so that every service can hold it in a name of its own.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(String);

impl ScopeId {
    /// Checks a name.
    ///
    /// # Errors
    /// `invalid-argument` for a name outside the alphabet or the length.
    pub fn new(name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        let fits = (1..=63).contains(&name.len())
            && name
                .bytes()
                .all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if fits {
            Ok(Self(name))
        } else {
            Err(Error::invalid(
                "a scope id has 1 to 63 characters out of a-z, 0-9 and -",
            ))
        }
    }

    /// The name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ScopeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A namespace to open, and what it holds. Nothing of it is visible to another
/// scope, and closing it leaves nothing behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// Its name, unique on the service.
    pub id: ScopeId,
    /// The names that exist in it for every capability that the provider has
    /// (key-value stores, ...), and no others.
    pub names: Vec<String>,
}
