//! An open scope: that its stores exist, and which writes to them are under way.

use std::collections::BTreeMap;
use std::future::Future;
use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::{ErrorKind, Namespace, Result, ScopeId, keyvalue};
use gcloud_sdk::google::firestore::v1::StructuredQuery;
use gcloud_sdk::google::firestore::v1::structured_query::{
    CollectionSelector, FieldReference, Projection,
};
use tokio::sync::RwLock;
use tracing::Instrument as _;

use crate::driver::{Core, Store};
use crate::error::{Verdict, unexpected_answer};
use crate::link::Link;
use crate::names::{StoreNames, entries_collection, scope_document};
use crate::record::{Change, Condition, Content, stores};

/// How many entries one request removes when a scope is closed.
const CLEAR_AT_ONCE: i32 = 300;

/// Knows the writes of this process that are under way in a scope.
///
/// A write goes on when its caller gives it up, since it cannot be called back.
/// Closing a scope waits for those, or they would leave something behind.
#[derive(Debug, Default, Clone)]
pub(crate) struct Gate {
    /// Held for reading by each write; true when the scope is closed.
    closed: Arc<RwLock<bool>>,
}

impl Gate {
    /// Carries out a write to its end, whether or not somebody waits for it.
    ///
    /// # Errors
    /// `not-found` if the scope was closed here.
    pub(crate) async fn carry<T: Send + 'static>(
        &self,
        write: impl Future<Output = T> + Send + 'static,
    ) -> Result<T> {
        let pass = Arc::clone(&self.closed).read_owned().await;
        if *pass {
            return Err(ErrorKind::NotFound.into());
        }
        let work = async move {
            let result = write.await;
            drop(pass);
            result
        };
        let task = tokio::spawn(work.in_current_span());
        // Only a panic or the end of the process gets here.
        task.await.map_err(|_| ErrorKind::Unavailable.into())
    }

    /// Returns when no write is under way; later ones fail. Each write has a time
    /// limit of its own, so this ends.
    pub(crate) async fn close(&self) {
        *self.closed.write().await = true;
    }
}

/// A scope that this provider opened and has not closed.
#[derive(Debug)]
pub(crate) struct Registration {
    pub(crate) gate: Gate,
    stores: BTreeMap<String, Arc<Core>>,
}

impl Registration {
    /// Opens a scope: registers its stores unless the scope is registered.
    pub(crate) async fn open(
        link: &Arc<Link>,
        collection: &str,
        scope: &ScopeId,
        names: &[String],
    ) -> Result<Self> {
        let document = scope_document(&link.documents(), collection, scope);
        let entries = entries_collection(collection, scope);
        let names = register(link, &document, names).await?;
        let gate = Gate::default();
        let stores = names.into_iter().map(|name| {
            let core = Core::new(
                Arc::clone(link),
                gate.clone(),
                StoreNames::new(&document, &entries, &name),
            );
            (name, Arc::new(core))
        });
        Ok(Self {
            stores: stores.collect(),
            gate,
        })
    }

    /// Whether both are of the same stores.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        self.stores.keys().eq(other.stores.keys())
    }
}

/// Returns the names that the scope has.
async fn register(link: &Link, document: &str, names: &[String]) -> Result<Vec<String>> {
    let change = Change {
        document: document.to_owned(),
        content: Content::Stores(names.to_vec()),
        condition: Condition::Absent,
    };
    // Somebody else may close the scope just before it is read; then it is new.
    loop {
        match link.commit(&change).await {
            Ok(_) => return Ok(names.to_vec()),
            Err(failure) if failure.verdict == Verdict::Refuted => {}
            Err(failure) => return Err(failure.into()),
        }
        if let Some(known) = link.read_one(document.to_owned(), &["stores"]).await? {
            return stores(known);
        }
    }
}

/// Removes everything that is under a scope's document, and then the document, so
/// that a removal that failed half way can be repeated.
pub(crate) async fn remove(link: &Link, collection: &str, scope: &ScopeId) -> Result<()> {
    let document = scope_document(&link.documents(), collection, scope);
    let entries = entries_collection(collection, scope);
    let within = format!("{document}/");
    loop {
        let found = link.query(document.clone(), everything(&entries)).await?;
        let count = found.len();
        let mut changes = Vec::with_capacity(count);
        for entry in found {
            // The service was asked for nothing else.
            if !entry.name.starts_with(&within) {
                return Err(unexpected_answer());
            }
            changes.push(Change::remove(entry.name, Condition::Any));
        }
        if !changes.is_empty() {
            for removed in link.change_many(&changes).await? {
                removed?;
            }
        }
        if count < usize::try_from(CLEAR_AT_ONCE).unwrap_or(0) {
            break;
        }
    }
    let change = Change::remove(document, Condition::Any);
    link.commit(&change).await?;
    Ok(())
}

/// The names of entries in all stores under a document.
fn everything(entries: &str) -> StructuredQuery {
    StructuredQuery {
        select: Some(Projection {
            fields: vec![FieldReference {
                field_path: "__name__".to_owned(),
            }],
        }),
        from: vec![CollectionSelector {
            collection_id: entries.to_owned(),
            all_descendants: true,
        }],
        limit: Some(CLEAR_AT_ONCE),
        ..StructuredQuery::default()
    }
}

/// The contract's view of an open scope.
#[derive(Debug)]
pub(crate) struct Open(pub(crate) Arc<Registration>);

#[async_trait]
impl Namespace for Open {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        match self.0.stores.get(store) {
            Some(core) => Ok(Arc::new(Store(Arc::clone(core)))),
            None => Err(ErrorKind::NotFound.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;
    use tokio::sync::oneshot;

    #[tokio::test]
    async fn a_write_that_was_given_up_is_waited_for() {
        let gate = Gate::default();
        let (reply, answer) = oneshot::channel::<()>();
        let mut written = Box::pin(gate.carry(answer));
        let brief = Duration::from_millis(20);
        assert!(tokio::time::timeout(brief, &mut written).await.is_err());
        drop(written);
        let mut closing = Box::pin(gate.close());
        assert!(tokio::time::timeout(brief, &mut closing).await.is_err());
        reply.send(()).unwrap();
        closing.await;
        let late = gate.carry(async {}).await;
        assert_eq!(late.unwrap_err().kind(), &ErrorKind::NotFound);
    }
}
