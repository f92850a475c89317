//! One call of a guest: reading 100 bytes from memory against an import that
//! does nothing.

use std::sync::Arc;
use std::time::Instant;

use cloud_contract::Platform;
use provider_memory::MemoryProvider;
use reference_host::{HostConfig, InstanceLimits};

use crate::Fallible;
use crate::fixture::{self, Fixture, KEY, STORE, VALUE_BYTES};
use crate::table::{Bound, Table, in_turns, mean, time};

/// Many short rounds: most of them pass without another process in between.
const ROUNDS: usize = 301;
const CALLS: u32 = 500;

/// What the guest does in a loop.
#[derive(Clone, Copy)]
enum Loop {
    Ready,
    Gets,
}

/// Figure 3. The loop runs inside the guest, so that entering it is not timed.
pub(crate) fn run(table: &mut Table) -> Fallible<()> {
    let runtime = fixture::runtime()?;
    let fixture = Fixture::new(&HostConfig::default())?;
    let platform = runtime.block_on(fixture::platform(&MemoryProvider::new()))?;
    let time_of = |what| runtime.block_on(time_calls(&fixture, &platform, what));

    let pair = in_turns(ROUNDS, || time_of(Loop::Ready), || time_of(Loop::Gets))?;
    table.row(
        "get of 100 bytes from memory: empty ready async import, get",
        &time(pair.baseline),
        &time(pair.host),
        pair.difference * 1e6,
        " us",
        Bound::AtMost(0.5),
    );
    Ok(())
}

async fn time_calls(fixture: &Fixture, platform: &Arc<dyn Platform>, what: Loop) -> Fallible<f64> {
    let limits = InstanceLimits::default();
    let mut store = fixture.host.store(Arc::clone(platform), &limits)?;
    let instance = fixture.pre.instantiate_async(&mut store).await?;
    let work = instance.cloud_bench_work();
    let elapsed = store
        .run_concurrent(async |accessor| -> reference_host::wasmtime::Result<_> {
            let start = Instant::now();
            if let Loop::Ready = what {
                work.call_ready_calls(accessor, CALLS).await?;
            } else {
                let (name, key) = (STORE.to_owned(), KEY.to_owned());
                let sum = work.call_gets(accessor, name, key, CALLS, 1).await?;
                assert_eq!(sum, u64::from(CALLS) * VALUE_BYTES as u64);
            }
            Ok(start.elapsed())
        })
        .await??;
    Ok(mean(CALLS, elapsed))
}
