//! An open scope: its stores and its containers, by name.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use cloud_contract::{ErrorKind, Namespace, Result, Scope, ScopeId, blobstore, keyvalue};
use tokio::sync::OnceCell;

use crate::blobstore::Containers;
use crate::closing::Closing;
use crate::keyvalue::{Bucket, Store};
use crate::link::Link;
use crate::names::{self, Kind};

/// A scope that this provider opened and has not closed. A store's bucket is created
/// when somebody opens the store: a server makes several files for each, so one that
/// nobody uses would cost more than all that is done with others. The containers are
/// made when somebody opens the first of them.
#[derive(Debug)]
pub(crate) struct Registration {
    scope: ScopeId,
    buckets: BTreeMap<String, OnceCell<Arc<Bucket>>>,
    containers: Containers,
    lifetimes: bool,
    pub(crate) closing: Arc<Closing>,
}

impl Registration {
    /// `lifetimes`: whether messages of its buckets can have times to live; `batches`:
    /// whether several can be taken in one step.
    pub(crate) fn new(scope: &Scope, lifetimes: bool, batches: bool) -> Self {
        let names = scope.names.iter();
        let closing = Arc::<Closing>::default();
        Self {
            scope: scope.id.clone(),
            buckets: names.map(|name| (name.clone(), OnceCell::new())).collect(),
            containers: Containers::new(scope, batches, Arc::clone(&closing)),
            lifetimes,
            closing,
        }
    }

    /// The bucket of a store, created unless it is there.
    async fn bucket(&self, link: &Link, store: &str) -> Result<Arc<Bucket>> {
        self.closing.check()?;
        // A name that no bucket can have has no store (KV-OPEN-6).
        let named = self
            .buckets
            .get(store)
            .zip(names::stream(Kind::Store, &self.scope, store));
        let Some((bucket, stream)) = named else {
            return Err(ErrorKind::NotFound.into());
        };
        let opened = bucket.get_or_try_init(|| async {
            let live = link.live().await?;
            let closing = Arc::clone(&self.closing);
            let created = Bucket::create(link, &live, stream, self.lifetimes, closing);
            created.await.map(Arc::new)
        });
        opened.await.map(Arc::clone)
    }
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
        let bucket = self.registration.bucket(&self.link, store);
        let bucket = self.link.bounded(bucket).await?;
        Ok(Arc::new(Store::new(Arc::clone(&self.link), bucket)))
    }

    async fn blobstore(&self, container: &str) -> Result<Arc<dyn blobstore::Driver>> {
        let containers = &self.registration.containers;
        let opened = self.link.bounded(containers.open(&self.link, container));
        Ok(Arc::new(opened.await?))
    }

    async fn create_container(&self, container: &str) -> Result<()> {
        let containers = &self.registration.containers;
        let created = containers.create(&self.link, container);
        self.link.bounded(created).await
    }

    async fn delete_container(&self, container: &str) -> Result<()> {
        let containers = &self.registration.containers;
        let deleted = containers.delete(&self.link, container);
        self.link.bounded(deleted).await
    }
}
