//! The provider: connecting, and opening and closing scopes.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use cloud_contract::{
    Descriptor, Error, ErrorKind, Namespace, Provider, Result, Scope, ScopeId, Settings,
};
use redis::{Cmd, Pipeline, Value};

use crate::config::Config;
use crate::descriptor::describe;
use crate::error::unexpected_reply;
use crate::link::Link;
use crate::namespace::{Open, Registration, StoreKeys, registry_key, texts};
use crate::scripts::{EMPTY, MORE, SCRIPTS};

/// How many entries one request removes when a scope is closed.
const CLEAR_AT_ONCE: usize = 500;

/// A Redis server.
#[derive(Debug)]
struct Redis {
    link: Arc<Link>,
    descriptor: Descriptor,
    /// The scopes that were opened here and not closed here since.
    open: Mutex<HashMap<ScopeId, Arc<Registration>>>,
}

/// Connects, within a bounded time.
///
/// # Errors
/// `invalid-argument` for settings, `unavailable`, `timeout`, `access-denied`;
/// `other` if the service may evict entries.
pub(crate) async fn connect(settings: Settings) -> Result<Arc<dyn Provider>> {
    let config = Config::read(&settings)?;
    let call_timeout = config.call_timeout;
    let link = Arc::new(Link::new(config));
    let live = link.live().await?;
    if live.facts.evicts() {
        return Err(ErrorKind::Other(Cow::Borrowed(
            "the service may evict entries: its maxmemory-policy must be noeviction",
        ))
        .into());
    }
    let mut question = Cmd::new();
    question.arg("CONFIG").arg("GET").arg("appendfsync");
    let fsync = match link.bounded(link.send(&live, &question)).await {
        Ok(answer) => redis::from_redis_value::<Vec<String>>(answer)
            .ok()
            .and_then(|pair| pair.into_iter().nth(1)),
        Err(error) if error.is_ambiguous() => return Err(error),
        // It is forbidden to most users and absent from managed services.
        Err(_) => None,
    };
    let descriptor = describe(&live.facts, fsync.as_deref(), call_timeout);
    Ok(Arc::new(Redis {
        link,
        descriptor,
        open: Mutex::default(),
    }))
}

impl Redis {
    fn known(&self) -> std::sync::MutexGuard<'_, HashMap<ScopeId, Arc<Registration>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Provider for Redis {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        if scope.names.iter().any(String::is_empty) {
            return Err(Error::invalid("scope: a name must not be empty"));
        }
        let opened = Registration::open(&self.link, scope.id.clone(), &scope.names);
        let opened = Arc::new(self.link.bounded(opened).await?);
        let registration = match self.known().entry(scope.id.clone()) {
            // The same stores, unless somebody else closed the scope and another
            // set of names was registered since.
            std::collections::hash_map::Entry::Occupied(mut known) => {
                if known.get().names() != opened.names() {
                    known.insert(Arc::clone(&opened));
                }
                Arc::clone(known.get())
            }
            std::collections::hash_map::Entry::Vacant(place) => Arc::clone(place.insert(opened)),
        };
        Ok(Arc::new(Open {
            link: Arc::clone(&self.link),
            registration,
        }))
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        if let Some(registration) = self.known().remove(&scope.id) {
            registration.close();
        }
        let live = self.link.live().await?;
        let registry = registry_key(&scope.id);
        let mut question = Cmd::new();
        question.arg("SMEMBERS").arg(&registry);
        let names = self.link.bounded(self.link.send(&live, &question)).await?;
        let names = texts(names)?;
        let mut stores: Vec<StoreKeys> = names
            .iter()
            .map(|name| StoreKeys::new(&scope.id, name))
            .collect();
        while !stores.is_empty() {
            let mut requests = Pipeline::with_capacity(stores.len());
            for store in &stores {
                let mut clear = SCRIPTS.clear.call(3, 5, 0);
                clear
                    .arg(&store.index)
                    .arg(&store.ends)
                    .arg(&store.sequence)
                    .arg(&store.entry)
                    .arg(CLEAR_AT_ONCE);
                requests.add_command(clear);
            }
            let clear = self.link.call_all(&live, &requests);
            let answers = self.link.bounded(clear).await?;
            let mut left = Vec::new();
            for (store, answer) in stores.into_iter().zip(answers) {
                match answer {
                    Value::Int(EMPTY) => {}
                    Value::Int(MORE) => left.push(store),
                    _ => return Err(unexpected_reply()),
                }
            }
            stores = left;
        }
        // Last, so that a close that failed half way can be repeated.
        let mut forget = Cmd::new();
        forget.arg("DEL").arg(&registry);
        let forget = self.link.send(&live, &forget);
        self.link.bounded(forget).await.map(drop)
    }
}
