//! Starting an instance against bare wasmtime, and a whole request against the
//! pooling allocator's defaults.

use std::sync::Arc;

use cloud_contract::Platform;
use provider_memory::MemoryProvider;
use reference_host::wasmtime::component::{Component, InstancePre, Linker};
use reference_host::wasmtime::{Engine, Store};
use reference_host::{Host, HostConfig, InstanceLimits};

use crate::Fallible;
use crate::fixture::{self, Fixture, KEY, STORE, VALUE_BYTES};
use crate::table::{Bound, Table, each, in_turns, time};

const ROUNDS: usize = 41;
const STARTS: usize = 200;

/// Figure 1: a store and an instance in it, as bare wasmtime makes them with the
/// same engine, and as the host does with its limits, deadline and admission.
pub(crate) fn start(table: &mut Table) -> Fallible<()> {
    let runtime = fixture::runtime()?;
    let fixture = Fixture::new(&HostConfig::default())?;
    let platform = runtime.block_on(fixture::platform(&MemoryProvider::new()))?;
    let limits = InstanceLimits::default();
    let engine = fixture.host.engine();
    let bare = bare(engine, fixture.guest.component())?;
    let pair = in_turns(
        ROUNDS,
        || {
            each(
                STARTS,
                || (),
                |()| {
                    let mut store = Store::new(engine, ());
                    store.set_epoch_deadline(1_000_000);
                    runtime.block_on(bare.instantiate_async(&mut store))?;
                    Fallible::Ok(store)
                },
            )
        },
        || {
            each(
                STARTS,
                || Arc::clone(&platform),
                |platform| {
                    let mut store = fixture.host.store(platform, &limits)?;
                    runtime.block_on(fixture.pre.instance_pre().instantiate_async(&mut store))?;
                    Ok(store)
                },
            )
        },
    )?;
    table.row(
        "instance start: bare wasmtime, host",
        &time(pair.baseline),
        &time(pair.host),
        pair.ratio,
        "",
        Bound::AtMost(1.15),
    );
    Ok(())
}

/// The component without any host behind its imports.
fn bare(engine: &Engine, component: &Component) -> Fallible<InstancePre<()>> {
    let mut linker = Linker::new(engine);
    linker.define_unknown_imports_as_traps(component)?;
    Ok(linker.instantiate_pre(component)?)
}

/// Figure 2: store, start, call and drop, with the pooling allocator as it comes
/// and as the host sets it.
pub(crate) fn request(table: &mut Table) -> Fallible<()> {
    let runtime = fixture::runtime()?;
    let tuned = Fixture::new(&HostConfig::default())?;
    let untuned = Fixture::of(Host::untuned(&HostConfig::default())?)?;
    let platform = runtime.block_on(fixture::platform(&MemoryProvider::new()))?;
    for (name, call, bound) in [
        (
            "request that opens a store and reads a key: pool defaults, host",
            Call::Request,
            Bound::AtLeast(2.5),
        ),
        (
            "request that does nothing: pool defaults, host",
            Call::Nothing,
            Bound::Free,
        ),
    ] {
        let pair = in_turns(
            ROUNDS,
            || {
                each(
                    STARTS,
                    || (),
                    |()| runtime.block_on(one(&untuned, &platform, call)),
                )
            },
            || {
                each(
                    STARTS,
                    || (),
                    |()| runtime.block_on(one(&tuned, &platform, call)),
                )
            },
        )?;
        table.row(
            name,
            &time(pair.baseline),
            &time(pair.host),
            1.0 / pair.ratio,
            "x",
            bound,
        );
    }
    Ok(())
}

#[derive(Clone, Copy)]
enum Call {
    Nothing,
    Request,
}

async fn one(fixture: &Fixture, platform: &Arc<dyn Platform>, call: Call) -> Fallible<()> {
    let mut store = fixture
        .host
        .store(Arc::clone(platform), &InstanceLimits::default())?;
    let instance = fixture.pre.instantiate_async(&mut store).await?;
    let work = instance.cloud_bench_work();
    match call {
        Call::Nothing => work.call_nothing(&mut store).await?,
        Call::Request => {
            let read = store
                .run_concurrent(async |accessor| {
                    work.call_request(accessor, STORE.to_owned(), KEY.to_owned())
                        .await
                })
                .await??;
            assert_eq!(read, VALUE_BYTES as u64);
        }
    }
    Ok(())
}
