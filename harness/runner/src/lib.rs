//! Runs conformance cases against a provider, through the reference host.
//!
//! Owns the way from a suite and a provider to a stream of events: load, plan
//! (pure), execute, health of the service, launching servers, self-test. Knows
//! neither a provider nor a capability by name, and no report format.
#![deny(missing_docs)]

mod actors;
mod case_run;
mod clock;
mod collect;
mod created;
mod execute;
mod expected;
mod ground;
mod harness;
mod instance;
mod launch;
mod launchers;
mod ledger;
mod names;
mod pattern;
mod plan;
mod requests;
mod selftest;
mod stop;
mod suite;
mod tidy;
mod trials;

pub use collect::{Collected, Fate, Forecast, collect, is_gone, may_cost};
pub use execute::{RunOptions, Sink, Subject, run_provider};
pub use expected::{ExpectedFailures, ExpectedFailuresError};
pub use harness::{Harness, HarnessError, default_cache_directory};
pub use launch::{Opened, SetupError, open_provider, open_provider_until};
pub use launchers::{
    Health, Image, Images, Launch, LaunchOptions, Loss, Missing, Tell, Way, engine_version,
    find_program, remove_own_containers, sample_endpoint, ways,
};
pub use ledger::{Found, Left, Record, default_ledger_directory, leftovers, records};
pub use names::RunNames;
pub use pattern::{PatternError, Patterns};
pub use plan::{Action, Plan, Planned, Selection, plan};
pub use selftest::{KillTable, Mutant, MutantResult, selftest};
pub use stop::Stop;
pub use suite::{ComponentFile, Suite, SuiteError, embedded_components};
pub use trials::{TrialOptions, test_main};
