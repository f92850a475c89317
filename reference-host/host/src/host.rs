//! An engine with its settings, the linked interfaces, and the door for instances.

use std::sync::Arc;
use std::time::Instant;

use cloud_contract::Platform;
use wasmtime::component::Linker;
use wasmtime::{
    Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig, Store, UpdateDeadline,
};

use crate::admission::Admission;
use crate::cache::Cache;
use crate::ticker::Ticker;
use crate::{Digest, Guest, HostConfig, HostError, InstanceLimits, State, Trap, bindings};

/// One wit-bindgen component consists of up to this many core instances.
const CORE_INSTANCES_PER_COMPONENT: u32 = 8;
const TABLES_PER_COMPONENT: u32 = 4;
/// Memory that guest code may use on its stack, in bytes.
const WASM_STACK_BYTES: usize = 256 << 10;
/// The stack of a guest that waits: its own part plus the host's.
const ASYNC_STACK_BYTES: usize = 512 << 10;

/// Runs guests. One host serves a whole process.
pub struct Host {
    engine: Engine,
    linker: Linker<State>,
    cache: Cache,
    admission: Arc<Admission>,
    _ticker: Ticker,
}

impl Host {
    /// Sets an engine up.
    ///
    /// # Errors
    /// [`HostError::Engine`] if the engine or the machine refuses the settings.
    pub fn new(config: &HostConfig) -> Result<Self, HostError> {
        let admission = Admission::new(config);
        let engine = Engine::new(&engine_config(config, admission.limit())).map_err(refused)?;
        let mut linker = Linker::new(&engine);
        bindings::add_to_linker(&mut linker).map_err(refused)?;
        let ticker = Ticker::start(&engine, config.tick)
            .map_err(|error| HostError::Engine(error.to_string()))?;
        Ok(Self {
            cache: Cache::open(config.cache_directory.as_deref()),
            engine,
            linker,
            admission,
            _ticker: ticker,
        })
    }

    /// The engine, for benchmarks and for further interfaces.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// How many instances may be alive at a time.
    #[must_use]
    pub fn max_instances(&self) -> usize {
        self.admission.limit()
    }

    /// Compiles a component, or takes it from the cache, and links it.
    ///
    /// # Errors
    /// [`HostError::InvalidComponent`], [`HostError::Link`].
    pub fn load(&self, bytes: &[u8]) -> Result<Guest, HostError> {
        let digest = Digest::of(bytes);
        let component = self.cache.component(&self.engine, bytes, &digest)?;
        let pre = self
            .linker
            .instantiate_pre(&component)
            .map_err(|error| HostError::Link(error.root_cause().to_string()))?;
        Ok(Guest { digest, pre })
    }

    /// A store for one instance that sees `platform` and nothing else.
    ///
    /// # Errors
    /// [`HostError::TooManyInstances`].
    pub fn store(
        &self,
        platform: Arc<dyn Platform>,
        limits: &InstanceLimits,
    ) -> Result<Store<State>, HostError> {
        let permit = self.admission.admit()?;
        let mut store = Store::new(&self.engine, State::new(platform, limits, permit));
        store.limiter(|state| &mut state.limits);
        store.set_hostcall_fuel(limits.call_bytes);
        store.set_epoch_deadline(1);
        // A guest that computes yields at every tick, so that it can be dropped
        // and others run, and traps at the first tick after its deadline.
        store.epoch_deadline_callback(|context| {
            if Instant::now() < context.data().deadline {
                Ok(UpdateDeadline::Yield(1))
            } else {
                Err(wasmtime::Error::new(Trap::Deadline))
            }
        });
        Ok(store)
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host")
            .field("admission", &self.admission)
            .finish_non_exhaustive()
    }
}

fn refused(error: wasmtime::Error) -> HostError {
    HostError::Engine(format!("{error:#}"))
}

/// The settings that were measured to be fast; `docs/decisions/` has the figures.
fn engine_config(config: &HostConfig, instances: usize) -> Config {
    let instances = u32::try_from(instances).unwrap_or(u32::MAX);
    let mut pool = PoolingAllocationConfig::default();
    pool.total_component_instances(instances)
        .total_core_instances(instances.saturating_mul(CORE_INSTANCES_PER_COMPONENT))
        .total_memories(instances)
        .total_tables(instances.saturating_mul(TABLES_PER_COMPONENT))
        .total_stacks(instances)
        .max_memory_size(config.max_memory_bytes)
        .max_unused_warm_slots(instances)
        .linear_memory_keep_resident(config.keep_resident_bytes)
        .table_keep_resident(config.keep_resident_bytes)
        .decommit_batch_size(16);
    let mut engine = Config::new();
    engine
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool))
        .memory_init_cow(config.copy_on_write)
        .memory_reservation(config.max_memory_bytes as u64)
        .memory_guard_size(if config.copy_on_write { 64 << 10 } else { 0 })
        .max_wasm_stack(WASM_STACK_BYTES)
        .async_stack_size(ASYNC_STACK_BYTES)
        .concurrency_support(true)
        .epoch_interruption(true);
    engine
}
