//! What scopes and containers are called in a bucket.

use cloud_contract::ScopeId;

use crate::coding::encode;

/// The longest name of a container, in bytes.
pub const CONTAINER_NAME_BYTES: usize = 80;

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

/// What a container is called: names of ordinary ones are kept, and others begin as those
/// do not. None for a name that no container can have.
#[must_use]
pub fn container_name(name: &str) -> Option<String> {
    match name.len() {
        _ if is_ordinary(name) => Some(name.to_owned()),
        1..=CONTAINER_NAME_BYTES => Some(format!("_{}", encode(name.as_bytes()))),
        _ => None,
    }
}

/// The key that says that a scope has a container, which is called this in the bucket.
#[must_use]
pub fn container_mark(scope: &ScopeId, called: &str) -> String {
    format!("{scope}/is/{called}")
}
