//! The provider: memory, with the fault of a mutant in its place.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use cloud_contract::{
    Bindings, Descriptor, Grant, Limit, Namespace, Platform, Provider, Result, Scope, ScopeId,
    blobstore, feature, keyvalue, limit,
};
use provider_memory::MemoryProvider;

use crate::blobstore as faulty_blobstore;
use crate::keyvalue as faulty_keyvalue;
use crate::links::{LinkService, Signing};
use crate::mutant::{Layer, Mutant};
use crate::platform::{Door, FaultyPlatform, FaultyResources};

/// The longest life of a link.
pub(crate) const LINK_MAX: Duration = Duration::from_secs(7 * 24 * 60 * 60);

/// What memory declares, and links, so that their faults show.
pub(crate) fn descriptor() -> Descriptor {
    let mut descriptor = provider_memory::descriptor();
    descriptor.features.push(feature::BLOB_LINKS);
    descriptor.limits.push(Limit {
        id: limit::BLOB_LINK_MAX_NS,
        value: u64::try_from(LINK_MAX.as_nanos()).unwrap_or(u64::MAX),
    });
    descriptor
}

/// Takes a lock whose data is consistent after each step, poisoned or not.
pub(crate) fn lock<T: ?Sized>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Memory with one fault.
#[derive(Debug)]
pub(crate) struct MutantProvider {
    mutant: &'static Mutant,
    memory: MemoryProvider,
    descriptor: Descriptor,
    scopes: Mutex<HashMap<ScopeId, Arc<FaultyNamespace>>>,
    resources: Arc<ResourceFaults>,
    links: Arc<LinkService>,
    sessions: AtomicU64,
}

/// Faults by scope and name: all instances that open a store or a container share its
/// fault, as they share its data.
#[derive(Debug, Default)]
pub(crate) struct ResourceFaults {
    stores: Faults<(ScopeId, String), dyn faulty_keyvalue::store::StoreFault>,
    containers: Faults<(ScopeId, String), dyn faulty_blobstore::container::ContainerFault>,
}

impl ResourceFaults {
    pub(crate) fn of_store(
        &self,
        grant: &Grant,
        make: fn() -> Arc<dyn faulty_keyvalue::store::StoreFault>,
    ) -> Arc<dyn faulty_keyvalue::store::StoreFault> {
        self.stores
            .of((grant.scope.clone(), grant.target.clone()), make)
    }

    pub(crate) fn of_container(
        &self,
        grant: &Grant,
        make: fn() -> Arc<dyn faulty_blobstore::container::ContainerFault>,
    ) -> Arc<dyn faulty_blobstore::container::ContainerFault> {
        self.containers
            .of((grant.scope.clone(), grant.target.clone()), make)
    }

    fn forget(&self, scope: &ScopeId) {
        lock(&self.stores.made).retain(|(id, _), _| id != scope);
        lock(&self.containers.made).retain(|(id, _), _| id != scope);
    }
}

/// Faults that were made, by what they belong to.
#[derive(Debug)]
struct Faults<K, F: ?Sized> {
    made: Mutex<HashMap<K, Arc<F>>>,
}

impl<K, F: ?Sized> Default for Faults<K, F> {
    fn default() -> Self {
        Self {
            made: Mutex::default(),
        }
    }
}

impl<K: Eq + Hash, F: ?Sized> Faults<K, F> {
    fn of(&self, key: K, make: fn() -> Arc<F>) -> Arc<F> {
        Arc::clone(lock(&self.made).entry(key).or_insert_with(make))
    }
}

impl MutantProvider {
    pub(crate) fn new(mutant: &'static Mutant) -> Self {
        let mut descriptor = descriptor();
        descriptor.provider = mutant.name;
        if let Layer::Descriptor(change) = mutant.fault {
            change(&mut descriptor);
        }
        Self {
            mutant,
            memory: MemoryProvider::new(),
            descriptor,
            scopes: Mutex::default(),
            resources: Arc::default(),
            links: Arc::default(),
            sessions: AtomicU64::new(0),
        }
    }
}

#[async_trait]
impl Provider for MutantProvider {
    fn descriptor(&self) -> &Descriptor {
        &self.descriptor
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        let memory = self.memory.open(scope).await?;
        let (stores, containers) = match self.mutant.fault {
            Layer::StoreDriver(make) => (Some(make), None),
            Layer::ContainerDriver(make) => (None, Some(make)),
            _ => (None, None),
        };
        let namespace = Arc::clone(lock(&self.scopes).entry(scope.id.clone()).or_insert_with(
            || {
                Arc::new(FaultyNamespace {
                    memory,
                    links: Arc::clone(&self.links),
                    stores: stores.map(|make| (make, Faults::default())),
                    containers: containers.map(|make| (make, Faults::default())),
                })
            },
        ));
        Ok(namespace)
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        lock(&self.scopes).remove(&scope.id);
        self.resources.forget(&scope.id);
        self.memory.close(scope).await
    }

    fn platform(&self, grants: Vec<Grant>) -> Arc<dyn Platform> {
        let session = self.sessions.fetch_add(1, Ordering::Relaxed);
        let (store, container) = match self.mutant.fault {
            Layer::Store(make) => (Some(make), None),
            Layer::Container(make) => (None, Some(make)),
            Layer::Platform(make) => {
                return Arc::new(FaultyPlatform::new(Door::new(grants), make()));
            }
            Layer::Descriptor(_) | Layer::StoreDriver(_) | Layer::ContainerDriver(_) => {
                return Arc::new(Bindings::new(grants));
            }
        };
        Arc::new(FaultyResources::new(
            Door::new(grants),
            store,
            container,
            Arc::clone(&self.resources),
            session,
        ))
    }
}

/// How the drivers of one kind go wrong: how a fault is made, and those that were, by
/// the name of the store or container.
type DriverFaults<F> = Option<(fn() -> Arc<F>, Faults<String, F>)>;

/// A memory namespace whose drivers make links and can be faulty.
#[derive(Debug)]
struct FaultyNamespace {
    memory: Arc<dyn Namespace>,
    links: Arc<LinkService>,
    stores: DriverFaults<dyn faulty_keyvalue::driver::DriverFault>,
    containers: DriverFaults<dyn faulty_blobstore::driver::DriverFault>,
}

#[async_trait]
impl Namespace for FaultyNamespace {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        let driver = self.memory.keyvalue(store).await?;
        let Some((make, faults)) = &self.stores else {
            return Ok(driver);
        };
        let fault = faults.of(store.to_owned(), *make);
        Ok(Arc::new(faulty_keyvalue::driver::FaultyDriver::new(
            driver, fault,
        )))
    }

    async fn blobstore(&self, container: &str) -> Result<Arc<dyn blobstore::Driver>> {
        let driver = self.memory.blobstore(container).await?;
        let signing = Signing::new(Arc::clone(&self.links), Arc::clone(&driver));
        let driver = faulty_blobstore::driver::FaultyDriver::new(driver, Arc::new(signing));
        let driver: Arc<dyn blobstore::Driver> = Arc::new(driver);
        let Some((make, faults)) = &self.containers else {
            return Ok(driver);
        };
        let fault = faults.of(container.to_owned(), *make);
        Ok(Arc::new(faulty_blobstore::driver::FaultyDriver::new(
            driver, fault,
        )))
    }

    async fn create_container(&self, container: &str) -> Result<()> {
        self.memory.create_container(container).await
    }

    async fn delete_container(&self, container: &str) -> Result<()> {
        self.memory.delete_container(container).await
    }
}
