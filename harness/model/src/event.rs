//! What happens during a run, as it happens: the lines of `events.jsonl`.
//!
//! The order is `run-started`, then for each provider `provider-started` (or
//! `setup-failed`), its cases, `provider-finished`, and at last `run-finished`.
//! Events of several providers and cases may interleave. A stream that breaks
//! off is still a stream: what is missing is reported as not run.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::{SCHEMA_VERSION, Verdict};

/// One line of `events.jsonl`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct EventLine {
    /// The version of the shape of this line.
    pub schema_version: u32,
    /// When it happened, in milliseconds since 1970-01-01T00:00:00Z.
    pub at_unix_ms: u64,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

impl EventLine {
    /// A line of the present version.
    #[must_use]
    pub fn new(at_unix_ms: u64, event: Event) -> Self {
        Self {
            schema_version: SCHEMA_VERSION,
            at_unix_ms,
            event,
        }
    }
}

/// Something that happened during a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum Event {
    /// The plan is made. Always the first event.
    RunStarted {
        /// What runs.
        suite: SuiteInfo,
        /// What it is measured against.
        spec: SpecInfo,
        /// On what it runs.
        host: HostInfo,
        /// How it was asked for.
        run: RunInfo,
        /// The names of the providers, in the order of the command line.
        providers: Vec<String>,
        /// The ids of the cases that were asked for. Every other case of the
        /// suite ends as `skip` on each provider: no case vanishes.
        cases: Vec<String>,
        /// How many case runs are planned, over all providers, without those
        /// that the filter leaves out.
        planned: u64,
    },
    /// A provider is open and has described itself.
    ProviderStarted {
        /// What it says of itself.
        provider: ProviderInfo,
        /// How many of its cases are planned to run.
        planned: u64,
    },
    /// A provider could not be set up: none of its cases runs.
    SetupFailed {
        /// The name of the provider.
        provider: String,
        /// Why, and what to do about it.
        reason: String,
    },
    /// A case begins.
    CaseStarted {
        /// The name of the provider.
        provider: String,
        /// The id of the case.
        case: String,
        /// Which repetition of it, counted from 1.
        repetition: u32,
    },
    /// A case ended, or was decided without running.
    CaseFinished {
        /// The name of the provider.
        provider: String,
        /// The id of the case.
        case: String,
        /// Which repetition of it, counted from 1.
        repetition: u32,
        /// How often it was tried within this repetition; 0 if it never ran.
        attempts: u32,
        /// How long the last attempt took, in milliseconds.
        duration_ms: f64,
        /// What became of it.
        verdict: Verdict,
    },
    /// All cases of a provider have ended.
    ProviderFinished {
        /// The name of the provider.
        provider: String,
        /// How long it took, in milliseconds.
        duration_ms: f64,
    },
    /// Something worth telling that is no verdict.
    Note {
        /// The provider it is about, if it is about one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provider: Option<String>,
        /// What.
        text: String,
    },
    /// The harness itself failed: no verdict of this run can be relied on.
    Fault {
        /// The provider it was busy with, if it was with one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        provider: Option<String>,
        /// What went wrong.
        text: String,
    },
    /// The run is over. Always the last event.
    RunFinished {
        /// The exit code that the runner ends with.
        exit_code: u8,
        /// Why the run broke off before its end, if it did: an interrupt, a
        /// budget.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        aborted: Option<String>,
    },
}

/// The suite: its version and its components.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuiteInfo {
    /// Its version.
    pub version: String,
    /// The guests. Their digests say what ran more exactly than a commit would.
    pub components: Vec<SuiteComponent>,
}

/// One guest of the suite.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SuiteComponent {
    /// Its name.
    pub name: String,
    /// The digest of its bytes.
    pub digest: String,
}

/// The specification that the suite tests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SpecInfo {
    /// Its packages.
    pub packages: Vec<PackageInfo>,
    /// A digest over all its files.
    pub wit_digest: String,
    /// A digest over all its clauses, ids and texts.
    pub clause_index_digest: String,
}

/// One package of the specification.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackageInfo {
    /// For example `cloud:keyvalue`.
    pub name: String,
    /// For example `0.1.0`.
    pub version: String,
}

/// What runs the guests.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HostInfo {
    /// The engine with its version: `wasmtime 48.0.8`.
    pub engine: String,
    /// The operating system.
    pub os: String,
    /// The processor architecture.
    pub arch: String,
}

/// How a run was asked for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct RunInfo {
    /// For everything random in the run.
    pub seed: u64,
    /// The command line, with placeholders for secrets, folders and files.
    pub command: Vec<String>,
    /// The patterns and other choices that left cases out, as they were given.
    #[serde(default)]
    pub filters: Vec<String>,
    /// How often each case runs.
    pub repeat: u32,
    /// How many cases run at a time.
    pub jobs: u32,
    /// What all time limits are multiplied with.
    pub timeout_scale: f64,
    /// Why this run must not be published, as far as that is known from the
    /// way it was asked for; empty if nothing stands against it.
    #[serde(default)]
    pub not_publishable: Vec<String>,
}

impl Default for RunInfo {
    fn default() -> Self {
        Self {
            seed: 0,
            command: Vec::new(),
            filters: Vec::new(),
            repeat: 1,
            jobs: 1,
            timeout_scale: 1.0,
            not_publishable: Vec::new(),
        }
    }
}

/// What `ok` from a write promises.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Durability {
    /// The data ends with the process that hosts the guest.
    Volatile,
    /// The data survives a crash of the host.
    Process,
    /// The data survives a `kill -9` of the service that stores it.
    Durable,
}

/// A limit that a provider declares.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LimitValue {
    /// For example `kv.key.max-bytes`; the last word says the unit.
    pub id: String,
    /// Its value in that unit.
    pub value: u64,
}

/// What a provider says of itself, and how it was reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ProviderInfo {
    /// Its name in this run, unique.
    pub name: String,
    /// The id that the command line takes: `redis`.
    pub id: String,
    /// The product behind it, for people: `Redis`.
    pub product: String,
    /// The version that the service reports of itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// How it was reached: in process, started by the harness, an endpoint.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mode: Option<String>,
    /// The arguments that reach it again, behind `--provider NAME`, with
    /// placeholders for secrets and folders.
    #[serde(default)]
    pub arguments: Vec<String>,
    /// The features that it declares.
    pub features: Vec<String>,
    /// The limits that it declares.
    pub limits: Vec<LimitValue>,
    /// What `ok` from a write promises.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub durability: Option<Durability>,
    /// How stale another session's read may be, in nanoseconds; 0 is strong
    /// consistency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub visibility_bound_ns: Option<u64>,
}
