//! The provider: memory, with the fault of a mutant in its place.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use cloud_contract::{
    Bindings, Descriptor, Grant, Namespace, Platform, Provider, Result, Scope, ScopeId, keyvalue,
};
use provider_memory::MemoryProvider;

use crate::driver::{DriverFault, FaultyDriver};
use crate::mutant::{Layer, Mutant};
use crate::platform::{Door, FaultyPlatform, FaultyStores};
use crate::store::StoreFault;

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
    stores: Arc<StoreFaults>,
    sessions: AtomicU64,
}

/// The faults of stores, by scope and name: all instances that open a store
/// share its fault, as they share its data.
#[derive(Debug, Default)]
pub(crate) struct StoreFaults {
    by_store: Mutex<HashMap<(ScopeId, String), Arc<dyn StoreFault>>>,
}

impl StoreFaults {
    pub(crate) fn of(
        &self,
        grant: &Grant,
        make: fn() -> Arc<dyn StoreFault>,
    ) -> Arc<dyn StoreFault> {
        let store = (grant.scope.clone(), grant.target.clone());
        Arc::clone(lock(&self.by_store).entry(store).or_insert_with(make))
    }
}

impl MutantProvider {
    pub(crate) fn new(mutant: &'static Mutant) -> Self {
        let mut descriptor = provider_memory::descriptor();
        descriptor.provider = mutant.name;
        if let Layer::Descriptor(change) = mutant.fault {
            change(&mut descriptor);
        }
        Self {
            mutant,
            memory: MemoryProvider::new(),
            descriptor,
            scopes: Mutex::default(),
            stores: Arc::default(),
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
        let Layer::Driver(make) = self.mutant.fault else {
            return Ok(memory);
        };
        let namespace = Arc::clone(lock(&self.scopes).entry(scope.id.clone()).or_insert_with(
            || {
                Arc::new(FaultyNamespace {
                    memory,
                    make,
                    faults: Mutex::default(),
                })
            },
        ));
        Ok(namespace)
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        lock(&self.scopes).remove(&scope.id);
        lock(&self.stores.by_store).retain(|(id, _), _| *id != scope.id);
        self.memory.close(scope).await
    }

    fn platform(&self, grants: Vec<Grant>) -> Arc<dyn Platform> {
        let session = self.sessions.fetch_add(1, Ordering::Relaxed);
        match self.mutant.fault {
            Layer::Descriptor(_) | Layer::Driver(_) => Arc::new(Bindings::new(grants)),
            Layer::Store(make) => Arc::new(FaultyStores::new(
                Door::new(grants),
                make,
                Arc::clone(&self.stores),
                session,
            )),
            Layer::Platform(make) => Arc::new(FaultyPlatform::new(Door::new(grants), make())),
        }
    }
}

/// A memory namespace whose drivers are faulty.
#[derive(Debug)]
struct FaultyNamespace {
    memory: Arc<dyn Namespace>,
    make: fn() -> Arc<dyn DriverFault>,
    faults: Mutex<HashMap<String, Arc<dyn DriverFault>>>,
}

#[async_trait]
impl Namespace for FaultyNamespace {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        let driver = self.memory.keyvalue(store).await?;
        let fault = Arc::clone(
            lock(&self.faults)
                .entry(store.to_owned())
                .or_insert_with(self.make),
        );
        Ok(Arc::new(FaultyDriver::new(driver, fault)))
    }
}
