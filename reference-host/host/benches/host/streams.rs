//! What a stream through a guest costs: objects put and got, one after the other, against
//! the same done natively. The figure is throughput, as a share of the baseline's.
//!
//! A row with the driver in the place of the guest tells which part of the difference is
//! the provider's (other requests than the plain one) and which the host's.

mod azure;
mod gcs;
mod local;
mod memory;
mod nats;
mod s3;

use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use cloud_contract::blobstore::{Driver, PutOptions, Range};
use cloud_contract::{Bytes, Factory, Platform, Settings, Target};
use conformance_runner::{LaunchOptions, open_provider};
use futures::future::BoxFuture;
use futures::{StreamExt as _, stream};
use reference_host::InstanceLimits;
use tokio::runtime::Runtime;

use crate::fixture::{self, Carrier, STORE};
use crate::table::{Bound, Table, in_turns, mean, rate};
use crate::{Choice, Fallible};

/// How much the guest, and everybody else who has a buffer, writes or reads at once: see
/// `docs/decisions/0017-streams.md`.
pub(crate) const PIECE: usize = 256 << 10;
/// The object that is written and read.
const OBJECT: &str = "an-object";
/// The longest wait for a connection of a client of HTTP.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// The bytes of a request of an application, which it need not make again and again.
struct Filled(Bytes);

impl Filled {
    /// Enough for requests of so many bytes.
    fn new(most: u64) -> Self {
        // A few MiB.
        Self(Bytes::from(vec![b'v'; most as usize]))
    }

    /// So many bytes, without a copy.
    fn first(&self, bytes: u64) -> Bytes {
        // No more than there are.
        self.0.slice(..bytes as usize)
    }
}

/// Reads an answer of HTTP; returns its length.
async fn length(mut answer: reqwest::Response) -> Fallible<u64> {
    let mut sum = 0;
    while let Some(piece) = answer.chunk().await? {
        sum += piece.len() as u64;
    }
    Ok(sum)
}

/// An application without a host.
#[async_trait]
trait Native: Send + Sync {
    async fn put(&self, bytes: u64) -> Fallible<()>;
    /// Reads the object; returns its length.
    async fn get(&self) -> Fallible<u64>;
    /// Removes what calls left behind, outside of what is timed.
    async fn tidy(&self) -> Fallible<()> {
        Ok(())
    }
}

/// What an application has that a provider has as well: settings, and the driver.
type Open = fn(Settings, Arc<dyn Driver>) -> BoxFuture<'static, Fallible<Arc<dyn Native>>>;

pub(crate) struct Service {
    pub(crate) factory: &'static Factory,
    pub(crate) options: &'static [(&'static str, &'static str)],
    /// What the baseline is.
    native: &'static str,
    /// Whether that is what an application would have in the place of the host.
    has_goal: bool,
    /// The large object.
    large: Shape,
    /// The largest object with which memory is measured; none where objects are in the
    /// memory of the host.
    pub(crate) most_bytes: Option<u64>,
    open: Open,
}

pub(crate) const SERVICES: [Service; 6] = [
    Service {
        factory: &provider_s3::FACTORY,
        options: &[],
        native: "SDK",
        has_goal: true,
        large: LARGE,
        most_bytes: Some(u64::MAX),
        open: |settings, _| Box::pin(s3::open(settings)),
    },
    Service {
        factory: &provider_azure_blob::FACTORY,
        options: &[],
        native: "HTTP",
        has_goal: true,
        // Azurite keeps for ten minutes what was overwritten, in memory.
        large: Shape { rounds: 3, ..LARGE },
        // As it is started here it has no more than half of the machine's memory.
        most_bytes: Some(1 << 30),
        open: |settings, _| Box::pin(azure::open(settings)),
    },
    Service {
        factory: &provider_gcs::FACTORY,
        // The bucket of a run would keep every object that is overwritten.
        options: &[("history", "off")],
        native: "HTTP",
        has_goal: true,
        // With each piece of 8 MiB fake-gcs-server digests all that it has of the object: of
        // 256 MiB nothing else would be seen.
        large: Shape {
            name: "64 MiB",
            bytes: 64 << 20,
            ..LARGE
        },
        // It keeps objects in memory, and the time grows with the square of the size: this
        // one takes minutes.
        most_bytes: Some(1 << 30),
        open: |settings, _| Box::pin(gcs::open(settings)),
    },
    Service {
        factory: &provider_nats::FACTORY,
        options: &[],
        native: "SDK",
        has_goal: true,
        large: LARGE,
        most_bytes: Some(u64::MAX),
        open: |settings, _| Box::pin(nats::open(settings)),
    },
    Service {
        factory: &provider_memory::FACTORY,
        // What is overwritten is kept as long as there is room.
        options: &[("container-mib", "1024")],
        native: "driver",
        has_goal: false,
        large: LARGE,
        most_bytes: None,
        open: |_, driver| Box::pin(async { Ok(memory::open(driver)) }),
    },
    Service {
        factory: &provider_local::FACTORY,
        options: &[],
        native: "file",
        has_goal: true,
        large: LARGE,
        most_bytes: Some(u64::MAX),
        open: |_, _| Box::pin(async { local::open() }),
    },
];

struct Shape {
    name: &'static str,
    bytes: u64,
    /// How many objects a round puts or gets: as many as take some tenths of a second.
    puts: u32,
    gets: u32,
    rounds: usize,
    bound: Bound,
}

const SHAPES: [Shape; 2] = [
    Shape {
        name: "1 KiB",
        bytes: 1 << 10,
        puts: 100,
        gets: 200,
        rounds: 9,
        bound: Bound::Free,
    },
    Shape {
        name: "1 MiB",
        bytes: 1 << 20,
        puts: 20,
        gets: 200,
        rounds: 15,
        bound: Bound::AtLeast(0.9),
    },
];

const LARGE: Shape = Shape {
    name: "256 MiB",
    bytes: 256 << 20,
    puts: 1,
    gets: 1,
    rounds: 5,
    bound: Bound::AtLeast(0.9),
};

pub(crate) fn services() -> Vec<&'static str> {
    SERVICES
        .iter()
        .map(|service| service.factory.name)
        .collect()
}

/// Figure 6.
pub(crate) fn run(table: &mut Table, choice: &Choice) -> Fallible<()> {
    let carrier = Carrier::new()?;
    for service in SERVICES {
        if !choice.has(service.factory.name) {
            continue;
        }
        let runtime = Runtime::new()?;
        let settings = Settings::default().or(service.options);
        let opened = runtime.block_on(open_provider(
            &Target::usual(service.factory),
            &settings,
            &LaunchOptions::default(),
        ));
        let name = service.factory.name;
        let mut opened = match opened {
            Ok(opened) => opened,
            Err(error) => {
                table.note(&format!("{name}: NOT RUN, {error}"));
                continue;
            }
        };
        let settings = opened.service().map(|service| service.settings());
        let (platform, driver) = runtime.block_on(fixture::container(&*opened.provider))?;
        let native = (service.open)(settings.unwrap_or_default(), Arc::clone(&driver));
        let bench = Bench {
            carrier: &carrier,
            native: runtime.block_on(native)?,
            runtime: &runtime,
            driver,
            platform,
        };
        for shape in SHAPES.iter().chain([&service.large]) {
            for call in [Call::Put, Call::Get] {
                bench.rows(table, &service, call, shape)?;
            }
        }
        drop(bench);
        runtime.block_on(opened.close());
    }
    Ok(())
}

struct Bench<'a> {
    carrier: &'a Carrier,
    runtime: &'a Runtime,
    native: Arc<dyn Native>,
    driver: Arc<dyn Driver>,
    platform: Arc<dyn Platform>,
}

#[derive(Clone, Copy)]
enum Call {
    Put,
    Get,
}

impl Bench<'_> {
    fn rows(
        &self,
        table: &mut Table,
        service: &Service,
        call: Call,
        shape: &Shape,
    ) -> Fallible<()> {
        let Service {
            factory, native, ..
        } = service;
        let bytes = shape.bytes;
        let (verb, times) = match call {
            Call::Put => ("put", shape.puts),
            Call::Get => ("get", shape.gets),
        };
        let by_native = || {
            let native = &*self.native;
            self.runtime
                .block_on(time_native(native, call, bytes, times))
        };
        let by_driver = || {
            let driver = &*self.driver;
            self.runtime
                .block_on(time_driver(driver, call, bytes, times))
        };
        let by_guest = || {
            let guest = time_guest(self.carrier, &self.platform, call, bytes, times);
            self.runtime.block_on(guest)
        };
        let pair = in_turns(shape.rounds, by_native, by_guest)?;
        let row = |table: &mut Table, name: &str, pair: crate::table::Pair, bound| {
            let (baseline, host) = (rate(bytes, pair.baseline), rate(bytes, pair.host));
            table.row(name, &baseline, &host, 1.0 / pair.ratio, "", bound);
        };
        let name = format!("{} {verb} of {}: {native}, guest", factory.name, shape.name);
        let bound = if service.has_goal {
            shape.bound
        } else {
            Bound::Free
        };
        row(table, &name, pair, bound);
        let pair = in_turns(shape.rounds, by_native, by_driver)?;
        let name = format!("  of that the provider: {native}, driver");
        row(table, &name, pair, Bound::Free);
        Ok(())
    }
}

async fn time_native(native: &dyn Native, call: Call, bytes: u64, times: u32) -> Fallible<f64> {
    let start = Instant::now();
    for _ in 0..times {
        match call {
            Call::Put => native.put(bytes).await?,
            Call::Get => assert_eq!(native.get().await?, bytes),
        }
    }
    let elapsed = start.elapsed();
    native.tidy().await?;
    Ok(mean(times, elapsed))
}

async fn time_driver(driver: &dyn Driver, call: Call, bytes: u64, times: u32) -> Fallible<f64> {
    let start = Instant::now();
    for _ in 0..times {
        match call {
            Call::Put => put(driver, bytes).await?,
            Call::Get => assert_eq!(get(driver).await?, bytes),
        }
    }
    Ok(mean(times, start.elapsed()))
}

/// Writes an object of pieces that are made on the way, as a guest makes them.
async fn put(driver: &dyn Driver, bytes: u64) -> Fallible<()> {
    let pieces = stream::unfold(bytes, |left| async move {
        let length = left.min(PIECE as u64);
        // At most a piece.
        let piece = Bytes::from(vec![b'v'; length as usize]);
        (length > 0).then_some((Ok(piece), left - length))
    });
    let options = PutOptions {
        content_type: "application/octet-stream".to_owned(),
        ..PutOptions::default()
    };
    driver.put(OBJECT, Box::pin(pieces), options).await?;
    Ok(())
}

/// Reads an object into a buffer, as a guest does.
async fn get(driver: &dyn Driver) -> Fallible<u64> {
    let found = driver.get(OBJECT, Range::default(), None).await?;
    let mut data = found.ok_or("there is no object")?.data;
    let mut buffer = vec![0; PIECE];
    let mut sum = 0;
    while let Some(piece) = data.next().await {
        let piece = piece?;
        sum += piece.len() as u64;
        for piece in piece.chunks(PIECE) {
            if let Some(room) = buffer.get_mut(..piece.len()) {
                room.copy_from_slice(piece);
            }
        }
        std::hint::black_box(&buffer);
    }
    Ok(sum)
}

async fn time_guest(
    carrier: &Carrier,
    platform: &Arc<dyn Platform>,
    call: Call,
    bytes: u64,
    times: u32,
) -> Fallible<f64> {
    let limits = InstanceLimits::default();
    let mut store = carrier.host.store(Arc::clone(platform), &limits)?;
    let instance = carrier.pre.instantiate_async(&mut store).await?;
    let streams = instance.cloud_bench_streams();
    let elapsed = store
        .run_concurrent(async |accessor| -> reference_host::wasmtime::Result<_> {
            let (container, name, piece) = (STORE.to_owned(), OBJECT.to_owned(), PIECE as u32);
            let start = Instant::now();
            match call {
                Call::Put => {
                    streams
                        .call_put(accessor, container, name, bytes, piece, times)
                        .await?;
                }
                Call::Get => {
                    let sum = streams
                        .call_get(accessor, container, name, piece, times)
                        .await?;
                    assert_eq!(sum, bytes * u64::from(times));
                }
            }
            Ok(start.elapsed())
        })
        .await??;
    Ok(mean(times, elapsed))
}
