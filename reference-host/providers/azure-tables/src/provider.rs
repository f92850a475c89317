//! The provider: connecting, and opening and closing scopes.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::{
    Descriptor, Error, ErrorKind, Namespace, Provider, Result, Scope, ScopeId, Settings,
};

use crate::config::Config;
use crate::descriptor::describe;
use crate::error::unexpected_reply;
use crate::link::{Answer, Client};
use crate::names::{Place, Space};
use crate::namespace::{Open, Registration, find, register, scope_place};
use crate::record;
use crate::table::{Condition, Table};

/// How many entities a scope is emptied of at a time.
const CLEAR_AT_ONCE: usize = 1_000;

/// A table of an account.
#[derive(Debug)]
struct Tables {
    table: Arc<Table>,
    descriptor: Descriptor,
    /// The scopes that were opened here and not closed here since.
    open: Mutex<HashMap<ScopeId, Arc<Registration>>>,
}

/// Connects, within a bounded time.
///
/// # Errors
/// `invalid-argument` for settings, `unavailable`, `timeout`, `access-denied`,
/// `not-found` where the table is not there.
pub(crate) async fn connect(settings: Settings) -> Result<Arc<dyn Provider>> {
    let config = Config::read(&settings)?;
    let name = config
        .table
        .clone()
        .ok_or_else(|| Error::invalid("table: give the name of a table that is there"))?;
    let call_timeout = config.call_timeout;
    let table = Table::new(Client::new(config)?, name);
    let first = bounded(call_timeout, table.look()).await?;
    Ok(Arc::new(Tables {
        table: Arc::new(table),
        descriptor: describe(first.server(), call_timeout),
        open: Mutex::default(),
    }))
}

async fn bounded<T>(limit: Duration, work: impl Future<Output = Result<T>>) -> Result<T> {
    tokio::time::timeout(limit, work)
        .await
        .unwrap_or_else(|_| Err(ErrorKind::Timeout.into()))
}

impl Tables {
    fn known(&self) -> MutexGuard<'_, HashMap<ScopeId, Arc<Registration>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Removes everything that lies in a space.
    async fn clear(&self, space: &Space) -> Result<()> {
        let filter = space.filter();
        let limit = self.descriptor.call_timeout;
        let mut from: Option<String> = None;
        loop {
            let select = "PartitionKey,RowKey";
            let query = self
                .table
                .query(&filter, select, CLEAR_AT_ONCE, from.as_deref(), false);
            let mut page = bounded(limit, query).await?;
            let places = page.entities.iter_mut().map(|entity| {
                let partition = record::text(entity, "PartitionKey");
                let row = record::text(entity, "RowKey");
                let place = partition.zip(row);
                place
                    .map(|(partition, row)| Place { partition, row })
                    .ok_or_else(unexpected_reply)
            });
            let places = places.collect::<Result<Vec<Place>>>()?;
            let removed = crate::driver::each(&places, |place| {
                bounded(limit, self.table.remove(place, Condition::Present, ()))
            });
            for answer in removed.await {
                match answer? {
                    Answer::Done(_) | Answer::Absent => {}
                    Answer::Exists | Answer::Changed => return Err(unexpected_reply()),
                }
            }
            from = page.next;
            if from.is_none() {
                return Ok(());
            }
        }
    }
}

#[async_trait]
impl Provider for Tables {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        let opened = register(&self.table, &scope.id, &scope.names);
        let opened = bounded(self.descriptor.call_timeout, opened).await?;
        let opened = Arc::new(Registration::of(opened));
        let registration = match self.known().entry(scope.id.clone()) {
            // The same life, unless somebody else closed the scope since.
            Entry::Occupied(mut known) => {
                if known.get().life != opened.life {
                    known.insert(Arc::clone(&opened));
                }
                Arc::clone(known.get())
            }
            Entry::Vacant(place) => Arc::clone(place.insert(opened)),
        };
        Ok(Arc::new(Open {
            table: Arc::clone(&self.table),
            registration,
        }))
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        let limit = self.descriptor.call_timeout;
        let known = self.known().remove(&scope.id);
        if let Some(registration) = known {
            // A write may have waited for its turn before its own time began.
            bounded(limit * 2, async {
                registration.close().await;
                Ok(())
            })
            .await?;
        }
        let registered = bounded(limit, find(&self.table, &scope.id)).await?;
        let Some(registered) = registered else {
            return Ok(());
        };
        self.clear(&Space::of_scope(&registered.life)).await?;
        // Last, so that a close that failed half way can be repeated; and not if
        // somebody else closed the scope and opened it anew.
        let place = scope_place(&scope.id);
        let mark = Condition::Mark(&registered.etag);
        bounded(limit, self.table.remove(&place, mark, ()))
            .await
            .map(drop)
    }
}
