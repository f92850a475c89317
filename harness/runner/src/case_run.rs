//! One case, from an open scope to a verdict.

use std::sync::Arc;
use std::time::Duration;

use cloud_contract::{
    Description, Descriptor, Durability, FeatureId, Grant, Namespace, Platform, Provider, Scope,
    guarded,
};
use conformance_model::{Blame, Case, Evidence, Status, Verdict};
use reference_host::Host;
use tokio::sync::Semaphore;

use crate::actors::together;
use crate::instance::{self, Ending, Environment, Role};
use crate::names::{CaseNames, RunNames};
use crate::suite::{Component, Suite};
use crate::{Harness, Health, Stop};

/// How long the service may take to open and close one scope. One that is late is given
/// up with all cases that are left, so that this is longer than a machine stalls.
const PROBE_TIMEOUT: Duration = Duration::from_secs(60);
/// How long a scope may take to be opened or closed around a case.
const SCOPE_TIMEOUT: Duration = Duration::from_secs(180);
/// How long after a service stopped answering its end may be noticed: the engine of a
/// container is asked now and then, and for its last words as well.
const NOTICE_TIMEOUT: Duration = Duration::from_secs(10);

/// Everything that the cases of one provider share.
pub(crate) struct Bench {
    pub(crate) host: Arc<Host>,
    pub(crate) suite: Arc<Suite>,
    pub(crate) room: Arc<Semaphore>,
    pub(crate) provider: Arc<dyn Provider>,
    pub(crate) descriptor: Arc<Descriptor>,
    /// The features that are withheld from the restricted name: the extended ones.
    pub(crate) extended: Vec<FeatureId>,
    pub(crate) names: RunNames,
    pub(crate) timeout_scale: f64,
    pub(crate) stop: Stop,
    /// Of what was started for the provider.
    pub(crate) health: Health,
}

/// What one attempt at a case came to.
enum Attempt {
    Decided(Verdict),
    /// Nothing can be said: the provider did not answer.
    Interrupted(Evidence),
    /// The scope could not be opened.
    NoScope(String),
    /// The run was stopped from outside.
    Stopped,
}

/// A verdict, and how many attempts it took.
pub(crate) struct Judged {
    pub(crate) verdict: Verdict,
    pub(crate) attempts: u32,
    pub(crate) service: Service,
}

/// What a case saw of the service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Service {
    /// It was not asked.
    Unasked,
    /// It answered.
    Answered,
    /// It opens and closes scopes, and what the case asked it did not answer.
    Silent,
    /// It does not answer any more: running further cases is no use.
    Lost,
}

impl Judged {
    /// The service did not answer, answered before and after, and the case passed when it
    /// was repeated.
    pub(crate) fn is_interrupted_once(&self) -> bool {
        self.verdict.status == Status::Error
            && self.attempts == 2
            && self.service != Service::Lost
            && self.verdict.evidence.is_some()
    }
}

impl Bench {
    /// Runs the case at `place`. When the service ends that was started for the
    /// run, nothing waits for an answer any more.
    pub(crate) async fn judge(&self, place: usize, seed: u64) -> Judged {
        let judged = tokio::select! {
            biased;
            judged = self.look_into(place, seed) => judged,
            loss = self.health.lost() => return ended(Verdict::pass(), loss.reason, 1),
        };
        if judged.service != Service::Lost {
            return judged;
        }
        if let Some(reason) = self.provider.loss() {
            return ended(judged.verdict, reason, judged.attempts);
        }
        match self.health.loss_within(NOTICE_TIMEOUT).await {
            Some(loss) => ended(judged.verdict, loss.reason, judged.attempts),
            None => judged,
        }
    }

    /// An interruption is looked into: only a service that answers before and
    /// after may be blamed for not answering in between.
    async fn look_into(&self, place: usize, seed: u64) -> Judged {
        let evidence = match self.attempt(place, seed).await {
            Attempt::Decided(verdict) => return judged(verdict, 1),
            Attempt::NoScope(reason) => return self.lost(reason, 1).await,
            Attempt::Stopped => return stopped(0),
            Attempt::Interrupted(evidence) => evidence,
        };
        if !self.answers().await {
            let reason = format!("the service stopped answering: {}", evidence.actual);
            let verdict = Verdict::because(Status::Error, reason).with_evidence(evidence);
            return Judged {
                service: Service::Lost,
                ..judged(verdict, 1)
            };
        }
        match self.attempt(place, seed).await {
            Attempt::Decided(verdict) if verdict.status == Status::Pass => {
                let reason = format!(
                    "the service did not answer once ({}), and the case passed when it was repeated",
                    evidence.actual
                );
                judged(
                    Verdict::because(Status::Error, reason).with_evidence(evidence),
                    2,
                )
            }
            Attempt::Decided(verdict) => judged(verdict, 2),
            Attempt::NoScope(reason) => self.lost(reason, 2).await,
            Attempt::Stopped => stopped(1),
            Attempt::Interrupted(again) => {
                if self.answers().await {
                    let reason = format!("{} twice, although the service answers", again.actual);
                    let verdict = Verdict::because(Status::Fail, reason).with_evidence(again);
                    Judged {
                        service: Service::Silent,
                        ..judged(verdict, 2)
                    }
                } else {
                    self.lost("the service stopped answering".into(), 2).await
                }
            }
        }
    }

    async fn lost(&self, reason: String, attempts: u32) -> Judged {
        let service = match self.answers().await {
            true => Service::Silent,
            false => Service::Lost,
        };
        let verdict = Verdict::because(Status::Error, reason).blamed_on(Blame::Environment);
        Judged {
            service,
            ..judged(verdict, attempts)
        }
    }

    /// Whether the service can open and close a scope.
    async fn answers(&self) -> bool {
        let probe = guarded("probe", "", PROBE_TIMEOUT, async {
            let scope = Scope {
                id: self.names.scope()?,
                names: vec!["probe".into()],
            };
            self.provider.open(&scope).await?;
            self.provider.close(&scope).await
        });
        probe.await.is_ok()
    }

    async fn attempt(&self, place: usize, seed: u64) -> Attempt {
        let actors = self.suite.cases()[place].actors.max(1);
        let most = u32::try_from(self.host.max_instances()).unwrap_or(u32::MAX);
        let room = self.room.acquire_many(actors.min(most)).await;
        // Nothing closes the semaphore; were it closed, the run would be over.
        if room.is_err() || self.stop.is_stopped() {
            return Attempt::Stopped;
        }
        let names = CaseNames::new(seed);
        let scope = match self.names.scope() {
            Ok(id) => Scope {
                id,
                names: [
                    &names.primary,
                    &names.secondary,
                    &names.restricted,
                    &names.denied,
                ]
                .into_iter()
                .chain(&names.also_granted)
                .cloned()
                .collect(),
            },
            Err(error) => return Attempt::NoScope(error.to_string()),
        };
        let open = self.provider.open(&scope);
        let opened = guarded("open", scope.id.as_str(), SCOPE_TIMEOUT, open).await;
        let attempt = match opened {
            Ok(namespace) => tokio::select! {
                attempt = self.with_scope(place, seed, &names, &scope, namespace) => attempt,
                () = self.stop.stopped() => Attempt::Stopped,
            },
            Err(error) => Attempt::NoScope(format!("a scope could not be opened: {error}")),
        };
        // Also after a failure, and also if opening failed half way.
        let close = self.provider.close(&scope);
        match guarded("close", scope.id.as_str(), SCOPE_TIMEOUT, close).await {
            Ok(()) => attempt,
            Err(error) => not_closed(attempt, &error.to_string()),
        }
    }

    async fn with_scope(
        &self,
        place: usize,
        seed: u64,
        names: &CaseNames,
        scope: &Scope,
        namespace: Arc<dyn Namespace>,
    ) -> Attempt {
        let case = &self.suite.cases()[place];
        let timeout = self.time_limit(case);
        let environment = self.environment(self.suite.home(place), names, timeout, seed);
        let environment = Arc::new(environment);
        let act = |role: Role| {
            // A platform is what one instance is bound to: a session of its own.
            let platform = self.platform(self.suite.home(place), names, scope, &namespace);
            let environment = Arc::clone(&environment);
            let (host, suite) = (Arc::clone(&self.host), Arc::clone(&self.suite));
            async move {
                let component = suite.home(place);
                let case = &suite.cases()[place].id;
                instance::run(
                    &host,
                    component,
                    platform,
                    case,
                    &role,
                    &environment,
                    timeout,
                )
                .await
            }
        };
        let outcome = match case.actors {
            0 => act(Role::Alone).await,
            actors => together(actors, act).await,
        };
        self.verdict(case, outcome).await
    }

    fn platform(
        &self,
        component: &Component,
        names: &CaseNames,
        scope: &Scope,
        namespace: &Arc<dyn Namespace>,
    ) -> Arc<dyn Platform> {
        let grant = |name: &str| Grant {
            capability: component.capability,
            name: name.to_owned(),
            target: name.to_owned(),
            scope: scope.id.clone(),
            namespace: Arc::clone(namespace),
            descriptor: Arc::clone(&self.descriptor),
        };
        let mut grants = vec![
            grant(&names.primary),
            grant(&names.secondary),
            Grant {
                name: names.alias.clone(),
                ..grant(&names.primary)
            },
            grant(&names.restricted).withhold(&self.extended),
            grant(&names.absent),
        ];
        grants.extend(names.also_granted.iter().map(|name| grant(name)));
        self.provider.platform(grants)
    }

    fn environment(
        &self,
        component: &Component,
        names: &CaseNames,
        time_limit: Duration,
        seed: u64,
    ) -> Environment {
        let description = Description::of(&self.descriptor, component.capability);
        Environment {
            primary: names.primary.clone(),
            secondary: names.secondary.clone(),
            alias: names.alias.clone(),
            restricted: names.restricted.clone(),
            also_granted: names.also_granted.clone(),
            absent: names.absent.clone(),
            denied: names.denied.clone(),
            unknown: names.unknown.clone(),
            features: description.features,
            limits: description.limits,
            visibility_bound: nanoseconds(description.visibility_bound),
            time_limit: nanoseconds(time_limit),
            // Of each instance its own.
            wall_clock: 0,
            seed,
        }
    }

    fn time_limit(&self, case: &Case) -> Duration {
        Duration::from_nanos(case.timeout_ns).mul_f64(self.timeout_scale)
    }

    fn time_limit_text(&self, case: &Case) -> String {
        format!("{:.1} s", self.time_limit(case).as_secs_f64())
    }

    async fn verdict(&self, case: &Case, outcome: Result<Vec<String>, Ending>) -> Attempt {
        Attempt::Decided(match outcome {
            Ok(notes) => Verdict::pass().with_notes(notes),
            Err(Ending::Failed {
                evidence,
                unsupported,
            }) => {
                let status = if unsupported && !case.requires.is_empty() {
                    Status::Overclaim
                } else {
                    Status::Fail
                };
                Verdict {
                    status,
                    evidence: Some(evidence),
                    ..Verdict::pass()
                }
            }
            Err(Ending::Interrupted(evidence)) => return Attempt::Interrupted(evidence),
            Err(Ending::TimedOut) if !self.answers().await => {
                return Attempt::NoScope(
                    "the case ran out of time, and the service does not answer".into(),
                );
            }
            Err(Ending::TimedOut) => Verdict::because(
                Status::Timeout,
                format!("not done after {}", self.time_limit_text(case)),
            ),
            Err(Ending::RanAway) => Verdict::because(
                Status::Error,
                format!(
                    "the guest computed until its time was over ({}), without a call of the provider",
                    self.time_limit_text(case)
                ),
            )
            .blamed_on(Blame::Harness),
            Err(Ending::Trapped(reason)) => {
                Verdict::because(Status::Error, reason).blamed_on(Blame::Harness)
            }
            Err(Ending::Host(error)) => {
                Verdict::because(Status::Error, error.to_string()).blamed_on(Blame::Harness)
            }
        })
    }
}

fn nanoseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_nanos()).unwrap_or(u64::MAX)
}

fn judged(verdict: Verdict, attempts: u32) -> Judged {
    let service = match verdict.status {
        Status::Timeout => Service::Silent,
        Status::NotRun => Service::Unasked,
        _ => Service::Answered,
    };
    Judged {
        verdict,
        attempts,
        service,
    }
}

/// What was seen of a case whose service ended.
fn ended(seen: Verdict, reason: String, attempts: u32) -> Judged {
    let verdict = Verdict {
        evidence: seen.evidence,
        ..Verdict::because(Status::Error, reason).blamed_on(Blame::Environment)
    };
    Judged {
        service: Service::Lost,
        ..judged(verdict, attempts)
    }
}

fn stopped(attempts: u32) -> Judged {
    let verdict = Verdict::because(Status::NotRun, "the run was stopped").blamed_on(Blame::User);
    judged(verdict, attempts)
}

/// A scope that stays behind is a fault of the run even if the case passed.
fn not_closed(attempt: Attempt, reason: &str) -> Attempt {
    match attempt {
        Attempt::Decided(verdict) if verdict.status == Status::Pass => {
            Attempt::NoScope(format!("its scope could not be closed: {reason}"))
        }
        other => other,
    }
}

/// The class of durability as reports have it.
pub(crate) fn durability(class: Durability) -> conformance_model::Durability {
    match class {
        Durability::Volatile => conformance_model::Durability::Volatile,
        Durability::Process => conformance_model::Durability::Process,
        Durability::Durable => conformance_model::Durability::Durable,
    }
}

/// What must stay refused on the restricted name: everything but the core.
pub(crate) fn extended(descriptor: &Descriptor, harness: &Harness) -> Vec<FeatureId> {
    descriptor
        .features
        .iter()
        .copied()
        .filter(|&id| !harness.is_core(id))
        .collect()
}
