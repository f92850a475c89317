//! Resident memory of an instance with 10,000 alive, each count in a process of
//! its own. Reads `/proc`, so elsewhere than on Linux it is not run.

use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use cloud_contract::Platform;
use provider_memory::MemoryProvider;
use reference_host::{HostConfig, HostError, InstanceLimits, State, max_map_count, wasmtime};

use crate::Fallible;
use crate::fixture::{self, Fixture, KEY, STORE, WAITING};
use crate::table::{Bound, Table};

const INSTANCES: usize = 10_000;
/// Started first, so that what is made once is not counted.
const WARM: usize = 10;

/// Figure 5: what the children say of themselves.
pub(crate) fn run(table: &mut Table) -> Fallible<()> {
    if !cfg!(target_os = "linux") {
        table.note("memory of an instance: NOT RUN, needs /proc");
        return Ok(());
    }
    for (job, what, bound) in [
        ("idle", "started", Bound::AtMost(20.0)),
        ("called", "after a call", Bound::Free),
        ("waiting", "waiting in a call", Bound::AtMost(60.0)),
    ] {
        let output = Command::new(std::env::current_exe()?)
            .arg(format!("alive={job}"))
            .output()?;
        let said = String::from_utf8(output.stdout)?;
        let mut figures = said.split_whitespace().map(str::parse::<f64>);
        let mut next = || figures.next().transpose();
        let (Some(resident), Some(kernel), Some(maps)) = (next()?, next()?, next()?) else {
            let why = String::from_utf8_lossy(&output.stderr);
            return Err(format!("the child for {job} failed ({}): {why}", output.status).into());
        };
        table.row(
            &format!("resident for each of {INSTANCES} instances, {what}"),
            "",
            &format!("{maps:.1} maps"),
            resident / 1024.0,
            " KiB",
            bound,
        );
        table.row(
            "  beside it: the kernel's page tables",
            "",
            "",
            kernel / 1024.0,
            " KiB",
            Bound::Free,
        );
    }
    Ok(())
}

/// Prints bytes of resident memory and page tables, and mappings in all, for one
/// instance.
pub(crate) fn child(job: &str) -> Fallible<()> {
    let runtime = fixture::runtime()?;
    let config = HostConfig {
        max_instances: INSTANCES,
        ..HostConfig::many()
    };
    let fixture = Arc::new(Fixture::new(&config)?);
    if fixture.host.max_instances() < INSTANCES {
        return Err(format!(
            "this machine carries {} instances (vm.max_map_count is {})",
            fixture.host.max_instances(),
            max_map_count()
        )
        .into());
    }
    runtime.block_on(async {
        let platform = fixture::platform(&MemoryProvider::new()).await?;
        let mut alive = Vec::with_capacity(INSTANCES);
        let mut before = Usage::now()?;
        let mut tasks = tokio::task::JoinSet::new();
        for number in 0..INSTANCES {
            if number == WARM {
                before = Usage::now()?;
            }
            match job {
                "waiting" => {
                    tasks.spawn(wait(Arc::clone(&fixture), Arc::clone(&platform)));
                    // Each goes as far as it can before the next one starts.
                    while WAITING.load(Ordering::Relaxed) <= number {
                        if let Some(ended) = tasks.try_join_next() {
                            return Err(format!("an instance did not wait: {ended:?}").into());
                        }
                        tokio::task::yield_now().await;
                    }
                }
                _ => alive.push(start(&fixture, &platform, job == "called").await?),
            }
        }
        let after = Usage::now()?;
        // Full: one more is refused, and nothing breaks.
        let refused = fixture.host.store(platform, &InstanceLimits::default());
        if !matches!(refused, Err(HostError::TooManyInstances { .. })) {
            return Err("one instance more than the limit was admitted".into());
        }
        let count = (INSTANCES - WARM) as f64;
        println!(
            "{} {} {}",
            (after.resident - before.resident) / count,
            (after.page_tables - before.page_tables) / count,
            after.maps / INSTANCES as f64,
        );
        Fallible::Ok(())
    })
}

async fn start(
    fixture: &Fixture,
    platform: &Arc<dyn Platform>,
    call: bool,
) -> Fallible<wasmtime::Store<State>> {
    let limits = InstanceLimits::default();
    let mut store = fixture.host.store(Arc::clone(platform), &limits)?;
    let instance = fixture.pre.instantiate_async(&mut store).await?;
    if call {
        let work = instance.cloud_bench_work();
        store
            .run_concurrent(async |accessor| {
                let (name, key) = (STORE.to_owned(), KEY.to_owned());
                work.call_request(accessor, name, key).await
            })
            .await??;
    }
    Ok(store)
}

async fn wait(fixture: Arc<Fixture>, platform: Arc<dyn Platform>) -> wasmtime::Result<()> {
    let limits = InstanceLimits::default();
    let mut store = fixture
        .host
        .store(platform, &limits)
        .map_err(wasmtime::Error::new)?;
    let instance = fixture.pre.instantiate_async(&mut store).await?;
    let work = instance.cloud_bench_work();
    store
        .run_concurrent(async |accessor| work.call_wait(accessor).await)
        .await?
}

/// What this process uses.
struct Usage {
    resident: f64,
    page_tables: f64,
    maps: f64,
}

impl Usage {
    fn now() -> Fallible<Self> {
        let status = std::fs::read_to_string("/proc/self/status")?;
        let bytes = |name: &str| -> Fallible<f64> {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let number = line.and_then(|line| line.split_whitespace().next());
            let kibibytes: f64 = number.ok_or("/proc/self/status lacks a line")?.parse()?;
            Ok(kibibytes * 1024.0)
        };
        Ok(Self {
            resident: bytes("VmRSS:")?,
            page_tables: bytes("VmPTE:")?,
            maps: std::fs::read_to_string("/proc/self/maps")?.lines().count() as f64,
        })
    }
}
