//! An open scope: how its keys are called, and that its stores exist.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;
use cloud_contract::{ErrorKind, Namespace, Result, ScopeId, keyvalue};
use redis::{Pipeline, Value};
use tokio::sync::Mutex;

use crate::driver::Store;
use crate::error::unexpected_reply;
use crate::link::{Link, Live};
use crate::scripts::{Joined, SCRIPTS};

/// The key that holds the names of a scope's stores.
pub(crate) fn registry_key(scope: &ScopeId) -> String {
    format!("cw:scope:{scope}")
}

/// The names of everything that belongs to one store.
#[derive(Debug)]
pub(crate) struct StoreKeys {
    /// What a key's name follows.
    pub(crate) entry: String,
    pub(crate) index: String,
    pub(crate) ends: String,
    pub(crate) sequence: String,
}

impl StoreKeys {
    pub(crate) fn new(scope: &ScopeId, store: &str) -> Self {
        // A scope id has no `:` and no `}`. A store's name should not have them
        // either; what is not of its alphabet is escaped, so that no name ends
        // the hash tag early or reads like another.
        let mut name = String::with_capacity(store.len());
        for byte in store.bytes() {
            match byte {
                b'a'..=b'z' | b'0'..=b'9' | b'-' => name.push(char::from(byte)),
                // Writing to a string cannot fail.
                _ => drop(write!(name, "%{byte:02x}")),
            }
        }
        let tag = format!("{{cw:{scope}:{name}}}");
        Self {
            entry: format!("{tag}:d:"),
            index: format!("{tag}:i"),
            ends: format!("{tag}:x"),
            sequence: format!("{tag}:seq"),
        }
    }

    /// The Redis key of an entry.
    pub(crate) fn entry<'a>(&'a self, key: &'a str) -> Joined<'a> {
        Joined(&self.entry, key)
    }
}

/// A scope that this provider opened and has not closed.
#[derive(Debug)]
pub(crate) struct Registration {
    scope: ScopeId,
    names: Vec<String>,
    closed: AtomicBool,
    /// How often the stores were created again.
    renewals: AtomicU64,
    /// The run of the service in which they were created last.
    mark: Mutex<String>,
}

impl Registration {
    /// Opens a scope: creates its stores unless they are there.
    pub(crate) async fn open(link: &Link, scope: ScopeId, names: &[String]) -> Result<Self> {
        let live = link.live().await?;
        let names = create(link, &live, &scope, names).await?;
        Ok(Self {
            scope,
            names,
            closed: AtomicBool::new(false),
            renewals: AtomicU64::new(0),
            mark: Mutex::new(live.mark().to_owned()),
        })
    }

    pub(crate) fn names(&self) -> &[String] {
        &self.names
    }

    /// From now on the stores are not created again.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Release);
    }

    /// To be read before a write, for [`Registration::renew`].
    pub(crate) fn renewals(&self) -> u64 {
        self.renewals.load(Ordering::Acquire)
    }

    /// After a write found no store: creates the stores again if the service lost
    /// them by a restart. Such a service promised no more, and the scope is still
    /// open here. If the scope was closed, its stores stay away: a write that
    /// comes too late must leave nothing behind.
    ///
    /// # Errors
    /// `not-found` if the store is gone for good.
    pub(crate) async fn renew(&self, link: &Link, before: u64) -> Result<()> {
        let mut mark = self.mark.lock().await;
        if self.renewals() != before {
            return Ok(());
        }
        let live = link.live().await?;
        if self.closed.load(Ordering::Acquire) || *mark == live.mark() {
            return Err(ErrorKind::NotFound.into());
        }
        create(link, &live, &self.scope, &self.names).await?;
        live.mark().clone_into(&mut mark);
        self.renewals.fetch_add(1, Ordering::AcqRel);
        Ok(())
    }
}

/// Registers a scope and creates its stores; returns the names that it has. A
/// crash between the two steps is mended by the next call.
async fn create(
    link: &Link,
    live: &Arc<Live>,
    scope: &ScopeId,
    names: &[String],
) -> Result<Vec<String>> {
    let mut register = SCRIPTS.register.call(1, 1 + names.len(), 0);
    register.arg(registry_key(scope)).arg(names);
    let names = texts(link.call(live, &register).await?)?;
    let mut stores = Pipeline::with_capacity(names.len());
    for name in &names {
        let mut store = SCRIPTS.create.call(1, 1, 0);
        store.arg(StoreKeys::new(scope, name).sequence);
        stores.add_command(store);
    }
    if !names.is_empty() {
        link.call_all(live, &stores).await?;
    }
    Ok(names)
}

/// The members of a registry, sorted, without the one that keeps it alive.
pub(crate) fn texts(value: Value) -> Result<Vec<String>> {
    let mut texts: Vec<String> = redis::from_redis_value(value).map_err(|_| unexpected_reply())?;
    texts.retain(|text| !text.is_empty());
    texts.sort_unstable();
    Ok(texts)
}

/// The contract's view of an open scope.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) link: Arc<Link>,
    pub(crate) registration: Arc<Registration>,
}

#[async_trait]
impl Namespace for Open {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        if !self.registration.names.iter().any(|name| name == store) {
            return Err(ErrorKind::NotFound.into());
        }
        Ok(Arc::new(Store::new(
            Arc::clone(&self.link),
            Arc::clone(&self.registration),
            StoreKeys::new(&self.registration.scope, store),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leaves_its_hash_tag_or_reads_like_another() {
        let scope = ScopeId::new("s").unwrap();
        let names = ["a", "a}", "a%7d", "{a}", "a:d:", "A", "a b", "", "é", "a\0"];
        let keys: Vec<String> = names
            .iter()
            .map(|name| StoreKeys::new(&scope, name).entry)
            .collect();
        for (place, key) in keys.iter().enumerate() {
            assert_eq!(key.find('}'), Some(key.len() - 4), "{key}");
            assert_eq!(key.rfind('{'), Some(0), "{key}");
            assert!(!keys[..place].contains(key), "{key}");
        }
        assert_eq!(keys[0], "{cw:s:a}:d:");
    }
}
