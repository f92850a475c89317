//! `conformance selftest --controls`: real services that are known to be wrong.
//! The cases that their lists name must fail, and no others. What shows in a race may
//! fail: which races are met is up to chance. Of the slow lane only those run that a list
//! names: the others wait and move much, and convict nobody.
//!
//! Such services drop answers when a machine is busy. What would count against the run is
//! therefore looked at once more, alone, and counts if it is so again.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use cloud_contract::{Settings, Target};
use conformance_model::{Event, Evidence, ExitCode, Lane, Status, Verdict};
use conformance_runner::{
    ExpectedFailures, Harness, LaunchOptions, Opened, Plan, RunOptions, Selection, Sink, Subject,
    plan, run_provider,
};

use crate::interrupt::Interrupt;
use crate::redact::Redaction;
use crate::{Failure, opening, output, registry};

/// Runs every control that can be stood up here.
pub(crate) async fn run(
    harness: &Harness,
    options: &RunOptions,
    interrupt: &Interrupt,
) -> Result<u8, Failure> {
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
        match examine(harness, &target, &known, options, interrupt).await {
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
    /// The cases that came to an end.
    ended: BTreeSet<String>,
    /// The cases that failed at least once, and what the first failure saw.
    convicted: BTreeMap<String, String>,
    /// The cases that did not come to an end, and why.
    not_run: BTreeMap<String, String>,
    /// The cases whose verdict is none about the service, and that verdict.
    undecided: BTreeMap<String, String>,
    /// What cases said once, and did not say again.
    once: BTreeMap<String, String>,
}

impl Findings {
    fn never_began<'a>(&mut self, cases: impl Iterator<Item = &'a String>, reason: &str) {
        for case in cases.filter(|&id| !self.ended.contains(id)) {
            self.not_run.insert(case.clone(), reason.to_owned());
        }
    }

    /// The cases that should have failed and did not.
    fn missed<'a>(&self, known: &'a ExpectedFailures) -> Vec<&'a str> {
        let missed =
            |id: &&str| !self.convicted.contains_key(*id) && !self.not_run.contains_key(*id);
        known.always().filter(missed).collect()
    }

    /// The cases that failed and are not known to, and what they saw.
    fn unknown(&self, known: &ExpectedFailures) -> Vec<(&str, &str)> {
        let ids: BTreeSet<&str> = known.ids().collect();
        let convicted = self.convicted.iter().map(|(id, seen)| (&**id, &**seen));
        convicted.filter(|(id, _)| !ids.contains(id)).collect()
    }

    /// The cases whose verdicts count against the run.
    fn doubtful(&self, known: &ExpectedFailures) -> BTreeSet<String> {
        let unknown = self.unknown(known).into_iter().map(|(id, _)| id.to_owned());
        unknown.chain(self.undecided.keys().cloned()).collect()
    }

    /// Takes in what doubtful cases said when they ran again: what is not so again is
    /// told, and does not count.
    fn settle(&mut self, again: &Self) {
        for (before, now) in [
            (&mut self.convicted, &again.convicted),
            (&mut self.undecided, &again.undecided),
        ] {
            for case in &again.ended {
                if let Some(said) = now.get(case) {
                    before.entry(case.clone()).or_insert_with(|| said.clone());
                } else if let Some(said) = before.remove(case) {
                    self.once.insert(case.clone(), said);
                }
            }
        }
    }

    fn exit_code(&self, known: &ExpectedFailures) -> ExitCode {
        if !self.missed(known).is_empty() || !self.unknown(known).is_empty() {
            ExitCode::NotConformant
        } else if self.undecided.is_empty() && self.not_run.is_empty() {
            ExitCode::Conformant
        } else {
            ExitCode::Environment
        }
    }

    fn text(&self, id: &str, known: &ExpectedFailures) -> String {
        let caught = |case: &&str| self.convicted.contains_key(*case);
        let mut out = format!(
            "{id}: {} of {} known faults found, and {} of {} that show in some runs\n",
            known.always().filter(caught).count(),
            known.always().count(),
            known.sometimes().filter(caught).count(),
            known.sometimes().count(),
        );
        let mut tell = |case: &str, what: &str| out.push_str(&format!("  {case}: {what}\n"));
        for case in self.missed(known) {
            tell(case, "should fail, and did not");
        }
        for (case, seen) in self.unknown(known) {
            tell(case, &format!("failed, and is not known to: {seen}"));
        }
        for (case, verdict) in &self.undecided {
            tell(case, verdict);
        }
        for (case, said) in &self.once {
            tell(
                case,
                &format!("once, and not again when it ran alone: {said}"),
            );
        }
        let reasons: BTreeSet<&String> = self.not_run.values().collect();
        for reason in reasons {
            let same = self.not_run.iter().filter(|(_, other)| *other == reason);
            let known_faults = same
                .clone()
                .filter(|(case, _)| known.always().any(|id| id == case.as_str()))
                .count();
            out.push_str(&format!(
                "  {} cases did not run, with {known_faults} of the known faults: {reason}\n",
                same.count()
            ));
        }
        out
    }
}

/// Runs every case once that is not slow for nothing, as far as the control can bear it;
/// and once more, alone, what would count against the run.
async fn examine(
    harness: &Harness,
    target: &Target,
    known: &ExpectedFailures,
    options: &RunOptions,
    interrupt: &Interrupt,
) -> Result<Findings, String> {
    let (settings, launch) = (Settings::default(), LaunchOptions::default());
    let opened = match opening::open(target, &settings, &launch, interrupt).await {
        Some(opened) => opened.map_err(|error| error.to_string())?,
        None => return Err("interrupted".to_owned()),
    };
    let options = RunOptions {
        expected: known.clone(),
        ..options.clone().on(target)
    };
    let cases = harness.suite.cases();
    let mut plan = chosen(harness, target, &opened, known);
    let mut findings = try_out(harness, target, &opened, &plan, &options).await;
    let doubtful = findings.doubtful(known);
    plan.retain(|planned| doubtful.contains(&cases[planned.case].id));
    if !plan.is_empty() {
        let alone = RunOptions { jobs: 1, ..options };
        findings.settle(&try_out(harness, target, &opened, &plan, &alone).await);
    }
    opened.close().await;
    // Nothing is told of a case that did not begin.
    if let Some(signal) = interrupt.signal() {
        findings.never_began(cases.iter().map(|case| &case.id), signal.words());
    }
    Ok(findings)
}

fn chosen(harness: &Harness, target: &Target, opened: &Opened, known: &ExpectedFailures) -> Plan {
    let cases = harness.suite.cases();
    let declared = opened.provider.descriptor().features.iter().copied();
    let mut plan = plan(cases, &declared.collect(), &Selection::default());
    let listed: BTreeSet<&str> = known.ids().collect();
    let tried = target
        .flavour
        .map_or(&[][..], |flavour| flavour.control_cases);
    plan.retain(|planned| {
        let case = &cases[planned.case];
        let is_tried = tried.is_empty() || tried.iter().any(|start| case.id.starts_with(start));
        listed.contains(case.id.as_str()) || (case.lane != Lane::Slow && is_tried)
    });
    plan
}

async fn try_out(
    harness: &Harness,
    target: &Target,
    opened: &Opened,
    plan: &Plan,
    options: &RunOptions,
) -> Findings {
    let findings = Arc::new(Mutex::new(Findings::default()));
    let found = Arc::clone(&findings);
    let sink: Sink = Arc::new(move |event| {
        let Event::CaseFinished { case, verdict, .. } = event else {
            return;
        };
        let mut findings = found.lock().unwrap_or_else(PoisonError::into_inner);
        if verdict.status != Status::NotRun {
            findings.ended.insert(case.clone());
        }
        match verdict.status {
            // One that should have failed and passed is known by its absence.
            Status::Pass | Status::Unsupported | Status::Xpass => {}
            Status::Fail | Status::Overclaim | Status::Xfail => {
                let seen = seen(&verdict);
                findings.convicted.entry(case).or_insert(seen);
            }
            Status::NotRun => {
                let reason = verdict.reason.unwrap_or_default();
                findings.not_run.insert(case, reason);
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
    run_provider(harness, subject, plan, options, &sink).await;
    let mut findings = findings.lock().unwrap_or_else(PoisonError::into_inner);
    std::mem::take(&mut *findings)
}

/// What a case that failed saw, in a line.
fn seen(verdict: &Verdict) -> String {
    let text = match &verdict.evidence {
        Some(Evidence {
            clause,
            message,
            expected,
            actual,
            location,
        }) => {
            format!("{clause}: {message}: expected {expected:.200}, got {actual:.200} ({location})")
        }
        None => verdict.reason.clone().unwrap_or_default(),
    };
    Redaction::new(&Settings::default()).text(&text)
}

#[cfg(test)]
mod tests {
    use conformance_model::{Case, CaseStatus, Level};

    use super::*;

    fn case(id: &str) -> Case {
        Case {
            id: id.to_owned(),
            title: String::new(),
            capability: "keyvalue".to_owned(),
            level: Level::Must,
            clauses: Vec::new(),
            requires: Vec::new(),
            refuses: None,
            lane: Lane::Fast,
            actors: 0,
            timeout_ns: 1,
            source: String::new(),
            component: String::new(),
            digest: String::new(),
            status: CaseStatus::Stable,
        }
    }

    fn known(ids: &[String]) -> ExpectedFailures {
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("known.txt");
        let text = "kv.a # wrong\nkv.b # wrong\nkv.c ? # in a race\n";
        std::fs::write(&list, text).unwrap();
        let cases: Vec<Case> = ids.iter().map(|id| case(id)).collect();
        ExpectedFailures::read(&list, &cases).unwrap()
    }

    #[test]
    fn what_did_not_run_is_not_said_to_have_passed() {
        let ids = ["kv.a", "kv.b", "kv.c", "kv.d"].map(str::to_owned);
        let known = known(&ids);
        let mut findings = Findings::default();
        findings.ended.insert("kv.a".to_owned());
        findings.convicted.insert("kv.a".to_owned(), String::new());
        findings.never_began(ids.iter(), "interrupted");
        let text = findings.text("x/y", &known);
        assert!(!text.contains("did not\n"), "{text}");
        assert!(
            text.contains("3 cases did not run, with 1 of the known faults: interrupted"),
            "{text}"
        );
        assert_eq!(findings.exit_code(&known), ExitCode::Environment);
        // One that ran and passed is.
        findings.ended.extend(ids);
        findings.not_run.clear();
        let text = findings.text("x/y", &known);
        assert!(text.contains("kv.b: should fail, and did not"), "{text}");
        assert_eq!(findings.exit_code(&known), ExitCode::NotConformant);
    }

    #[test]
    fn what_is_not_so_again_is_told_and_does_not_count() {
        let known = known(&["kv.a", "kv.b", "kv.c", "kv.d"].map(str::to_owned));
        let said = |cases: &[&str]| -> BTreeMap<String, String> {
            let said = cases.iter().map(|case| (*case).to_owned());
            said.map(|case| (case, "it saw".to_owned())).collect()
        };
        let first = || Findings {
            convicted: said(&["kv.a", "kv.d"]),
            undecided: said(&["kv.b", "kv.c"]),
            ..Findings::default()
        };
        let doubtful = first().doubtful(&known);
        assert!(doubtful.iter().eq(["kv.b", "kv.c", "kv.d"]));
        // The one that should fail does, and the others pass.
        let mut findings = first();
        findings.settle(&Findings {
            ended: doubtful.clone(),
            convicted: said(&["kv.b"]),
            ..Findings::default()
        });
        assert_eq!(findings.exit_code(&known), ExitCode::Conformant);
        let text = findings.text("x/y", &known);
        for case in &doubtful {
            let told = format!("{case}: once, and not again when it ran alone: it saw\n");
            assert!(text.contains(&told), "{text}");
        }
        // What is so again counts, and so does what did not run again.
        for ended in [doubtful, BTreeSet::new()] {
            let again = Findings { ended, ..first() };
            let mut findings = first();
            findings.settle(&again);
            assert_eq!(findings.doubtful(&known).len(), 3);
            assert_eq!(findings.exit_code(&known), ExitCode::NotConformant);
        }
    }

    #[test]
    fn what_is_not_known_says_what_it_saw() {
        let known = known(&["kv.a", "kv.b", "kv.c", "kv.d"].map(str::to_owned));
        let verdict = Verdict {
            status: Status::Fail,
            evidence: Some(Evidence {
                clause: "KV-GET-1".to_owned(),
                message: "get after set".to_owned(),
                expected: "3".to_owned(),
                actual: "4".repeat(1_000),
                location: "get.rs:9".to_owned(),
            }),
            ..Verdict::pass()
        };
        let mut findings = Findings::default();
        findings.convicted.insert("kv.d".to_owned(), seen(&verdict));
        let text = findings.text("x/y", &known);
        let said = "kv.d: failed, and is not known to: \
                    KV-GET-1: get after set: expected 3, got 444";
        assert!(text.contains(said), "{text}");
        assert!(text.ends_with("4 (get.rs:9)\n"), "{text}");
        assert!(text.len() < 1_000, "{text}");
    }
}
