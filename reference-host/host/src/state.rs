//! What belongs to one instance.

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use cloud_contract::{Platform, blobstore, keyvalue};
use wasmtime::ResourceLimiter;
use wasmtime::component::{HasData, Resource, ResourceTable};

use crate::InstanceLimits;
use crate::budget::{Budget, Held};

/// The data of one instance's store.
pub struct State {
    platform: Arc<dyn Platform>,
    pub(crate) table: ResourceTable,
    pub(crate) memory: MemoryLimit,
    /// None if it lies beyond what the clock can tell.
    pub(crate) deadline: Option<Instant>,
    pub(crate) ticks_since_call: u32,
    budget: Budget,
    /// Nothing for most: only a host that offers further interfaces keeps data here.
    companion: Option<Box<dyn Any + Send>>,
}

impl State {
    pub(crate) fn new(
        platform: Arc<dyn Platform>,
        limits: &InstanceLimits,
        companion: Option<Box<dyn Any + Send>>,
    ) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        Self {
            platform,
            table,
            memory: MemoryLimit(limits.memory_bytes),
            deadline: Instant::now().checked_add(limits.deadline),
            ticks_since_call: 0,
            budget: Budget::new(limits.in_flight_bytes),
            companion,
        }
    }

    /// What [`crate::Host::store_with`] was given, with the handles of the instance,
    /// for interfaces beside those of the platform. None if it was something else.
    pub fn companion<T: Any>(&mut self) -> Option<(&mut T, &mut ResourceTable)> {
        let companion = self.companion.as_mut()?.downcast_mut()?;
        Some((companion, &mut self.table))
    }

    /// How often the guest was interrupted since it last called an interface of
    /// the platform: many ticks of [`crate::HostConfig::tick`] mean that it
    /// computes on its own, not that it waits for a provider.
    #[must_use]
    pub fn ticks_since_call(&self) -> u32 {
        self.ticks_since_call
    }

    /// The guest calls, or reads what an earlier call returned.
    pub(crate) fn called(&mut self) {
        self.ticks_since_call = 0;
    }

    /// The guest calls; gives the account of what the call holds.
    pub(crate) fn call(&mut self) -> Held {
        self.called();
        self.budget.call()
    }

    /// The platform, for a call of the guest.
    pub(crate) fn platform(&self) -> &Arc<dyn Platform> {
        &self.platform
    }

    /// The store behind a guest's handle, for a call of the guest.
    pub(crate) fn store(
        &self,
        handle: &Resource<StoreHandle>,
    ) -> wasmtime::Result<Arc<dyn keyvalue::Store>> {
        Ok(Arc::clone(&self.table.get(handle)?.0))
    }

    /// The container behind a guest's handle, for a call of the guest.
    pub(crate) fn container(
        &self,
        handle: &Resource<ContainerHandle>,
    ) -> wasmtime::Result<Arc<dyn blobstore::Container>> {
        Ok(Arc::clone(&self.table.get(handle)?.0))
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("platform", &self.platform)
            .finish_non_exhaustive()
    }
}

/// The most bytes that a memory of this instance may have. What else an instance
/// may have is bounded by the pool.
pub(crate) struct MemoryLimit(usize);

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= self.0)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(maximum.is_none_or(|maximum| desired <= maximum))
    }
}

/// A guest's handle to a key-value store.
#[derive(Debug)]
#[expect(
    unreachable_pub,
    reason = "generated bindings re-export it inside this crate"
)]
pub struct StoreHandle(pub(crate) Arc<dyn keyvalue::Store>);

/// A guest's handle to a container.
#[derive(Debug)]
#[expect(
    unreachable_pub,
    reason = "generated bindings re-export it inside this crate"
)]
pub struct ContainerHandle(pub(crate) Arc<dyn blobstore::Container>);

/// Gives the bindings access to [`State`].
pub(crate) struct Cloud;

impl HasData for Cloud {
    type Data<'a> = &'a mut State;
}
