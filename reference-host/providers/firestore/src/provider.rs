//! The provider: connecting, and opening and closing scopes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::collections::hash_map;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use cloud_contract::{
    Descriptor, Error, ErrorKind, Namespace, Provider, Result, Scope, ScopeId, Settings,
};

use crate::config::Config;
use crate::descriptor::describe;
use crate::link::Link;
use crate::names::probe_document;
use crate::namespace::{Open, Registration, remove};

/// A Firestore database.
#[derive(Debug)]
struct Firestore {
    link: Arc<Link>,
    /// The root collection.
    collection: String,
    descriptor: Descriptor,
    /// The scopes that were opened here and not closed here since.
    open: Mutex<HashMap<ScopeId, Arc<Registration>>>,
}

/// Finds credentials and asks the service for an answer, within a bounded time.
///
/// # Errors
/// `invalid-argument` for settings, `unavailable`, `timeout`, `access-denied`;
/// `other` without a database of native mode.
pub(crate) async fn connect(settings: Settings) -> Result<Arc<dyn Provider>> {
    let config = Config::read(&settings)?;
    let connected = tokio::time::timeout(config.connect_timeout, reach(&config)).await;
    let link = connected.unwrap_or_else(|_| Err(ErrorKind::Timeout.into()))?;
    Ok(Arc::new(Firestore {
        link: Arc::new(link),
        descriptor: describe(config.is_emulator(), config.call_timeout),
        collection: config.collection,
        open: Mutex::default(),
    }))
}

async fn reach(config: &Config) -> Result<Link> {
    let link = Link::new(config).await?;
    let document = probe_document(&link.documents(), &config.collection);
    match link.read_one(document, &["stores"]).await {
        Ok(_) => Ok(link),
        Err(failure) => {
            let error = Error::from(failure);
            // A document that is not there is no error.
            if error.kind() == &ErrorKind::NotFound {
                let kind = ErrorKind::Other(Cow::Borrowed("there is no such database"));
                return Err(Error::with_source(kind, error));
            }
            Err(error)
        }
    }
}

impl Firestore {
    fn known(&self) -> MutexGuard<'_, HashMap<ScopeId, Arc<Registration>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Provider for Firestore {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        if scope.names.iter().any(String::is_empty) {
            return Err(Error::invalid("scope: a name must not be empty"));
        }
        let opened = Registration::open(&self.link, &self.collection, &scope.id, &scope.names);
        let opened = Arc::new(opened.await?);
        let registration = match self.known().entry(scope.id.clone()) {
            // The same stores, unless somebody else closed the scope and another
            // set of names was registered since.
            hash_map::Entry::Occupied(mut known) => {
                if !known.get().is_like(&opened) {
                    known.insert(Arc::clone(&opened));
                }
                Arc::clone(known.get())
            }
            hash_map::Entry::Vacant(place) => Arc::clone(place.insert(opened)),
        };
        Ok(Arc::new(Open(registration)))
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        let known = self.known().remove(&scope.id);
        if let Some(registration) = known {
            registration.gate.close().await;
        }
        remove(&self.link, &self.collection, &scope.id).await
    }
}
