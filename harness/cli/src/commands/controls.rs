//! `conformance selftest --controls`: real services that are known to be wrong.
//! The cases that their lists name must fail, and no others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use cloud_contract::{Settings, Target};
use conformance_model::{Event, ExitCode, Status};
use conformance_runner::{
    ExpectedFailures, Harness, LaunchOptions, Opened, RunOptions, Selection, Sink, Subject,
    open_provider, plan, run_provider,
};

use crate::{Failure, output, registry};

/// How often the cases run at most whose failure has to be met in a race.
const ROUNDS: u32 = 40;

/// Runs every control that can be stood up here.
pub(crate) async fn run(harness: &Harness, options: &RunOptions) -> Result<u8, Failure> {
    let controls: Vec<Target> = registry::targets()
        .filter(|target| target.flavour.is_some_and(|flavour| flavour.is_control))
        .collect();
    if controls.is_empty() {
        output::print("there is no control\n")?;
        return Ok(ExitCode::NothingRan.code());
    }
    let mut codes = BTreeSet::new();
    for target in controls {
        let known = ExpectedFailures::of_flavour(&target, harness.suite.cases())
            .map_err(Failure::harness)?;
        match examine(harness, &target, &known, options).await {
            Ok(findings) => {
                output::print(&findings.text(&target.id(), &known))?;
                codes.insert(findings.exit_code(&known).code());
            }
            Err(reason) => {
                output::print(&format!("{}: NOT RUN: {reason}\n", target.id()))?;
                codes.insert(ExitCode::Environment.code());
            }
        }
    }
    // What failed where it must not weighs more than what could not run.
    let worst = [ExitCode::NotConformant, ExitCode::Environment];
    let worst = worst.into_iter().find(|code| codes.contains(&code.code()));
    Ok(worst.unwrap_or(ExitCode::Conformant).code())
}

/// What the cases said of a control.
#[derive(Debug, Default)]
struct Findings {
    /// The cases that failed at least once.
    convicted: BTreeSet<String>,
    /// The cases whose verdict is none about the service, and that verdict.
    undecided: BTreeMap<String, String>,
}

impl Findings {
    /// The cases that should have failed and did not.
    fn missed<'a>(&self, known: &'a ExpectedFailures) -> Vec<&'a str> {
        let missed = |id: &&str| !self.convicted.contains(*id);
        let mut all: Vec<&str> = known.always().filter(missed).collect();
        // Which of the races is met is up to chance, not that one is.
        let mut races = known.sometimes().peekable();
        if races.peek().is_some() && races.all(|id| missed(&id)) {
            all.extend(known.sometimes());
        }
        all
    }

    /// The cases that failed and are not known to.
    fn unknown(&self, known: &ExpectedFailures) -> Vec<&str> {
        let ids: BTreeSet<&str> = known.ids().collect();
        let convicted = self.convicted.iter().map(String::as_str);
        convicted.filter(|id| !ids.contains(id)).collect()
    }

    fn exit_code(&self, known: &ExpectedFailures) -> ExitCode {
        if !self.missed(known).is_empty() || !self.unknown(known).is_empty() {
            ExitCode::NotConformant
        } else if self.undecided.is_empty() {
            ExitCode::Conformant
        } else {
            ExitCode::Environment
        }
    }

    fn text(&self, id: &str, known: &ExpectedFailures) -> String {
        let ids: BTreeSet<&str> = known.ids().collect();
        let caught = ids.iter().filter(|id| self.convicted.contains(**id));
        let mut out = format!(
            "{id}: {} of {} known faults found\n",
            caught.count(),
            ids.len()
        );
        let mut tell = |case: &str, what: &str| out.push_str(&format!("  {case}: {what}\n"));
        for case in self.missed(known) {
            tell(case, "should fail, and did not");
        }
        for case in self.unknown(known) {
            tell(case, "failed, and is not known to");
        }
        for (case, verdict) in &self.undecided {
            tell(case, verdict);
        }
        out
    }
}

/// Runs everything once, and what fails in a race until it does.
async fn examine(
    harness: &Harness,
    target: &Target,
    known: &ExpectedFailures,
    options: &RunOptions,
) -> Result<Findings, String> {
    let opened = open_provider(target, &Settings::default(), &LaunchOptions::default())
        .await
        .map_err(|error| error.to_string())?;
    let findings = Arc::new(Mutex::new(Findings::default()));
    let once = options.clone().on(target);
    try_out(harness, target, &opened, &once, &findings, |_| true).await;
    let racing: BTreeSet<&str> = known.sometimes().collect();
    let is_met = || {
        let findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
        racing.is_empty() || racing.iter().any(|id| findings.convicted.contains(*id))
    };
    for round in 0..ROUNDS {
        if is_met() {
            break;
        }
        let again = RunOptions {
            seed: once.seed.wrapping_add(u64::from(round) + 1),
            ..once.clone()
        };
        let chosen = |id: &str| racing.contains(id);
        try_out(harness, target, &opened, &again, &findings, chosen).await;
    }
    opened.close().await;
    let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
    Ok(std::mem::take(&mut *findings))
}

async fn try_out(
    harness: &Harness,
    target: &Target,
    opened: &Opened,
    options: &RunOptions,
    findings: &Arc<Mutex<Findings>>,
    chosen: impl Fn(&str) -> bool,
) {
    let cases = harness.suite.cases();
    let declared = opened.provider.descriptor().features.iter().copied();
    let mut plan = plan(cases, &declared.collect(), &Selection::default());
    plan.retain(|planned| chosen(&cases[planned.case].id));
    let findings = Arc::clone(findings);
    let sink: Sink = Arc::new(move |event| {
        let Event::CaseFinished { case, verdict, .. } = event else {
            return;
        };
        let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
        match verdict.status {
            Status::Pass | Status::Unsupported => {}
            Status::Fail | Status::Overclaim => {
                findings.convicted.insert(case);
            }
            other => {
                let reason = verdict.reason.unwrap_or_default();
                let text = format!("{}: {reason}", other.as_str());
                findings.undecided.insert(case, text);
            }
        }
    });
    let id = target.id();
    let subject = Subject {
        provider: &opened.provider,
        name: &id,
        mode: opened.mode,
        names: &opened.names,
        health: Some(&opened.health),
    };
    run_provider(harness, subject, &plan, options, &sink).await;
}
