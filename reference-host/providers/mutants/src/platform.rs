//! Faults in front of `open` and `describe`, and the platform that puts faulty
//! stores and containers in front of open ones.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use cloud_contract::blobstore::{self, Container};
use cloud_contract::keyvalue::{Driver, Portable, Store};
use cloud_contract::{Bindings, Capability, Description, ErrorKind, Grant, Platform, Result};

use crate::blobstore::container::{self, ContainerFault, FaultyContainer};
use crate::keyvalue::store::{self, FaultyStore, StoreFault};
use crate::provider::{self, ResourceFaults};

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

    /// What stands behind a name of a capability.
    fn granted(&self, capability: Capability, name: &str) -> Result<&Grant> {
        self.grants
            .iter()
            .find(|grant| grant.capability == capability && grant.name == name)
            .ok_or_else(|| ErrorKind::AccessDenied.into())
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

    async fn open_container(&self, to: &Door, name: &str) -> Result<Arc<dyn Container>> {
        to.open_container(name).await
    }

    async fn create_container(&self, to: &Door, name: &str) -> Result<()> {
        to.create_container(name).await
    }

    async fn delete_container(&self, to: &Door, name: &str) -> Result<()> {
        to.delete_container(name).await
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
        self.fault.open_container(&self.door, name).await
    }

    async fn create_container(&self, name: &str) -> Result<()> {
        self.fault.create_container(&self.door, name).await
    }

    async fn delete_container(&self, name: &str) -> Result<()> {
        self.fault.delete_container(&self.door, name).await
    }

    fn describe(&self, capability: &str, name: &str) -> Result<Description> {
        self.fault.describe(&self.door, capability, name)
    }
}

/// Opens stores and containers with a fault in front.
#[derive(Debug)]
pub(crate) struct FaultyResources {
    door: Door,
    store: Option<fn() -> Arc<dyn StoreFault>>,
    container: Option<fn() -> Arc<dyn ContainerFault>>,
    faults: Arc<ResourceFaults>,
    session: u64,
    handles: AtomicU64,
}

impl FaultyResources {
    pub(crate) fn new(
        door: Door,
        store: Option<fn() -> Arc<dyn StoreFault>>,
        container: Option<fn() -> Arc<dyn ContainerFault>>,
        faults: Arc<ResourceFaults>,
        session: u64,
    ) -> Self {
        Self {
            door,
            store,
            container,
            faults,
            session,
            handles: AtomicU64::new(0),
        }
    }

    fn next_handle(&self) -> u64 {
        self.handles.fetch_add(1, Ordering::Relaxed)
    }
}

/// The same grant with all features.
fn unrestricted(grant: &Grant) -> Grant {
    Grant {
        descriptor: Arc::new(provider::descriptor()),
        ..grant.clone()
    }
}

#[async_trait]
impl Platform for FaultyResources {
    async fn open_store(&self, name: &str) -> Result<Arc<dyn Store>> {
        let store = self.door.open_store(name).await?;
        let Some(make) = self.store else {
            return Ok(store);
        };
        let grant = self.door.granted(Capability::Keyvalue, name)?;
        let driver = grant.namespace.keyvalue(&grant.target).await?;
        let target = store::Target {
            store,
            full: Arc::new(Portable::new(Arc::clone(&driver), &unrestricted(grant))),
            driver,
            session: self.session,
            handle: self.next_handle(),
        };
        let fault = self.faults.of_store(grant, make);
        Ok(Arc::new(FaultyStore::new(target, fault)))
    }

    async fn open_container(&self, name: &str) -> Result<Arc<dyn Container>> {
        let container = self.door.open_container(name).await?;
        let Some(make) = self.container else {
            return Ok(container);
        };
        let grant = self.door.granted(Capability::Blobstore, name)?;
        let driver = grant.namespace.blobstore(&grant.target).await?;
        let full = blobstore::Portable::new(Arc::clone(&driver), &unrestricted(grant));
        let target = container::Target {
            container,
            full: Arc::new(full),
            driver,
            session: self.session,
            handle: self.next_handle(),
        };
        let fault = self.faults.of_container(grant, make);
        Ok(Arc::new(FaultyContainer::new(target, fault)))
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
