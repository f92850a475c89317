//! The benchmarks' guests, a host that offers what they import, and platforms with one
//! store or one container.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cloud_contract::blobstore;
use cloud_contract::keyvalue::Driver;
use cloud_contract::{Capability, Grant, Platform, Provider, Scope, ScopeId};
use reference_host::wasmtime;
use reference_host::wasmtime::component::{Accessor, HasSelf, Linker};
use reference_host::{Guest, Host, HostConfig, State};

use crate::Fallible;

#[allow(missing_debug_implementations, reason = "generated code")]
pub(crate) mod wit {
    reference_host::wasmtime::component::bindgen!({
        path: "benches/guest/wit",
        world: "cloud:bench/harness",
        exports: { default: async },
        wasmtime_crate: reference_host::wasmtime,
    });
}

pub(crate) use wit::HarnessPre;

#[allow(missing_debug_implementations, reason = "generated code")]
pub(crate) mod carrier {
    reference_host::wasmtime::component::bindgen!({
        path: "benches/guest/wit",
        world: "cloud:bench/carrier",
        exports: { default: async },
        wasmtime_crate: reference_host::wasmtime,
    });
}

use wit::cloud::bench::probe;

/// The name that the guest opens, and the key that it reads.
pub(crate) const STORE: &str = "bench";
pub(crate) const KEY: &str = "a-key-of-ordinary-length";
/// The length of every value that is read.
pub(crate) const VALUE_BYTES: usize = 100;

/// How many calls wait for ever.
pub(crate) static WAITING: AtomicUsize = AtomicUsize::new(0);

impl probe::Host for State {}

impl probe::HostWithStore<State> for HasSelf<State> {
    async fn ready(_: &Accessor<State, Self>) {}

    async fn forever(_: &Accessor<State, Self>) {
        WAITING.fetch_add(1, Ordering::Relaxed);
        std::future::pending().await
    }
}

/// A host, and the guest loaded into it.
pub(crate) struct Fixture {
    pub(crate) host: Host,
    pub(crate) pre: HarnessPre<State>,
    pub(crate) guest: Guest,
}

impl Fixture {
    pub(crate) fn new(config: &HostConfig) -> Fallible<Self> {
        Self::of(Host::new(config)?)
    }

    pub(crate) fn of(mut host: Host) -> Fallible<Self> {
        add_probe(host.linker_mut())?;
        let guest = host.load(COMPONENT)?;
        let pre = HarnessPre::new(guest.instance_pre().clone())?;
        Ok(Self { host, pre, guest })
    }
}

pub(crate) fn add_probe(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    probe::add_to_linker::<State, HasSelf<State>>(linker, |state| state)
}

/// Built by `guest/build.sh`.
const COMPONENT: &[u8] = include_bytes!("../guest.wasm");
const CARRIER: &[u8] = include_bytes!("../streams.wasm");

/// A host, and the guest that writes and reads objects.
pub(crate) struct Carrier {
    pub(crate) host: Host,
    pub(crate) pre: carrier::CarrierPre<State>,
}

impl Carrier {
    pub(crate) fn new() -> Fallible<Self> {
        let host = Host::new(&HostConfig::default())?;
        let guest = host.load(CARRIER)?;
        let pre = carrier::CarrierPre::new(guest.instance_pre().clone())?;
        Ok(Self { host, pre })
    }
}

/// A platform that grants one container of `provider`, and its driver.
pub(crate) async fn container(
    provider: &dyn Provider,
) -> Fallible<(Arc<dyn Platform>, Arc<dyn blobstore::Driver>)> {
    let scope = scope()?;
    let namespace = provider.open(&scope).await?;
    let driver = namespace.blobstore(STORE).await?;
    let platform = provider.platform(vec![Grant {
        capability: Capability::Blobstore,
        name: STORE.to_owned(),
        target: STORE.to_owned(),
        scope: scope.id,
        namespace,
        descriptor: Arc::new(provider.descriptor().clone()),
    }]);
    Ok((platform, driver))
}

/// A platform that grants one store of `provider`, with one key in it.
pub(crate) async fn platform(provider: &dyn Provider) -> Fallible<Arc<dyn Platform>> {
    Ok(bound(provider).await?.0)
}

/// The same, and the driver of the store.
pub(crate) async fn bound(
    provider: &dyn Provider,
) -> Fallible<(Arc<dyn Platform>, Arc<dyn Driver>)> {
    let scope = scope()?;
    let namespace = provider.open(&scope).await?;
    let driver = namespace.keyvalue(STORE).await?;
    let platform = provider.platform(vec![Grant {
        capability: Capability::Keyvalue,
        name: STORE.to_owned(),
        target: STORE.to_owned(),
        scope: scope.id,
        namespace,
        descriptor: Arc::new(provider.descriptor().clone()),
    }]);
    let store = platform.open_store(STORE).await?;
    store.set(KEY, vec![b'v'; VALUE_BYTES].into()).await?;
    Ok((platform, driver))
}

pub(crate) fn scope() -> Fallible<Scope> {
    Ok(Scope {
        id: ScopeId::new(format!("bench-{}", std::process::id()))?,
        names: vec![STORE.to_owned()],
    })
}

/// One thread, so that nothing but the measured code is on it.
pub(crate) fn runtime() -> Fallible<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?)
}
