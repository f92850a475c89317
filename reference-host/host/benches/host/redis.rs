//! A guest's get from a real server against a native client: latency with one
//! call in flight, throughput with 64.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::{Platform, Provider, Settings};
use futures::future::join_all;
use provider_redis::FACTORY;
use redis::aio::MultiplexedConnection;
use reference_host::{HostConfig, InstanceLimits};
use tokio::runtime::Runtime;

use crate::Fallible;
use crate::fixture::{self, Fixture, KEY, STORE, VALUE_BYTES};
use crate::table::{Bound, Table, in_turns, mean, time};

const ROUNDS: usize = 31;
const IN_FLIGHT: u32 = 64;

/// Figure 4.
pub(crate) fn run(table: &mut Table) -> Fallible<()> {
    let Some(server) = Server::start()? else {
        let program = FACTORY.flavours[0]
            .process
            .map_or("the server", |server| server.program);
        table.note(&format!(
            "a guest's get from redis: NOT RUN, no {program} in PATH"
        ));
        return Ok(());
    };
    let fixture = Fixture::new(&HostConfig::default())?;
    let runtime = fixture::runtime()?;
    let (_, platform, client, place) = runtime.block_on(open(&server.endpoint()))?;
    for (in_flight, calls, name, bound) in [
        (
            1,
            1_000,
            "get from redis, 1 in flight: native client, guest",
            1.5,
        ),
        (
            IN_FLIGHT,
            6_400,
            "get from redis, 64 in flight: native client, guest",
            1.1,
        ),
    ] {
        let native = || runtime.block_on(time_native(&client, &place, calls, in_flight));
        let guest = || runtime.block_on(time_guest(&fixture, &platform, calls, in_flight));
        let pair = in_turns(ROUNDS, native, guest)?;
        let (baseline, host) = (time(pair.baseline), time(pair.host));
        table.row(name, &baseline, &host, pair.ratio, "", Bound::AtMost(bound));
    }
    drop(runtime);
    all_cores(table, &server, Arc::new(fixture))
}

/// The same 64 calls as 64 guests with one each, where a host would run them.
fn all_cores(table: &mut Table, server: &Server, fixture: Arc<Fixture>) -> Fallible<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let (provider, platform, client, place) = runtime.block_on(open(&server.endpoint()))?;
    let native = || {
        let (client, place) = (client.clone(), place.clone());
        together(&runtime, move || {
            let (client, place) = (client.clone(), place.clone());
            async move { time_native(&client, &place, SHARE, 1).await }
        })
    };
    let guests = || {
        let (fixture, platform) = (Arc::clone(&fixture), Arc::clone(&platform));
        together(&runtime, move || {
            let (fixture, platform) = (Arc::clone(&fixture), Arc::clone(&platform));
            async move { time_guest(&fixture, &platform, SHARE, 1).await }
        })
    };
    let pair = in_turns(ROUNDS, native, guests)?;
    table.row(
        "  as 64 tasks on all cores: native client, one guest each",
        &time(pair.baseline),
        &time(pair.host),
        pair.ratio,
        "",
        Bound::Free,
    );
    runtime.block_on(async {
        let scope = fixture::scope()?;
        Ok(provider.close(&scope).await?)
    })
}

/// The calls of each of the tasks.
const SHARE: u32 = 200;

/// Time for one call when as many tasks as calls are in flight.
fn together<F>(runtime: &Runtime, task: impl Fn() -> F) -> Fallible<f64>
where
    F: Future<Output = Fallible<f64>> + Send + 'static,
{
    let start = Instant::now();
    let tasks: Vec<_> = (0..IN_FLIGHT).map(|_| runtime.spawn(task())).collect();
    for ended in runtime.block_on(join_all(tasks)) {
        ended??;
    }
    Ok(mean(IN_FLIGHT * SHARE, start.elapsed()))
}

type Opened = (
    Arc<dyn Provider>,
    Arc<dyn Platform>,
    MultiplexedConnection,
    String,
);

/// The provider with its key, and a client of its own with where the key lies.
async fn open(endpoint: &str) -> Fallible<Opened> {
    let provider = (FACTORY.connect)(Settings {
        endpoint: Some(endpoint.to_owned()),
        ..Settings::default()
    })
    .await?;
    let platform = fixture::platform(provider.as_ref()).await?;
    let mut client = redis::Client::open(endpoint)?
        .get_multiplexed_async_connection()
        .await?;
    // The one hash is the entry: what the guest reads, the client reads as well.
    let keys: Vec<String> = redis::cmd("KEYS").arg("*").query_async(&mut client).await?;
    let place = keys.into_iter().find(|key| key.ends_with(KEY));
    let place = place.ok_or("the provider keeps its entries elsewhere")?;
    Ok((provider, platform, client, place))
}

async fn time_native(
    client: &MultiplexedConnection,
    place: &str,
    calls: u32,
    in_flight: u32,
) -> Fallible<f64> {
    let start = Instant::now();
    let share = calls / in_flight;
    let reads = (0..in_flight).map(|_| {
        let mut client = client.clone();
        async move {
            let mut sum = 0;
            for _ in 0..share {
                let mut get = redis::cmd("HGET");
                get.arg(place).arg("v");
                let value: Vec<u8> = get.query_async(&mut client).await?;
                sum += value.len();
            }
            Fallible::Ok(sum)
        }
    });
    for sum in join_all(reads).await {
        assert_eq!(sum?, share as usize * VALUE_BYTES);
    }
    Ok(mean(calls, start.elapsed()))
}

async fn time_guest(
    fixture: &Fixture,
    platform: &Arc<dyn Platform>,
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
            let sum = work
                .call_gets(accessor, name, key, calls, in_flight)
                .await?;
            assert_eq!(sum, u64::from(calls) * VALUE_BYTES as u64);
            Ok(start.elapsed())
        })
        .await??;
    Ok(mean(calls, elapsed))
}

/// A server of our own; it ends with this value.
struct Server {
    child: Child,
    port: u16,
    _directory: tempfile::TempDir,
}

impl Server {
    /// None if it is not installed.
    fn start() -> Fallible<Option<Self>> {
        let Some(server) = FACTORY.flavours[0].process else {
            return Ok(None);
        };
        if Command::new(server.program)
            .arg("--version")
            .output()
            .is_err()
        {
            return Ok(None);
        }
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let directory = tempfile::tempdir()?;
        let fill = |argument: &&str| {
            argument
                .replace("{port}", &port.to_string())
                .replace("{directory}", &directory.path().to_string_lossy())
        };
        let child = Command::new(server.program)
            .args(server.arguments.iter().map(fill))
            .stdout(Stdio::null())
            .spawn()?;
        let started = Self {
            child,
            port,
            _directory: directory,
        };
        let until = Instant::now() + Duration::from_secs(10);
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            if Instant::now() > until {
                return Err("the server does not answer".into());
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Some(started))
    }

    fn endpoint(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself; there is nothing else to do about it.
        self.child.kill().ok();
        self.child.wait().ok();
    }
}
