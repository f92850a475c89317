//! One guest instance doing its part of one case.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use cloud_contract::Platform;
use conformance_model::Evidence;
use reference_host::wasmtime;
use reference_host::wasmtime::component::StreamReader;
use reference_host::{Host, HostError, InstanceLimits, Trap};

use crate::clock::Clock;
use crate::requests::Requests;
use crate::suite::Component;
use bindings::exports::cloud::conformance::suite as wit;

#[allow(
    missing_docs,
    missing_debug_implementations,
    unreachable_pub,
    reason = "generated code"
)]
pub(crate) mod bindings {
    reference_host::wasmtime::component::bindgen!({
        path: "../../conformance/guests/kit/wit",
        world: "cloud:conformance/suite-only",
        exports: { default: async },
        wasmtime_crate: reference_host::wasmtime,
    });
}

pub(crate) use wit::{Environment, Role};

/// How an instance ended other than by passing.
#[derive(Debug)]
pub(crate) enum Ending {
    /// An assertion did not hold.
    Failed {
        evidence: Evidence,
        /// The call returned `unsupported`.
        unsupported: bool,
    },
    /// The provider did not answer where the case relied on it.
    Interrupted(Evidence),
    /// It was not done in time, waiting for the provider or calling it.
    TimedOut,
    /// It was not done in time, computing without any call.
    RanAway,
    /// The guest's own code trapped outside any assertion.
    Trapped(String),
    /// The host could not run it.
    Host(HostError),
}

/// Interruptions without a call of the provider in between after which a guest
/// is to blame for its time. Cases compute for less than one tick between two calls.
const RAN_AWAY_TICKS: u32 = 20;

/// Starts an instance, runs `case` in `role`, and ends the instance.
pub(crate) async fn run(
    host: &Host,
    component: &Component,
    platform: Arc<dyn Platform>,
    case: &str,
    role: &Role,
    environment: &Environment,
    timeout: Duration,
) -> Result<Vec<String>, Ending> {
    let limits = InstanceLimits {
        deadline: timeout,
        ..InstanceLimits::default()
    };
    let requests = Requests::new(Arc::clone(&platform), environment.primary.clone());
    let mut store = host
        .store_with(platform, &limits, requests)
        .map_err(Ending::Host)?;
    let work = async {
        let suite = component.pre.instantiate_async(&mut store).await?;
        store
            .run_concurrent(async |accessor| -> wasmtime::Result<_> {
                let clock = accessor.with(|mut access| {
                    StreamReader::new(&mut access, Clock::new(Instant::now()))
                })?;
                let environment = Environment {
                    wall_clock: wall_clock(),
                    ..environment.clone()
                };
                suite
                    .cloud_conformance_suite()
                    .call_run(accessor, case.to_owned(), role.clone(), environment, clock)
                    .await
            })
            .await?
    };
    let outcome = tokio::time::timeout(timeout, work).await;
    let late = || {
        if store.data().ticks_since_call() < RAN_AWAY_TICKS {
            Ending::TimedOut
        } else {
            Ending::RanAway
        }
    };
    match outcome {
        Ok(Ok(Ok(notes))) => Ok(notes),
        Ok(Ok(Err(wit::Ending::Failed(failure)))) => Err(Ending::Failed {
            unsupported: failure.unsupported,
            evidence: evidence(failure),
        }),
        Ok(Ok(Err(wit::Ending::Interrupted(failure)))) => {
            Err(Ending::Interrupted(evidence(failure)))
        }
        Ok(Err(error)) => Err(match Trap::classify(&error) {
            Trap::Deadline => late(),
            trap => Ending::Trapped(trap.to_string()),
        }),
        Err(_) => Err(late()),
    }
}

/// Nanoseconds since 1970.
fn wall_clock() -> u64 {
    let since = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default();
    u64::try_from(since.as_nanos()).unwrap_or(u64::MAX)
}

fn evidence(failure: wit::Failure) -> Evidence {
    Evidence {
        clause: failure.clause,
        message: failure.message,
        expected: failure.expected,
        actual: failure.actual,
        location: failure.location,
    }
}
