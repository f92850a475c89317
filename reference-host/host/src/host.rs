//! An engine with its settings, the linked interfaces, and the door for instances.

use std::any::Any;
use std::sync::Arc;
use std::time::Instant;

use cloud_contract::Platform;
use wasmtime::component::{Component, Linker};
use wasmtime::{Engine, Store, UpdateDeadline};

use crate::admission::{Admission, Permit};
use crate::cache::Cache;
use crate::ticker::Ticker;
use crate::{Digest, Guest, HostConfig, HostError, InstanceLimits, State, Trap, bindings, engine};

/// Handles of all kinds for each one that [`InstanceLimits::handles`] grants.
const ENGINE_HANDLES: usize = 4;

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
        let settings = engine::settings(config, admission.limit());
        Self::with_settings(config, admission, &settings)
    }

    /// A host whose pooling allocator keeps its own defaults: what the settings
    /// of [`Host::new`] are measured against, and slower.
    ///
    /// # Errors
    /// As [`Host::new`].
    pub fn untuned(config: &HostConfig) -> Result<Self, HostError> {
        let admission = Admission::new(config);
        Self::with_settings(config, admission, &engine::untuned(config))
    }

    fn with_settings(
        config: &HostConfig,
        admission: Arc<Admission>,
        settings: &wasmtime::Config,
    ) -> Result<Self, HostError> {
        let engine = Engine::new(settings).map_err(refused)?;
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

    /// Where further interfaces are offered to guests that are loaded later.
    pub fn linker_mut(&mut self) -> &mut Linker<State> {
        &mut self.linker
    }

    /// The engine.
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
        let component = self.compile(bytes, &digest)?;
        self.link(&component, digest)
    }

    /// Compiles a component, or takes it from the cache, for those who look at it
    /// before they link it.
    ///
    /// # Errors
    /// [`HostError::InvalidComponent`].
    pub fn compile(&self, bytes: &[u8], digest: &Digest) -> Result<Component, HostError> {
        self.cache.component(&self.engine, bytes, digest)
    }

    /// Links a component of this host.
    ///
    /// # Errors
    /// [`HostError::Link`].
    pub fn link(&self, component: &Component, digest: Digest) -> Result<Guest, HostError> {
        let pre = self
            .linker
            .instantiate_pre(component)
            .map_err(|error| HostError::Link(format!("{error:#}")))?;
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
        self.new_store(platform, limits, None)
    }

    /// The same, with data for interfaces that were added to [`Host::linker_mut`]:
    /// they find it by [`State::companion`].
    ///
    /// # Errors
    /// [`HostError::TooManyInstances`].
    pub fn store_with<T: Any + Send>(
        &self,
        platform: Arc<dyn Platform>,
        limits: &InstanceLimits,
        companion: T,
    ) -> Result<Store<State>, HostError> {
        self.new_store(platform, limits, Some(Box::new(companion)))
    }

    fn new_store(
        &self,
        platform: Arc<dyn Platform>,
        limits: &InstanceLimits,
        companion: Option<Box<dyn Any + Send>>,
    ) -> Result<Store<State>, HostError> {
        let permit = self.admission.admit()?;
        let mut store = Store::new(&self.engine, State::new(platform, limits, companion));
        store.limiter(|state| &mut state.memory);
        store.set_hostcall_fuel(limits.call_bytes);
        // What the engine keeps for a guest beside them: calls in flight,
        // streams, futures. A guest that piles them up traps.
        store.set_max_component_handles(limits.handles.saturating_mul(ENGINE_HANDLES));
        store.set_epoch_deadline(1);
        // A guest that computes yields at every tick, so that it can be dropped
        // and others run, and traps at the first tick after its deadline.
        //
        // The permit stands here and not among the data, because a store drops its
        // data before its instances and this after them: whoever is admitted next
        // finds their place in the pool free.
        store.epoch_deadline_callback(move |mut context| {
            let _permit: &Permit = &permit;
            let state = context.data_mut();
            state.ticks_since_call = state.ticks_since_call.saturating_add(1);
            match state.deadline {
                Some(deadline) if Instant::now() >= deadline => {
                    Err(wasmtime::Error::new(Trap::Deadline))
                }
                _ => Ok(UpdateDeadline::Yield(1)),
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
