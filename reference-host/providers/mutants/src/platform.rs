//! Faults in front of `open` and `describe`, and the platform that puts faulty
//! stores in front of open ones.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use cloud_contract::blobstore::Container;
use cloud_contract::keyvalue::{Driver, Portable, Store};
use cloud_contract::{Bindings, Description, Error, ErrorKind, Grant, Platform, Result};

use crate::provider::StoreFaults;
use crate::store::{FaultyStore, StoreFault, Target};

/// The correct platform and what it is made of.
#[derive(Debug)]
pub(crate) struct Door {
    bindings: Bindings,
    pub(crate) grants: Vec<Grant>,
}

impl Door {
    pub(crate) fn new(grants: Vec<Grant>) -> Self {
        Self {
            bindings: Bindings::new(grants.clone()),
            grants,
        }
    }

    pub(crate) async fn open_store(&self, name: &str) -> Result<Arc<dyn Store>> {
        self.bindings.open_store(name).await
    }

    pub(crate) async fn open_container(&self, name: &str) -> Result<Arc<dyn Container>> {
        self.bindings.open_container(name).await
    }

    pub(crate) async fn create_container(&self, name: &str) -> Result<()> {
        self.bindings.create_container(name).await
    }

    pub(crate) async fn delete_container(&self, name: &str) -> Result<()> {
        self.bindings.delete_container(name).await
    }

    pub(crate) fn describe(&self, capability: &str, name: &str) -> Result<Description> {
        self.bindings.describe(capability, name)
    }

    pub(crate) fn grant(&self, name: &str) -> Option<&Grant> {
        self.grants.iter().find(|grant| grant.name == name)
    }

    /// A store of the namespace, granted or not.
    pub(crate) async fn hidden(&self, name: &str) -> Result<Arc<dyn Driver>> {
        match self.grants.first() {
            Some(grant) => grant.namespace.keyvalue(name).await,
            None => Err(ErrorKind::NotFound.into()),
        }
    }

    /// Opens any driver as if it were what the first grant names.
    pub(crate) fn store_over(&self, driver: Arc<dyn Driver>) -> Result<Arc<dyn Store>> {
        let grant = self.grants.first().ok_or(ErrorKind::NotFound)?;
        Ok(Arc::new(Portable::new(driver, grant)))
    }
}

/// One fault of `open` or `describe`. Each method stands in front of the correct
/// one; the defaults go through.
#[async_trait]
pub(crate) trait PlatformFault: Send + Sync + fmt::Debug {
    async fn open_store(&self, to: &Door, name: &str) -> Result<Arc<dyn Store>> {
        to.open_store(name).await
    }

    fn describe(&self, to: &Door, capability: &str, name: &str) -> Result<Description> {
        to.describe(capability, name)
    }
}

#[derive(Debug)]
pub(crate) struct FaultyPlatform {
    door: Door,
    fault: Arc<dyn PlatformFault>,
}

impl FaultyPlatform {
    pub(crate) fn new(door: Door, fault: Arc<dyn PlatformFault>) -> Self {
        Self { door, fault }
    }
}

#[async_trait]
impl Platform for FaultyPlatform {
    async fn open_store(&self, name: &str) -> Result<Arc<dyn Store>> {
        self.fault.open_store(&self.door, name).await
    }

    async fn open_container(&self, name: &str) -> Result<Arc<dyn Container>> {
        self.door.open_container(name).await
    }

    async fn create_container(&self, name: &str) -> Result<()> {
        self.door.create_container(name).await
    }

    async fn delete_container(&self, name: &str) -> Result<()> {
        self.door.delete_container(name).await
    }

    fn describe(&self, capability: &str, name: &str) -> Result<Description> {
        self.fault.describe(&self.door, capability, name)
    }
}

/// Opens stores with a fault in front.
#[derive(Debug)]
pub(crate) struct FaultyStores {
    door: Door,
    make: fn() -> Arc<dyn StoreFault>,
    faults: Arc<StoreFaults>,
    session: u64,
    handles: AtomicU64,
}

impl FaultyStores {
    pub(crate) fn new(
        door: Door,
        make: fn() -> Arc<dyn StoreFault>,
        faults: Arc<StoreFaults>,
        session: u64,
    ) -> Self {
        Self {
            door,
            make,
            faults,
            session,
            handles: AtomicU64::new(0),
        }
    }
}

#[async_trait]
impl Platform for FaultyStores {
    async fn open_store(&self, name: &str) -> Result<Arc<dyn Store>> {
        let store = self.door.open_store(name).await?;
        let grant = self
            .door
            .grant(name)
            .ok_or_else(|| Error::from(ErrorKind::AccessDenied))?;
        let driver = grant.namespace.keyvalue(&grant.target).await?;
        let mut unrestricted = grant.clone();
        unrestricted.descriptor = Arc::new(provider_memory::descriptor());
        let target = Target {
            store,
            full: Arc::new(Portable::new(Arc::clone(&driver), &unrestricted)),
            driver,
            session: self.session,
            handle: self.handles.fetch_add(1, Ordering::Relaxed),
        };
        let fault = self.faults.of(grant, self.make);
        Ok(Arc::new(FaultyStore::new(target, fault)))
    }

    async fn open_container(&self, name: &str) -> Result<Arc<dyn Container>> {
        self.door.open_container(name).await
    }

    async fn create_container(&self, name: &str) -> Result<()> {
        self.door.create_container(name).await
    }

    async fn delete_container(&self, name: &str) -> Result<()> {
        self.door.delete_container(name).await
    }

    fn describe(&self, capability: &str, name: &str) -> Result<Description> {
        self.door.describe(capability, name)
    }
}
