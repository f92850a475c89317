//! What scopes are called in a bucket.

use cloud_contract::ScopeId;

/// The prefix of everything that belongs to a scope.
#[must_use]
pub fn of_scope(scope: &ScopeId) -> String {
    format!("{scope}/")
}

/// The key that says that a scope is open.
#[must_use]
pub fn open_mark(scope: &ScopeId) -> String {
    format!("{scope}/open")
}

/// Whether a container keeps its name: it is one that every service takes.
#[must_use]
pub fn is_ordinary(name: &str) -> bool {
    let is_plain = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-');
    matches!(name.len(), 1..=63) && name.bytes().all(is_plain)
}
