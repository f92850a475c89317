//! An open scope: how its keys are called, and that it is open still.

use std::fmt::Write as _;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::{ErrorKind, Namespace, Result, ScopeId, keyvalue};

use crate::driver::Store;
use crate::link::Link;

/// The key that exists while a scope does. Its value holds the names of the stores.
pub(crate) fn scope_key(scope: &ScopeId) -> Bytes {
    Bytes::from(format!("cw/s/{scope}"))
}

/// The range of everything in a scope. A scope's id has no `/`, which `0` follows.
pub(crate) fn data_range(scope: &ScopeId) -> (Bytes, Bytes) {
    (
        Bytes::from(format!("cw/d/{scope}/")),
        Bytes::from(format!("cw/d/{scope}0")),
    )
}

/// What the keys of a store begin with.
pub(crate) fn store_prefix(scope: &ScopeId, store: &str) -> String {
    let mut prefix = format!("cw/d/{scope}/");
    for byte in store.bytes() {
        match byte {
            b'a'..=b'z' | b'0'..=b'9' | b'-' => prefix.push(char::from(byte)),
            // Writing to a string cannot fail.
            _ => drop(write!(prefix, "%{byte:02x}")),
        }
    }
    prefix.push('/');
    prefix
}

/// An opening of a scope. Its revision never comes again: once the scope is closed,
/// nothing can be written under it any more.
#[derive(Debug, Clone)]
pub(crate) struct Opening {
    pub(crate) key: Bytes,
    pub(crate) revision: i64,
}

/// The contract's view of an open scope.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) link: Arc<Link>,
    pub(crate) scope: ScopeId,
    pub(crate) opening: Opening,
    pub(crate) names: Vec<String>,
}

#[async_trait]
impl Namespace for Open {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        if !self.names.iter().any(|name| name == store) {
            return Err(ErrorKind::NotFound.into());
        }
        Ok(Arc::new(Store::new(
            Arc::clone(&self.link),
            self.opening.clone(),
            store_prefix(&self.scope, store),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_reads_like_another_and_all_are_in_their_scope() {
        let scope = ScopeId::new("s").unwrap();
        let (first, end) = data_range(&scope);
        let names = ["a", "a/", "a%2f", "/", "A", "a b", "", "é", "a\0"];
        let prefixes: Vec<String> = names
            .iter()
            .map(|name| store_prefix(&scope, name))
            .collect();
        for (place, prefix) in prefixes.iter().enumerate() {
            assert_eq!(prefix.matches('/').count(), 4, "{prefix}");
            assert!(!prefixes[..place].contains(prefix), "{prefix}");
            assert!(prefix.as_bytes() >= first.as_ref() && prefix.as_bytes() < end.as_ref());
        }
        for other in ["s-", "s0", "s1", "sa", "r"] {
            let prefix = store_prefix(&ScopeId::new(other).unwrap(), "a");
            assert!(prefix.as_bytes() < first.as_ref() || prefix.as_bytes() >= end.as_ref());
        }
    }
}
