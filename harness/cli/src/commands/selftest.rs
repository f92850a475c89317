//! `conformance selftest`: every mutant must be killed, every case must kill.

use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use cloud_contract::{Factory, Settings, Target};
use conformance_model::{Event, ExitCode, SCHEMA_VERSION, Status};
use conformance_report::files;
use conformance_report::progress::Progress;
use conformance_runner::{
    Harness, KillTable, LaunchOptions, Mutant, MutantResult, Patterns, RunOptions, Selection, Sink,
    Subject, open_provider, plan, run_provider, selftest,
};

use crate::args::SelftestArgs;
use crate::interrupt::Signal;
use crate::session::unusable_folder;
use crate::{Failure, opening, output};

pub(crate) fn run(args: &SelftestArgs) -> Result<u8, Failure> {
    if args.controls {
        return opening::attended(async |interrupt| {
            let options = RunOptions {
                seed: args.seed.unwrap_or_default(),
                stop: interrupt.stop.clone(),
                ..RunOptions::default()
            };
            let harness = args.suite.harness().await?;
            let code = super::controls::run(&harness, &options, interrupt).await?;
            Ok(interrupt.signal().map_or(code, Signal::exit_code))
        });
    }
    let mutants = chosen(&args.mutant)?;
    let folder = args
        .report_dir
        .as_deref()
        .filter(|path| !path.as_os_str().is_empty());
    if let Some(folder) = folder {
        files::prepare(folder).map_err(|error| unusable_folder(&error))?;
    }
    let options = RunOptions {
        jobs: usize::from(args.jobs),
        seed: args.seed.unwrap_or_default(),
        ..RunOptions::default()
    };
    let tried = opening::abandoned_at_will(async || {
        let harness = args.suite.harness().await?;
        let unsound = unsound(&harness, provider_registry::MUTANT_BASE, &options).await?;
        let progress = Mutex::new(Progress::auto());
        lock(&progress).count_to(mutants.len() as u64);
        let show = |result: &MutantResult| {
            lock(&progress).step(&result.name, result.killed_by.is_empty());
        };
        let whole = args.mutant.is_empty();
        let table = selftest(&harness, &mutants, whole, &options, |_, result| {
            show(result);
        });
        let table = table.await;
        lock(&progress).finish();
        Ok((table, unsound))
    })?;
    let (table, unsound) = match tried {
        Ok(tried) => tried,
        Err(signal) => return Ok(signal.exit_code()),
    };
    let score = Score::new(table, unsound, args.mutant.is_empty());
    if let Some(folder) = folder {
        write(folder, "kill-table.md", &score.markdown())?;
        write(folder, "kill-table.json", &score.json()?)?;
    }
    output::print(&score.text())?;
    Ok(score.exit_code().code())
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn chosen(globs: &[String]) -> Result<Vec<Mutant>, Failure> {
    let patterns = Patterns::parse(globs).map_err(Failure::usage)?;
    let mutants: Vec<Mutant> = provider_registry::mutants()
        .iter()
        .filter(|mutant| patterns.is_empty() || patterns.matches(mutant.name))
        .map(|mutant| Mutant {
            name: mutant.name.to_owned(),
            summary: mutant.summary.to_owned(),
            clauses: mutant.clauses.iter().map(|&id| id.to_owned()).collect(),
            provider: mutant.connect(),
        })
        .collect();
    if mutants.is_empty() {
        let message = format!("no mutant matches {}", globs.join(", "));
        return Err(Failure::nothing_ran(message).help(
            "`*` stands for anything; the mutants are in the kill table of a full self-test",
        ));
    }
    Ok(mutants)
}

/// The cases that the sound provider does not pass: what they kill proves
/// nothing.
async fn unsound(
    harness: &Harness,
    base: &'static Factory,
    options: &RunOptions,
) -> Result<Vec<String>, Failure> {
    let opened = open_provider(
        &Target::usual(base),
        &Settings::default(),
        &LaunchOptions::default(),
    )
    .await
    .map_err(Failure::environment)?;
    let declared = opened.provider.descriptor().features.iter().copied();
    let plan = plan(
        harness.suite.cases(),
        &declared.collect(),
        &Selection::default(),
    );
    let found = Arc::new(Mutex::new(Vec::new()));
    let sink: Sink = {
        let found = Arc::clone(&found);
        Arc::new(move |event| {
            if let Event::CaseFinished { case, verdict, .. } = event
                && !matches!(verdict.status, Status::Pass | Status::Unsupported)
            {
                let text = format!("{case}: {}", verdict.status.as_str());
                lock(&found).push(text);
            }
        })
    };
    let subject = Subject {
        provider: &opened.provider,
        name: base.name,
        mode: opened.mode,
        names: &opened.names,
        health: None,
    };
    run_provider(harness, subject, &plan, options, &sink).await;
    opened.close().await;
    let mut unsound = std::mem::take(&mut *lock(&found));
    unsound.sort();
    Ok(unsound)
}

/// A kill table, judged.
struct Score {
    table: KillTable,
    /// What the sound provider does not pass.
    unsound: Vec<String>,
    /// Whether all mutants ran, so that a case can be called idle.
    whole: bool,
}

impl Score {
    fn new(table: KillTable, unsound: Vec<String>, whole: bool) -> Self {
        Self {
            table,
            unsound,
            whole,
        }
    }

    fn killed(&self) -> usize {
        self.table.mutants.len() - self.table.survivors().count()
    }

    fn idle(&self) -> &[String] {
        if self.whole {
            &self.table.idle_cases
        } else {
            &[]
        }
    }

    fn troubles(&self) -> Vec<String> {
        self.table
            .mutants
            .iter()
            .flat_map(|mutant| {
                let name = &mutant.name;
                mutant
                    .troubles
                    .iter()
                    .map(move |trouble| format!("{name}: {trouble}"))
            })
            .collect()
    }

    fn exit_code(&self) -> ExitCode {
        if self.table.survivors().next().is_some()
            || !self.idle().is_empty()
            || !self.unsound.is_empty()
        {
            ExitCode::NotConformant
        } else {
            ExitCode::Conformant
        }
    }

    fn summary(&self) -> String {
        let mutants = self.table.mutants.len();
        let mut text = format!("{} of {mutants} mutants killed", self.killed());
        if self.whole {
            let cases = self.table.cases;
            let busy = cases - self.table.idle_cases.len();
            text.push_str(&format!(", {busy} of {cases} cases kill at least one"));
        }
        if !self.unsound.is_empty() {
            let number = self.unsound.len();
            text.push_str(&format!(", {number} cases fail on the sound provider"));
        }
        text
    }

    fn text(&self) -> String {
        let mut out = String::new();
        let mut list = |head: &str, items: &[String]| {
            if !items.is_empty() {
                out.push_str(&format!("{head}\n"));
                for item in items {
                    out.push_str(&format!("  {item}\n"));
                }
                out.push('\n');
            }
        };
        let survivors: Vec<String> = self.table.survivors().map(tell).collect();
        list("mutants that no case killed:", &survivors);
        list("cases that kill no mutant:", self.idle());
        list(
            "cases that killed a mutant only with nothing beside them:",
            &self.table.met_alone,
        );
        list("cases that fail on the sound provider:", &self.unsound);
        list(
            "verdicts that say nothing about a mutant:",
            &self.troubles(),
        );
        out.push_str(&self.summary());
        out.push('\n');
        out
    }

    fn markdown(&self) -> String {
        let mut out = format!("# Kill table\n\n{}.\n\n", self.summary());
        out.push_str("| mutant | what is wrong | breaks | killed by | survived |\n");
        out.push_str("| --- | --- | --- | --- | --- |\n");
        for mutant in &self.table.mutants {
            let killed = match mutant.killed_by.as_slice() {
                [] => "**nothing**".to_owned(),
                cases => code(cases),
            };
            out.push_str(&format!(
                "| `{}` | {} | {} | {killed} | {} |\n",
                mutant.name,
                mutant.summary.replace('|', "\\|"),
                mutant.clauses.join(", "),
                code(&mutant.survived)
            ));
        }
        for (head, items) in [
            ("Cases that kill no mutant", self.idle()),
            (
                "Cases that killed a mutant only with nothing beside them",
                &self.table.met_alone,
            ),
            ("Cases that fail on the sound provider", &self.unsound),
            ("Verdicts that say nothing", &self.troubles()),
        ] {
            if !items.is_empty() {
                out.push_str(&format!("\n## {head}\n\n"));
                for item in items {
                    out.push_str(&format!("- {item}\n"));
                }
            }
        }
        out
    }

    fn json(&self) -> Result<String, Failure> {
        let mutants: Vec<_> = self
            .table
            .mutants
            .iter()
            .map(|mutant| {
                serde_json::json!({
                    "name": mutant.name,
                    "summary": mutant.summary,
                    "clauses": mutant.clauses,
                    "killed_by": mutant.killed_by,
                    "misattributed": mutant.misattributed,
                    "survived": mutant.survived,
                    "troubles": mutant.troubles,
                })
            })
            .collect();
        super::list::pretty(&serde_json::json!({
            "schema_version": SCHEMA_VERSION,
            "killed": self.killed(),
            "mutants": mutants,
            "cases": self.table.cases,
            "whole": self.whole,
            "idle_cases": self.idle(),
            "met_alone": self.table.met_alone,
            "unsound_cases": self.unsound,
            "exit_code": self.exit_code().code(),
        }))
    }
}

fn tell(mutant: &MutantResult) -> String {
    let mut tried = Vec::new();
    if !mutant.misattributed.is_empty() {
        let others = mutant.misattributed.join(", ");
        tried.push(format!("failed for another reason: {others}"));
    }
    if !mutant.survived.is_empty() {
        tried.push(format!("passed {}", mutant.survived.join(", ")));
    }
    if tried.is_empty() {
        tried.push("no case cites such a clause".to_owned());
    }
    format!(
        "{}: {} (breaks {}; {})",
        mutant.name,
        mutant.summary,
        mutant.clauses.join(", "),
        tried.join("; ")
    )
}

fn code(ids: &[String]) -> String {
    let ids: Vec<String> = ids.iter().map(|id| format!("`{id}`")).collect();
    ids.join(", ")
}

fn write(folder: &Path, name: &str, text: &str) -> Result<(), Failure> {
    let file = folder.join(name);
    std::fs::write(&file, text)
        .map_err(|error| Failure::harness(format!("{} cannot be written: {error}", file.display())))
}
