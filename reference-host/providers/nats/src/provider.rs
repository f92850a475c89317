//! The provider: one connection, and the scopes that are open.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_contract::{Descriptor, Error, Namespace, Provider, Result, Scope, ScopeId, Settings};

use crate::api::Account;
use crate::closing::Closing;
use crate::config::Config;
use crate::descriptor::{Facts, WIDTH_MAX, describe};
use crate::link::Link;
use crate::namespace::{Open, Registration};
use crate::streams::remove;

/// How often the way to the server is measured.
const MEASURED: usize = 3;
/// And how often at most where it seems to be long: an answer may be slow for a moment.
const MEASURED_AT_MOST: usize = 50;

/// Where to tell everybody who still has a view of a scope that it was closed.
type Opened = HashMap<ScopeId, Vec<Weak<Closing>>>;

#[derive(Debug)]
struct Nats {
    link: Arc<Link>,
    descriptor: Descriptor,
    lifetimes: bool,
    batches: bool,
    /// The scopes that were opened here and not closed here since.
    open: Mutex<Opened>,
}

/// Connects, within a bounded time.
///
/// # Errors
/// `invalid-argument` for settings, `unavailable`, `timeout`, `access-denied`;
/// `other` if there is no JetStream, or messages must be too short.
pub(crate) async fn connect(settings: Settings) -> Result<Arc<dyn Provider>> {
    let config = Config::read(&settings)?;
    let call_timeout = config.call_timeout;
    let link = Arc::new(Link::new(config));
    let facts = link.bounded(ask(&link)).await?;
    Ok(Arc::new(Nats {
        descriptor: describe(&facts, call_timeout)?,
        lifetimes: facts.lifetimes(),
        batches: facts.batches(),
        link,
        open: Mutex::default(),
    }))
}

async fn ask(link: &Link) -> Result<Facts> {
    let live = link.live().await?;
    let info = live.client.server_info();
    let mut facts = Facts {
        version: info.version,
        api_level: 0,
        max_payload: info.max_payload,
        quickest: Duration::MAX,
    };
    // A way that is long is no reason to be late.
    let until = Instant::now() + link.config.call_timeout / 4;
    for number in 0..MEASURED_AT_MOST {
        let asked = Instant::now();
        let may_be_short = facts.quickest > WIDTH_MAX && asked < until;
        if number >= MEASURED && !may_be_short {
            break;
        }
        let account: Account = live
            .ask(format!("{}.INFO", link.config.api), Bytes::new())
            .await?;
        facts.quickest = facts.quickest.min(asked.elapsed());
        facts.api_level = account.api.level;
    }
    Ok(facts)
}

impl Nats {
    fn known(&self) -> MutexGuard<'_, Opened> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Provider for Nats {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        if scope.names.iter().any(String::is_empty) {
            return Err(Error::invalid("scope: a name must not be empty"));
        }
        // A scope that cannot be reached is not opened.
        self.link.live().await?;
        let registration = Arc::new(Registration::new(scope, self.lifetimes, self.batches));
        let mut known = self.known();
        let opened = known.entry(scope.id.clone()).or_default();
        opened.retain(|other| other.strong_count() > 0);
        opened.push(Arc::downgrade(&registration.closing));
        drop(known);
        Ok(Arc::new(Open {
            link: Arc::clone(&self.link),
            registration,
        }))
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        let opened = self.known().remove(&scope.id).unwrap_or_default();
        for closing in opened.iter().filter_map(Weak::upgrade) {
            closing.close();
        }
        self.link.bounded(remove(&self.link, &scope.id)).await
    }
}
