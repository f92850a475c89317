//! Carries a plan out: cases side by side, events in the order they happen.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use cloud_contract::{Descriptor, Provider, Target};
use conformance_model::{Blame, Event, LimitValue, ProviderInfo, Status, Verdict};
use futures::stream::{self, StreamExt as _};
use tokio::task::JoinHandle;

use crate::case_run::{Bench, Judged, Service, durability, extended};
use crate::names::RunNames;
use crate::plan::{Action, Planned};
use crate::{ExpectedFailures, Harness, Health, Loss, Plan, Stop};

/// Receives every event, from several threads.
pub type Sink = Arc<dyn Fn(Event) + Send + Sync>;

/// How to run.
#[derive(Debug, Clone)]
pub struct RunOptions {
    /// For everything random.
    pub seed: u64,
    /// Cases at a time.
    pub jobs: usize,
    /// How often to run everything.
    pub repeat: u32,
    /// Stretches every time limit of a case.
    pub timeout_scale: f64,
    /// Stop starting cases after the first red verdict.
    pub fail_fast: bool,
    /// Cases that are known to fail on this provider.
    pub expected: ExpectedFailures,
    /// Ends the run early.
    pub stop: Stop,
}

impl RunOptions {
    /// The same, with as many cases at a time and with time limits as the product
    /// needs them.
    #[must_use]
    pub fn on(self, target: &Target) -> Self {
        let Some(flavour) = target.flavour else {
            return self;
        };
        Self {
            jobs: match flavour.jobs {
                0 => self.jobs,
                borne => usize::from(borne),
            },
            timeout_scale: match flavour.timeout_scale {
                0 => self.timeout_scale,
                scale => f64::from(scale),
            },
            ..self
        }
    }
}

impl Default for RunOptions {
    fn default() -> Self {
        Self {
            seed: 0,
            jobs: 16,
            repeat: 1,
            timeout_scale: 1.0,
            fail_fast: false,
            expected: ExpectedFailures::default(),
            stop: Stop::new(),
        }
    }
}

/// Describes an open provider for a report.
pub(crate) fn provider_info(name: &str, mode: &str, descriptor: &Descriptor) -> ProviderInfo {
    ProviderInfo {
        name: name.to_owned(),
        id: descriptor.provider.to_owned(),
        product: descriptor.product.clone(),
        version: descriptor.product_version.clone(),
        mode: Some(mode.to_owned()),
        features: descriptor
            .features
            .iter()
            .map(|&id| id.to_owned())
            .collect(),
        limits: descriptor
            .limits
            .iter()
            .map(|limit| LimitValue {
                id: limit.id.to_owned(),
                value: limit.value,
            })
            .collect(),
        durability: Some(durability(descriptor.durability)),
        visibility_bound_ns: u64::try_from(descriptor.visibility_bound.as_nanos()).ok(),
        ..ProviderInfo::default()
    }
}

/// Who is tested, and how reports call it.
#[derive(Debug, Clone, Copy)]
pub struct Subject<'a> {
    /// The open provider.
    pub provider: &'a Arc<dyn Provider>,
    /// Its name in events and reports.
    pub name: &'a str,
    /// How it was stood up: `embedded`, `process`, `container`, `endpoint`.
    pub mode: &'a str,
    /// What the run calls what it makes.
    pub names: &'a RunNames,
    /// Whether what was started for it still runs; none if nothing was.
    pub health: Option<&'a Health>,
}

/// Carries a plan out on a provider.
pub async fn run_provider(
    harness: &Harness,
    subject: Subject<'_>,
    plan: &Plan,
    options: &RunOptions,
    sink: &Sink,
) {
    let Subject { name, mode, .. } = subject;
    let started = Instant::now();
    let run = Arc::new(Run::new(harness, subject, options, sink));
    let planned = plan.len() as u64 * u64::from(options.repeat);
    sink(Event::ProviderStarted {
        provider: provider_info(name, mode, &run.bench.descriptor),
        planned,
    });
    let jobs = (1..=options.repeat).flat_map(|repetition| {
        plan.iter()
            .map(move |planned| (repetition, planned.clone()))
    });
    stream::iter(jobs)
        .for_each_concurrent(options.jobs.max(1), |(repetition, planned)| {
            let run = Arc::clone(&run);
            async move { run.carry_out(repetition, planned).await }
        })
        .await;
    sink(Event::ProviderFinished {
        provider: name.to_owned(),
        duration_ms: milliseconds(started),
    });
}

struct Run {
    bench: Arc<Bench>,
    name: String,
    seed: u64,
    fail_fast: bool,
    expected: ExpectedFailures,
    sink: Sink,
    stopped: AtomicBool,
    /// The cases that were told not to run, each once: the further repetitions
    /// would only say it again.
    not_run: Mutex<BTreeSet<usize>>,
}

impl Run {
    fn new(harness: &Harness, subject: Subject<'_>, options: &RunOptions, sink: &Sink) -> Self {
        let provider = subject.provider;
        let descriptor = Arc::new(provider.descriptor().clone());
        Self {
            bench: Arc::new(Bench {
                host: Arc::clone(&harness.host),
                suite: Arc::clone(&harness.suite),
                room: Arc::clone(&harness.room),
                provider: Arc::clone(provider),
                extended: extended(&descriptor, harness),
                descriptor,
                names: subject.names.clone(),
                timeout_scale: options.timeout_scale,
                stop: options.stop.clone(),
                health: subject.health.cloned().unwrap_or_default(),
            }),
            name: subject.name.to_owned(),
            seed: options.seed,
            fail_fast: options.fail_fast,
            expected: options.expected.clone(),
            sink: Arc::clone(sink),
            stopped: AtomicBool::new(false),
            not_run: Mutex::default(),
        }
    }

    async fn carry_out(self: Arc<Self>, repetition: u32, planned: Planned) {
        if self.bench.stop.is_stopped() || self.was_told(&planned) {
            return;
        }
        let case = &self.bench.suite.cases()[planned.case];
        let id = case.id.clone();
        (self.sink)(Event::CaseStarted {
            provider: self.name.clone(),
            case: id.clone(),
            repetition,
        });
        let started = Instant::now();
        let judged = self.act(repetition, planned).await;
        self.note(&judged);
        let attempts = judged.attempts;
        let verdict = self.expected.judge(&id, judged);
        if self.fail_fast && verdict.status.is_red_at(case.level) {
            self.stopped.store(true, Ordering::Relaxed);
        }
        (self.sink)(Event::CaseFinished {
            provider: self.name.clone(),
            case: id,
            repetition,
            attempts,
            duration_ms: milliseconds(started),
            verdict,
        });
    }

    /// What is lost, is lost for every run on the service, not for this one alone.
    fn note(&self, judged: &Judged) {
        let Bench {
            health, provider, ..
        } = &*self.bench;
        match judged.service {
            Service::Unasked => {}
            Service::Answered => health.answered(),
            Service::Silent => health.silent(),
            Service::Lost => {
                let reason = provider.loss();
                health.lose(Loss::seen(
                    reason.unwrap_or_else(|| "the service stopped answering".to_owned()),
                ));
            }
        }
    }

    fn gave_up(&self) -> bool {
        self.bench.health.loss().is_some() || self.stopped.load(Ordering::Relaxed)
    }

    /// Whether nothing runs any more and the case was told so.
    fn was_told(&self, planned: &Planned) -> bool {
        let mut not_run = self.not_run.lock().unwrap_or_else(PoisonError::into_inner);
        self.gave_up() && !not_run.insert(planned.case)
    }

    async fn act(self: &Arc<Self>, repetition: u32, planned: Planned) -> Judged {
        let not_run = |reason: &str, blame| {
            without_attempt(Verdict::because(Status::NotRun, reason).blamed_on(blame))
        };
        if planned.action != Action::Skip {
            if let Some(loss) = self.bench.health.loss() {
                return not_run(&loss.reason, Blame::Environment);
            }
            if self.stopped.load(Ordering::Relaxed) {
                return not_run(
                    "the run stopped at an earlier failure (--fail-fast)",
                    Blame::User,
                );
            }
        }
        match planned.action {
            Action::Skip => without_attempt(Verdict::because(Status::Skip, "left out by --skip")),
            Action::NothingToRefuse { feature } => without_attempt(Verdict::because(
                Status::Unsupported,
                format!("{feature} is not declared, and there is no function that could refuse it"),
            )),
            Action::Run => self.spawn(planned.case, repetition).await,
            Action::ProveRefusal { feature, by } => {
                self.prove_refusal(&feature, by, repetition).await
            }
        }
    }

    async fn prove_refusal(
        self: &Arc<Self>,
        feature: &str,
        by: Vec<usize>,
        repetition: u32,
    ) -> Judged {
        let proofs = by.len();
        for place in by {
            let proof = self.spawn(place, repetition).await;
            if proof.verdict.status != Status::Pass {
                let id = &self.bench.suite.cases()[place].id;
                let reason = format!(
                    "{feature} is not declared, and {id} does not prove that it is refused"
                );
                return Judged {
                    verdict: Verdict {
                        reason: Some(reason),
                        ..proof.verdict
                    },
                    ..proof
                };
            }
        }
        let reason = format!("{feature} is not declared, and its refusal was proved");
        Judged {
            attempts: u32::try_from(proofs).unwrap_or(u32::MAX),
            ..without_attempt(Verdict::because(Status::Unsupported, reason))
        }
    }

    /// In a task of its own: cases use all cores, and a panic ends one case only.
    async fn spawn(self: &Arc<Self>, place: usize, repetition: u32) -> Judged {
        let bench = Arc::clone(&self.bench);
        let seed = case_seed(self.seed, repetition, &bench.suite.cases()[place].id);
        let task = OnDrop(tokio::spawn(async move { bench.judge(place, seed).await }));
        match task.join().await {
            Ok(judged) => judged,
            Err(reason) => {
                without_attempt(Verdict::because(Status::Error, reason).blamed_on(Blame::Harness))
            }
        }
    }
}

/// A task that ends with whoever waits for it.
struct OnDrop(JoinHandle<Judged>);

impl OnDrop {
    async fn join(mut self) -> Result<Judged, &'static str> {
        (&mut self.0).await.map_err(|error| {
            if error.is_panic() {
                "the provider or the host panicked"
            } else {
                "the case was aborted"
            }
        })
    }
}

impl Drop for OnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn without_attempt(verdict: Verdict) -> Judged {
    Judged {
        verdict,
        attempts: 0,
        service: Service::Unasked,
    }
}

/// Every case has randomness of its own, the same for the same seed.
fn case_seed(seed: u64, repetition: u32, id: &str) -> u64 {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&seed.to_le_bytes());
    hasher.update(&repetition.to_le_bytes());
    hasher.update(id.as_bytes());
    let mut bytes = [0; 8];
    bytes.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
    u64::from_le_bytes(bytes)
}

fn milliseconds(since: Instant) -> f64 {
    let elapsed: Duration = since.elapsed();
    (elapsed.as_secs_f64() * 1e6).round() / 1e3
}
