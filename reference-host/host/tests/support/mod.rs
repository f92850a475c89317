//! Components in text form, a host, and a platform with one store.
#![allow(dead_code, reason = "each test file uses a part of it")]

use std::sync::Arc;

use cloud_contract::{Capability, Grant, Platform, Provider, Scope, ScopeId};
use provider_memory::MemoryProvider;
use reference_host::wasmtime::{self, Store};
use reference_host::{Guest, Host, HostConfig, HostError, InstanceLimits, State, Trap};

/// A component of one core module that exports `run: async func() -> u32`.
pub(crate) fn component(imports: &str, core: &str) -> Vec<u8> {
    encode(&format!(
        r#"(component
            {imports}
            (type $run (func async (result u32)))
            {core}
            (func (export "run") (type $run) (canon lift (core func $i "run"))))"#
    ))
}

/// The same without imports: only the body of `run`.
pub(crate) fn alone(body: &str) -> Vec<u8> {
    component(
        "",
        &format!(
            r#"(core module $m
                 (memory 1)
                 (func (export "run") (result i32) {body}))
               (core instance $i (instantiate $m))"#
        ),
    )
}

pub(crate) fn encode(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

pub(crate) fn host(config: &HostConfig) -> Host {
    Host::new(config).unwrap()
}

pub(crate) fn small() -> HostConfig {
    HostConfig {
        max_instances: 4,
        ..HostConfig::default()
    }
}

/// Nothing is granted.
pub(crate) fn nothing() -> Arc<dyn Platform> {
    Arc::new(cloud_contract::Bindings::new(Vec::new()))
}

/// Grants the store `one` of a fresh memory provider.
pub(crate) async fn one_store() -> Arc<dyn Platform> {
    let provider = MemoryProvider::new();
    let scope = Scope {
        id: ScopeId::new("test").unwrap(),
        names: vec!["one".to_owned()],
    };
    let namespace = provider.open(&scope).await.unwrap();
    provider.platform(vec![Grant {
        capability: Capability::Keyvalue,
        name: "one".to_owned(),
        target: "one".to_owned(),
        scope: scope.id,
        namespace,
        descriptor: Arc::new(provider.descriptor().clone()),
    }])
}

/// Starts an instance and calls `run`.
pub(crate) async fn run(
    host: &Host,
    guest: &Guest,
    platform: Arc<dyn Platform>,
    limits: &InstanceLimits,
) -> Result<u32, HostError> {
    let mut store = host.store(platform, limits)?;
    Ok(start(&mut store, guest).await?)
}

/// Makes an instance in `store` and calls `run`.
pub(crate) async fn start(store: &mut Store<State>, guest: &Guest) -> Result<u32, Trap> {
    let outcome = async {
        let instance = guest.instance_pre().instantiate_async(&mut *store).await?;
        let run = instance.get_typed_func::<(), (u32,)>(&mut *store, "run")?;
        store
            .run_concurrent(async |accessor| -> wasmtime::Result<u32> {
                Ok(run.call_concurrent(accessor, ()).await?.0)
            })
            .await?
    };
    outcome.await.map_err(|error| Trap::classify(&error))
}
