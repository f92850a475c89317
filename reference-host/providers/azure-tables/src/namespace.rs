//! An open scope: that it is known to the service, and where its stores lie.
//!
//! A scope is an entity that holds the names of its stores and the mark of its
//! present life. Everything in its stores lies under that mark, so nothing of an
//! earlier life can come up in a later one.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use azure_core::Uuid;
use cloud_contract::{Error, ErrorKind, Namespace, Result, ScopeId, keyvalue};
use serde_json::Value;
use tokio::sync::{Mutex, OwnedRwLockReadGuard, RwLock};

use crate::driver::Store;
use crate::error::unexpected_reply;
use crate::link::Answer;
use crate::names::{Place, Space};
use crate::record::{Found, Select, body};
use crate::table::Table;

/// A scope that this provider opened.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) life: String,
    names: Vec<String>,
    /// Whether the scope was closed here. Writes hold it while they are on their
    /// way, so that none arrives after the scope was emptied.
    closed: Arc<RwLock<bool>>,
    /// How many expiring writes there were.
    pub(crate) expiring: AtomicU32,
    /// Where the next sweep goes on.
    pub(crate) sweep: Mutex<Option<String>>,
}

/// Held by a write that is on its way.
pub(crate) type Held = OwnedRwLockReadGuard<bool>;

/// What the entity of a scope says.
pub(crate) struct Registered {
    pub(crate) etag: String,
    pub(crate) life: String,
    names: Vec<String>,
}

impl Registration {
    pub(crate) fn of(registered: Registered) -> Self {
        Self {
            life: registered.life,
            names: registered.names,
            closed: Arc::default(),
            expiring: AtomicU32::new(0),
            sweep: Mutex::default(),
        }
    }

    /// # Errors
    /// `not-found` if the scope was closed.
    pub(crate) async fn hold(&self) -> Result<Held> {
        let held = Arc::clone(&self.closed).read_owned().await;
        if *held {
            return Err(ErrorKind::NotFound.into());
        }
        Ok(held)
    }

    /// Refuses further writes, and waits for those on their way.
    pub(crate) async fn close(&self) {
        *self.closed.write().await = true;
    }

    /// Counts an expiring write, and tells whether this is one in `every`.
    pub(crate) fn is_turn_to_sweep(&self, every: u32) -> bool {
        self.expiring.fetch_add(1, Ordering::Relaxed) % every == every - 1
    }
}

/// Where the entity of a scope lies.
pub(crate) fn scope_place(scope: &ScopeId) -> Place {
    Place {
        partition: "scope".into(),
        row: scope.as_str().to_owned(),
    }
}

/// Registers a scope unless it is, and returns what is registered.
pub(crate) async fn register(
    table: &Table,
    scope: &ScopeId,
    names: &[String],
) -> Result<Registered> {
    if names.len() > usize::from(u16::MAX) {
        return Err(Error::invalid("scope: it has too many names"));
    }
    let place = scope_place(scope);
    // It can be removed between the two requests.
    for _ in 0..5 {
        let life = Uuid::new_v4().as_u128();
        // Fewer bits are enough, and leave more room for keys.
        let life = format!("{:016x}", (life >> 64) as u64 ^ life as u64);
        let text = Value::from([&[life][..], names].concat()).to_string();
        let body = body(&place, &table.version(), None, text.as_bytes());
        if let Answer::Done(_) = table.insert(body, ()).await? {
            return registered(text.as_bytes(), String::new());
        }
        if let Some(found) = find(table, scope).await? {
            return Ok(found);
        }
    }
    Err(ErrorKind::Unavailable.into())
}

/// What is registered.
pub(crate) async fn find(table: &Table, scope: &ScopeId) -> Result<Option<Registered>> {
    let found = table.read(&scope_place(scope), Select::Everything).await?;
    found
        .map(|found: Found| registered(&found.value()?, found.etag))
        .transpose()
}

fn registered(text: &[u8], etag: String) -> Result<Registered> {
    let mut names: Vec<String> = serde_json::from_slice(text).map_err(|_| unexpected_reply())?;
    if names.is_empty() {
        return Err(unexpected_reply());
    }
    Ok(Registered {
        etag,
        life: names.remove(0),
        names,
    })
}

/// The contract's view of an open scope.
#[derive(Debug)]
pub(crate) struct Open {
    pub(crate) table: Arc<Table>,
    pub(crate) registration: Arc<Registration>,
}

#[async_trait]
impl Namespace for Open {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        let names = &self.registration.names;
        let number = names.iter().position(|name| name == store);
        let number = number.and_then(|number| u16::try_from(number).ok());
        let number = number.ok_or(ErrorKind::NotFound)?;
        Ok(Arc::new(Store::new(
            Arc::clone(&self.table),
            Arc::clone(&self.registration),
            Space::of_store(&self.registration.life, number),
        )))
    }
}
