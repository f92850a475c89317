//! The abstraction tax: a guest's get and set against the same SDK called natively,
//! on a real server. Latency with one call in flight, throughput with 64.
//!
//! A row with the driver in the place of the guest tells which part of the tax is
//! the provider's (another request than the plain one) and which the host's.

mod dynamodb;
mod nats;
mod postgres;
mod redis;

use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use cloud_contract::keyvalue::{Driver, SetOptions};
use cloud_contract::{Bytes, Factory, Platform, Settings, Target};
use conformance_runner::{LaunchOptions, open_provider};
use futures::future::{BoxFuture, join_all};
use reference_host::{HostConfig, InstanceLimits};
use tokio::runtime::Runtime;

use crate::fixture::{self, Fixture, KEY, STORE, VALUE_BYTES};
use crate::table::{Bound, Table, in_turns, mean, time};
use crate::{Choice, Fallible};

/// A client as an application would use it.
#[async_trait]
trait Native: Send + Sync {
    /// Reads the value; returns its length.
    async fn get(&self, key: &str) -> Fallible<usize>;
    async fn set(&self, key: &str, value: Bytes) -> Fallible<()>;
}

/// Connects one, and writes [`KEY`].
type Open = fn(Settings) -> BoxFuture<'static, Fallible<Arc<dyn Native>>>;

const SERVICES: [(&Factory, Open); 4] = [
    (&provider_redis::FACTORY, |settings| {
        Box::pin(redis::open(settings))
    }),
    (&provider_nats::FACTORY, |settings| {
        Box::pin(nats::open(settings))
    }),
    (&provider_postgres::FACTORY, |settings| {
        Box::pin(postgres::open(settings))
    }),
    (&provider_dynamodb::FACTORY, |settings| {
        Box::pin(dynamodb::open(settings))
    }),
];

/// Calls in flight, calls of a round, rounds, the goal.
const SHAPES: [(u32, u32, usize, f64); 2] = [(1, 200, 15, 1.5), (64, 3_200, 15, 1.1)];

pub(crate) fn services() -> Vec<&'static str> {
    SERVICES.iter().map(|(factory, _)| factory.name).collect()
}

/// Figure 4.
pub(crate) fn run(table: &mut Table, choice: &Choice) -> Fallible<()> {
    let fixture = Fixture::new(&HostConfig::default())?;
    for (factory, open) in SERVICES {
        if !choice.has(factory.name) {
            continue;
        }
        // As a host has it: all cores, for both sides.
        let runtime = Runtime::new()?;
        let opened = runtime.block_on(open_provider(
            &Target::usual(factory),
            &Settings::default(),
            &LaunchOptions::default(),
        ));
        let mut opened = match opened {
            Ok(opened) => opened,
            Err(error) => {
                table.note(&format!("{}: NOT RUN, {error}", factory.name));
                continue;
            }
        };
        let settings = opened.service().ok_or("nothing was started")?.settings();
        let native = runtime.block_on(open(settings))?;
        let (platform, driver) = runtime.block_on(fixture::bound(&*opened.provider))?;
        let bench = Bench {
            fixture: &fixture,
            runtime: &runtime,
            native,
            driver,
            platform,
        };
        bench.rows(table, factory.name)?;
        drop(bench);
        runtime.block_on(opened.close());
    }
    Ok(())
}

struct Bench<'a> {
    fixture: &'a Fixture,
    runtime: &'a Runtime,
    native: Arc<dyn Native>,
    driver: Arc<dyn Driver>,
    platform: Arc<dyn Platform>,
}

#[derive(Clone, Copy)]
enum Call {
    Get,
    Set,
}

impl Bench<'_> {
    fn rows(&self, table: &mut Table, service: &str) -> Fallible<()> {
        for (call, verb) in [(Call::Get, "get"), (Call::Set, "set")] {
            for (in_flight, calls, rounds, goal) in SHAPES {
                let native = || {
                    self.runtime
                        .block_on(time_native(&self.native, call, calls, in_flight))
                };
                let driver = || {
                    self.runtime
                        .block_on(time_driver(&self.driver, call, calls, in_flight))
                };
                let guest = || {
                    self.runtime.block_on(time_guest(
                        self.fixture,
                        &self.platform,
                        call,
                        calls,
                        in_flight,
                    ))
                };
                let pair = in_turns(rounds, native, guest)?;
                let name = format!("{service} {verb}, {in_flight} in flight: native, guest");
                let (baseline, host) = (time(pair.baseline), time(pair.host));
                table.row(&name, &baseline, &host, pair.ratio, "", Bound::AtMost(goal));
                let pair = in_turns(rounds, native, driver)?;
                let (baseline, host) = (time(pair.baseline), time(pair.host));
                table.row(
                    "  of that the provider: native, driver",
                    &baseline,
                    &host,
                    pair.ratio,
                    "",
                    Bound::Free,
                );
            }
        }
        Ok(())
    }
}

/// Each flight writes a key of its own, as the guest does.
fn key_of(flight: u32) -> String {
    format!("{KEY}-{flight}")
}

fn value() -> Bytes {
    vec![b'v'; VALUE_BYTES].into()
}

async fn time_native(
    native: &Arc<dyn Native>,
    call: Call,
    calls: u32,
    in_flight: u32,
) -> Fallible<f64> {
    let share = calls / in_flight;
    let start = Instant::now();
    let flights = (0..in_flight).map(|flight| async move {
        let key = key_of(flight);
        for _ in 0..share {
            match call {
                Call::Get => assert_eq!(native.get(KEY).await?, VALUE_BYTES),
                Call::Set => native.set(&key, value()).await?,
            }
        }
        Fallible::Ok(())
    });
    for ended in join_all(flights).await {
        ended?;
    }
    Ok(mean(calls, start.elapsed()))
}

async fn time_driver(
    driver: &Arc<dyn Driver>,
    call: Call,
    calls: u32,
    in_flight: u32,
) -> Fallible<f64> {
    let share = calls / in_flight;
    let start = Instant::now();
    let flights = (0..in_flight).map(|flight| async move {
        let key = key_of(flight);
        for _ in 0..share {
            match call {
                Call::Get => {
                    let value = driver.get(KEY).await?;
                    assert_eq!(value.map(|value| value.len()), Some(VALUE_BYTES));
                }
                Call::Set => {
                    driver.set(&key, value(), SetOptions::default()).await?;
                }
            }
        }
        Fallible::Ok(())
    });
    for ended in join_all(flights).await {
        ended?;
    }
    Ok(mean(calls, start.elapsed()))
}

async fn time_guest(
    fixture: &Fixture,
    platform: &Arc<dyn Platform>,
    call: Call,
    calls: u32,
    in_flight: u32,
) -> Fallible<f64> {
    let limits = InstanceLimits::default();
    let mut store = fixture.host.store(Arc::clone(platform), &limits)?;
    let instance = fixture.pre.instantiate_async(&mut store).await?;
    let work = instance.cloud_bench_work();
    let elapsed = store
        .run_concurrent(async |accessor| -> reference_host::wasmtime::Result<_> {
            let (name, key) = (STORE.to_owned(), KEY.to_owned());
            let start = Instant::now();
            match call {
                Call::Get => {
                    let sum = work
                        .call_gets(accessor, name, key, calls, in_flight)
                        .await?;
                    assert_eq!(sum, u64::from(calls) * VALUE_BYTES as u64);
                }
                Call::Set => {
                    let bytes = u32::try_from(VALUE_BYTES).unwrap_or(u32::MAX);
                    work.call_sets(accessor, name, key, bytes, calls, in_flight)
                        .await?;
                }
            }
            Ok(start.elapsed())
        })
        .await??;
    Ok(mean(calls, elapsed))
}
