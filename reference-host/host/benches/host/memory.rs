//! Resident memory of the host while an object passes through a guest, against the size of
//! the object, each size in a process of its own. Reads `/proc`, so elsewhere than on Linux
//! it is not run.
//!
//! The guest makes bytes that nothing can foresee, and digests what it writes and what it
//! reads: nobody holds the object, and both have to agree.

use std::process::Command;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::{Platform, Settings, Target};
use conformance_runner::{LaunchOptions, open_provider};
use reference_host::InstanceLimits;
use tokio::runtime::Runtime;

use crate::fixture::{self, Carrier, STORE};
use crate::streams::{PIECE, SERVICES, Service};
use crate::table::{Bound, Table, rate};
use crate::{Choice, Fallible};

/// Those that do not hold their objects in the memory of the host.
fn measured() -> impl Iterator<Item = (Service, u64)> {
    let services = SERVICES.into_iter();
    services.filter_map(|service| service.most_bytes.map(|most| (service, most)))
}

const SIZES: [(&str, u64); 5] = [
    ("1 MiB", 1 << 20),
    ("16 MiB", 16 << 20),
    ("100 MiB", 100 << 20),
    ("1 GiB", 1 << 30),
    ("5 GiB", 5 << 30),
];
/// In MiB, whatever the size.
const MOST: f64 = 64.0;
/// Written and read first, so that what is made once is not counted.
const WARM_BYTES: u64 = 1 << 10;
/// The digests take their time.
const DEADLINE: Duration = Duration::from_secs(60 * 60);

pub(crate) fn services() -> Vec<&'static str> {
    let names = measured().map(|(service, _)| service.factory.name);
    names.collect()
}

/// Figure 7: what the children say of themselves.
pub(crate) fn run(table: &mut Table, choice: &Choice) -> Fallible<()> {
    if !cfg!(target_os = "linux") {
        table.note("memory of the host against the size of objects: NOT RUN, needs /proc");
        return Ok(());
    }
    for (Service { factory, .. }, most_bytes) in measured() {
        let service = factory.name;
        if !choice.has(service) {
            continue;
        }
        for (size, bytes) in SIZES {
            if bytes > most_bytes {
                table.note(&format!(
                    "{service}, {size}: NOT RUN, the emulator holds its objects in memory"
                ));
                continue;
            }
            let output = Command::new(std::env::current_exe()?)
                .arg(format!("memory={service}:{bytes}"))
                .output()?;
            let said = String::from_utf8(output.stdout)?;
            if !output.status.success() {
                let why = String::from_utf8_lossy(&output.stderr);
                table.note(&format!("{service}, {size}: NOT RUN, {}", why.trim()));
                continue;
            }
            let mut figures = said.split_whitespace().map(str::parse::<f64>);
            for verb in ["put", "get"] {
                let mut next = || figures.next().transpose();
                let (Some(growth), Some(seconds)) = (next()?, next()?) else {
                    return Err(
                        format!("the child for {service} and {size} said too little").into(),
                    );
                };
                table.row(
                    &format!("{service} {verb} of {size}: most growth of the host"),
                    "",
                    &rate(bytes, seconds),
                    growth / f64::from(1 << 20),
                    " MiB",
                    Bound::AtMost(MOST),
                );
            }
        }
    }
    Ok(())
}

/// Prints the growth in bytes and the time of a put, and of the get of what it wrote.
pub(crate) fn child(job: &str) -> Fallible<()> {
    let (name, bytes) = job.split_once(':').ok_or("no size")?;
    let bytes = bytes.parse()?;
    let service = measured().find(|(service, _)| service.factory.name == name);
    let (service, _) = service.ok_or("no such service")?;
    let carrier = Carrier::new()?;
    let runtime = Runtime::new()?;
    runtime.block_on(async {
        let opened = open_provider(
            &Target::usual(service.factory),
            &Settings::default().or(service.options),
            &LaunchOptions::default(),
        )
        .await?;
        let passed = async {
            let (platform, _) = fixture::container(&*opened.provider).await?;
            pass(&carrier, &platform, WARM_BYTES).await?;
            pass(&carrier, &platform, bytes).await
        };
        let passed = passed.await;
        opened.close().await;
        for (growth, time) in passed? {
            println!("{growth} {}", time.as_secs_f64());
        }
        Ok(())
    })
}

/// Growth and time of a put and a get.
async fn pass(
    carrier: &Carrier,
    platform: &Arc<dyn Platform>,
    bytes: u64,
) -> Fallible<[(u64, Duration); 2]> {
    let limits = InstanceLimits {
        deadline: DEADLINE,
        ..InstanceLimits::default()
    };
    let mut store = carrier.host.store(Arc::clone(platform), &limits)?;
    let instance = carrier.pre.instantiate_async(&mut store).await?;
    let streams = instance.cloud_bench_streams();
    let name = || (STORE.to_owned(), "an-object".to_owned());
    let before = mark()?;
    let start = Instant::now();
    let written = store
        .run_concurrent(async |accessor| {
            let (container, name) = name();
            streams
                .call_put_random(accessor, container, name, bytes, PIECE as u32)
                .await
        })
        .await??;
    let put = (peak()?.saturating_sub(before), start.elapsed());
    // Against the same state: what the put left behind counts here as well.
    mark()?;
    let start = Instant::now();
    let read = store
        .run_concurrent(async |accessor| {
            let (container, name) = name();
            streams
                .call_get_digest(accessor, container, name, PIECE as u32)
                .await
        })
        .await??;
    let get = (peak()?.saturating_sub(before), start.elapsed());
    if written != read || written.len() != 32 {
        return Err("the digests of what was written and read differ".into());
    }
    Ok([put, get])
}

/// What is resident now, from where on the most is kept.
fn mark() -> Fallible<u64> {
    std::fs::write("/proc/self/clear_refs", "5")?;
    of_status("VmRSS:")
}

/// The most that was resident since the mark.
fn peak() -> Fallible<u64> {
    of_status("VmHWM:")
}

fn of_status(name: &str) -> Fallible<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix(name));
    let number = line.and_then(|line| line.split_whitespace().next());
    let kibibytes: u64 = number.ok_or("/proc/self/status lacks a line")?.parse()?;
    Ok(kibibytes << 10)
}
