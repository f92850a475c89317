//! What belongs to one instance.

use std::sync::Arc;
use std::time::Instant;

use cloud_contract::{Platform, keyvalue};
use wasmtime::component::{HasData, Resource, ResourceTable};
use wasmtime::{StoreLimits, StoreLimitsBuilder};

use crate::InstanceLimits;
use crate::admission::Permit;

/// The data of one instance's store.
pub struct State {
    pub(crate) platform: Arc<dyn Platform>,
    pub(crate) table: ResourceTable,
    pub(crate) limits: StoreLimits,
    pub(crate) deadline: Instant,
    _permit: Permit,
}

impl State {
    pub(crate) fn new(
        platform: Arc<dyn Platform>,
        limits: &InstanceLimits,
        permit: Permit,
    ) -> Self {
        let mut table = ResourceTable::new();
        table.set_max_capacity(limits.handles);
        Self {
            platform,
            table,
            limits: StoreLimitsBuilder::new()
                .memory_size(limits.memory_bytes)
                .build(),
            deadline: Instant::now() + limits.deadline,
            _permit: permit,
        }
    }

    /// The store behind a guest's handle.
    pub(crate) fn store(
        &self,
        handle: &Resource<StoreHandle>,
    ) -> wasmtime::Result<Arc<dyn keyvalue::Store>> {
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

/// A guest's handle to a key-value store.
#[derive(Debug)]
#[expect(unreachable_pub, reason = "generated bindings re-export it inside this crate")]
pub struct StoreHandle(pub(crate) Arc<dyn keyvalue::Store>);

/// Gives the bindings access to [`State`].
pub(crate) struct Cloud;

impl HasData for Cloud {
    type Data<'a> = &'a mut State;
}
