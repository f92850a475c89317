//! Shows that the suite bites: every mutant, which is wrong in one known way,
//! must be killed by a case whose clause names what is broken, and every case
//! must kill a mutant.
//!
//! Every other case of a broken clause runs on every mutant. A slow one runs only where
//! nothing else tells: on mutants that survived, and until it has killed one itself.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use cloud_contract::Provider;
use conformance_model::{Case, Event, Lane, Status};
use futures::stream::{self, StreamExt as _};

use crate::plan::{Action, Planned};
use crate::{Harness, Plan, RunNames, RunOptions, Sink, Subject, run_provider};

/// How often cases run again where nothing was met: what is wrong may show within
/// milliseconds only. It costs nothing where nothing is left to be met.
const MEETINGS: u32 = 50;
/// How often slow ones do: they wait long, and seldom for a moment.
const MEETINGS_OF_SLOW: u32 = 5;

/// How many mutants meet slow cases at a time, for each of the jobs: those only wait.
const WAITING: usize = 4;

/// A provider that is wrong on purpose.
#[derive(Debug, Clone)]
pub struct Mutant {
    /// Its name.
    pub name: String,
    /// What is wrong, in one line.
    pub summary: String,
    /// The clauses that it breaks.
    pub clauses: Vec<String>,
    /// It, open.
    pub provider: Arc<dyn Provider>,
}

/// What became of one mutant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MutantResult {
    /// Its name.
    pub name: String,
    /// What is wrong with it.
    pub summary: String,
    /// The clauses that it breaks.
    pub clauses: Vec<String>,
    /// The cases that failed, and blamed a clause that it breaks.
    pub killed_by: Vec<String>,
    /// The cases that failed, but blamed another clause or, being out of time,
    /// none; with that clause.
    pub misattributed: Vec<String>,
    /// The cases that cite such a clause, ran and did not fail.
    pub survived: Vec<String>,
    /// Verdicts that say nothing about the provider, with their reason.
    pub troubles: Vec<String>,
}

/// Mutants by cases.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KillTable {
    /// All mutants, in the order they were given.
    pub mutants: Vec<MutantResult>,
    /// The cases that kill no mutant.
    pub idle_cases: Vec<String>,
    /// The cases that killed a mutant only when they ran again with nothing beside
    /// them: before, they had not met the moment.
    pub met_alone: Vec<String>,
    /// How many cases there are.
    pub cases: usize,
}

impl MutantResult {
    fn of(mutant: &Mutant) -> Self {
        Self {
            name: mutant.name.clone(),
            summary: mutant.summary.clone(),
            clauses: mutant.clauses.clone(),
            killed_by: Vec::new(),
            misattributed: Vec::new(),
            survived: Vec::new(),
            troubles: Vec::new(),
        }
    }

    /// Adds what further cases said.
    fn add(&mut self, more: Self) {
        self.killed_by.extend(more.killed_by);
        self.misattributed.extend(more.misattributed);
        self.survived.extend(more.survived);
        self.troubles.extend(more.troubles);
    }
}

impl KillTable {
    /// Mutants that no case killed.
    pub fn survivors(&self) -> impl Iterator<Item = &MutantResult> {
        self.mutants
            .iter()
            .filter(|mutant| mutant.killed_by.is_empty())
    }

    /// Whether every mutant is killed and every case kills one.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.survivors().next().is_none() && self.idle_cases.is_empty()
    }
}

/// Runs, on every mutant, the cases that cite a clause it breaks; slow ones where they
/// are needed. Only of the `whole` of the mutants a case has to kill one.
pub async fn selftest(
    harness: &Harness,
    mutants: &[Mutant],
    whole: bool,
    options: &RunOptions,
    progress: impl Fn(usize, &MutantResult),
) -> KillTable {
    let runs = stream::iter(mutants)
        .enumerate()
        .map(async |(index, mutant)| {
            let result = run_cases(harness, mutant, options, |case| !slow(case)).await;
            (index, result)
        });
    // In no order: some wait for what never comes, and the others need not wait for them.
    let mut runs = runs.buffer_unordered(options.jobs.max(1));
    let mut results: Vec<_> = mutants.iter().map(MutantResult::of).collect();
    let mut count = 0;
    while let Some((index, result)) = runs.next().await {
        count += 1;
        progress(count, &result);
        results[index] = result;
    }
    drop(runs);
    take_time(harness, mutants, &mut results, options).await;
    let met_alone = meet_alone(harness, mutants, whole, &mut results, options).await;
    KillTable {
        idle_cases: idle(harness, &results).map(str::to_owned).collect(),
        met_alone,
        cases: harness.suite.cases().len(),
        mutants: results,
    }
}

/// Whether a case takes its time: it waits for what has to pass, or moves much.
fn slow(case: &Case) -> bool {
    case.lane == Lane::Slow
}

fn breaks(mutant: &Mutant, case: &Case) -> bool {
    let mut clauses = case.clauses.iter();
    clauses.any(|clause| mutant.clauses.contains(clause))
}

/// Runs slow cases: all that may kill a mutant which survived the others, and those
/// that killed nothing yet, on one mutant after the other until they have.
async fn take_time(
    harness: &Harness,
    mutants: &[Mutant],
    results: &mut [MutantResult],
    options: &RunOptions,
) {
    let at_a_time = options.jobs.max(1) * WAITING;
    let survivors = (0..mutants.len()).filter(|&index| results[index].killed_by.is_empty());
    let runs: Vec<_> = stream::iter(survivors.collect::<Vec<usize>>())
        .map(async |index| {
            let result = run_cases(harness, &mutants[index], options, slow).await;
            (index, result)
        })
        .buffer_unordered(at_a_time)
        .collect()
        .await;
    for (index, result) in runs {
        results[index].add(result);
    }
    let idle: BTreeSet<String> = idle(harness, results).map(str::to_owned).collect();
    let cases = harness.suite.cases().iter();
    let idle_slow = cases.filter(|case| slow(case) && idle.contains(&case.id));
    let runs: Vec<_> = stream::iter(idle_slow)
        .map(async |case| {
            let mut tried = Vec::new();
            for (index, mutant) in nearest(mutants, case) {
                // On survivors it ran.
                if results[index].killed_by.is_empty() {
                    continue;
                }
                let chosen = |other: &Case| other.id == case.id;
                let result = run_cases(harness, mutant, options, chosen).await;
                let killed = !result.killed_by.is_empty();
                tried.push((index, result));
                if killed {
                    break;
                }
            }
            tried
        })
        .buffer_unordered(at_a_time)
        .collect()
        .await;
    for (index, result) in runs.into_iter().flatten() {
        results[index].add(result);
    }
}

/// The mutants that break a clause of a case, those first that it is most about: a case
/// cites its main clause first, and a mutant is made for few.
fn nearest<'a>(mutants: &'a [Mutant], case: &Case) -> Vec<(usize, &'a Mutant)> {
    let distance = |mutant: &Mutant| {
        let mut clauses = case.clauses.iter();
        let place = clauses.position(|clause| mutant.clauses.contains(clause));
        place.map(|place| (place, mutant.clauses.len()))
    };
    let mut near: Vec<_> = mutants.iter().enumerate().collect();
    near.retain(|(_, mutant)| distance(mutant).is_some());
    near.sort_by_key(|(_, mutant)| distance(mutant));
    near
}

/// The cases that killed nothing.
fn idle<'a>(
    harness: &'a Harness,
    results: &[MutantResult],
) -> impl Iterator<Item = &'a str> + use<'a> {
    let killers: BTreeSet<String> = results
        .iter()
        .flat_map(|result| result.killed_by.iter().cloned())
        .collect();
    let cases = harness.suite.cases().iter().map(|case| case.id.as_str());
    cases.filter(move |id| !killers.contains(*id))
}

/// Runs cases again, one at a time, for the mutants that survived and, of the whole of
/// the mutants, for the cases that killed nothing. Beside other work actors may run one
/// after the other, and a single one may miss its moment; then nothing is met. Returns
/// those that killed a mutant now.
async fn meet_alone(
    harness: &Harness,
    mutants: &[Mutant],
    whole: bool,
    results: &mut [MutantResult],
    options: &RunOptions,
) -> Vec<String> {
    let alone = RunOptions {
        jobs: 1,
        ..options.clone()
    };
    let mut met = BTreeSet::new();
    let mut add = |result: &mut MutantResult, again: MutantResult| {
        for case in again.killed_by {
            result.survived.retain(|id| *id != case);
            result.killed_by.push(case.clone());
            met.insert(case);
        }
    };
    for round in 0..MEETINGS {
        let is_due = |case: &Case| round < MEETINGS_OF_SLOW || !slow(case);
        for (mutant, result) in mutants.iter().zip(results.iter_mut()) {
            if result.killed_by.is_empty() {
                let again = run_cases(harness, mutant, &alone, is_due).await;
                add(result, again);
            }
        }
        let idle: BTreeSet<String> = idle(harness, results)
            .filter(|_| whole)
            .map(str::to_owned)
            .collect();
        let cases = harness.suite.cases().iter();
        for case in cases.filter(|case| is_due(case) && idle.contains(&case.id)) {
            for (index, mutant) in nearest(mutants, case) {
                let chosen = |other: &Case| other.id == case.id;
                let again = run_cases(harness, mutant, &alone, chosen).await;
                let killed = !again.killed_by.is_empty();
                add(&mut results[index], again);
                if killed {
                    break;
                }
            }
        }
    }
    met.into_iter().collect()
}

/// Runs, on one mutant, those `chosen` of the cases that cite a clause it breaks.
async fn run_cases(
    harness: &Harness,
    mutant: &Mutant,
    options: &RunOptions,
    chosen: impl Fn(&Case) -> bool,
) -> MutantResult {
    let mut result = MutantResult::of(mutant);
    let plan: Plan = harness
        .suite
        .cases()
        .iter()
        .enumerate()
        .filter(|(_, case)| breaks(mutant, case) && chosen(case))
        .map(|(case, _)| Planned {
            case,
            action: Action::Run,
        })
        .collect();
    if plan.is_empty() {
        return result;
    }
    let verdicts = Arc::new(Mutex::new(BTreeMap::new()));
    let sink: Sink = {
        let verdicts = Arc::clone(&verdicts);
        Arc::new(move |event| {
            if let Event::CaseFinished { case, verdict, .. } = event {
                verdicts
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(case, verdict);
            }
        })
    };
    let names = RunNames::new();
    let subject = Subject {
        provider: &mutant.provider,
        name: &mutant.name,
        names: &names,
        mode: "mutant",
        health: None,
    };
    run_provider(harness, subject, &plan, options, &sink).await;
    let verdicts = std::mem::take(&mut *verdicts.lock().unwrap_or_else(PoisonError::into_inner));
    for (case, verdict) in verdicts {
        match verdict.status {
            Status::Fail | Status::Overclaim | Status::Timeout => {
                let blamed = verdict.evidence.map(|evidence| evidence.clause);
                match blamed {
                    Some(clause) if mutant.clauses.contains(&clause) => result.killed_by.push(case),
                    Some(clause) => result.misattributed.push(format!("{case}: {clause}")),
                    None => result.misattributed.push(format!("{case}: out of time")),
                }
            }
            Status::Pass | Status::Unsupported => result.survived.push(case),
            other => {
                let reason = verdict.reason.unwrap_or_default();
                result
                    .troubles
                    .push(format!("{case}: {}: {reason}", other.as_str()));
            }
        }
    }
    result
}
