//! The suite inside `cargo test`: one trial for each case, for a provider in
//! this repository or in any other.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use cloud_contract::{Factory, Settings, Target};
use conformance_model::{Event, Status, Verdict};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tokio::runtime::Runtime;

use crate::{
    Harness, Opened, Planned, RunOptions, Selection, SetupError, Sink, Subject,
    default_cache_directory, open_provider, plan, run_provider,
};

/// How [`test_main`] opens the provider.
#[derive(Debug, Clone)]
pub struct TrialOptions {
    /// Where compiled components are kept; none compiles them anew.
    pub cache_directory: Option<PathBuf>,
}

impl Default for TrialOptions {
    fn default() -> Self {
        Self {
            cache_directory: default_cache_directory(),
        }
    }
}

/// The `main` of a conformance test with `harness = false`: takes the arguments
/// of `cargo test` and runs every case on the provider.
///
/// A server program that is not installed makes one ignored trial, which names
/// it; any other failure to open the provider is a failed trial.
#[must_use]
pub fn test_main(factory: &'static Factory, options: &TrialOptions) -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = match Shared::open(factory, options) {
        Ok(shared) => shared.trials(),
        Err(Failure::Absent(reason)) => vec![Trial::ignorable_test(
            format!("conformance::{}", factory.name),
            move || Ok(Completion::ignored_with(&reason)),
        )],
        Err(Failure::Setup(reason)) => {
            vec![Trial::test(
                format!("conformance::{}", factory.name),
                move || Err(Failed::from(reason)),
            )]
        }
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

enum Failure {
    Absent(String),
    Setup(String),
}

struct Shared {
    // Fields are dropped in this order: the provider before its runtime.
    opened: Opened,
    harness: Harness,
    run: RunOptions,
    name: &'static str,
    runtime: Runtime,
}

impl Shared {
    fn open(factory: &'static Factory, options: &TrialOptions) -> Result<Arc<Self>, Failure> {
        let setup = |error: &dyn std::fmt::Display| Failure::Setup(error.to_string());
        let runtime = Runtime::new().map_err(|error| setup(&error))?;
        let harness = runtime
            .block_on(Harness::embedded(options.cache_directory.clone()))
            .map_err(|error| setup(&error))?;
        let opened = runtime
            .block_on(open_provider(&Target::usual(factory), &Settings::default()))
            .map_err(|error| match error {
                SetupError::ProgramMissing { .. } => Failure::Absent(error.to_string()),
                _ => setup(&error),
            })?;
        let run = RunOptions {
            seed: seed().map_err(Failure::Setup)?,
            jobs: 1,
            ..RunOptions::default()
        };
        Ok(Arc::new(Self {
            opened,
            harness,
            run,
            name: factory.name,
            runtime,
        }))
    }

    fn trials(self: Arc<Self>) -> Vec<Trial> {
        let descriptor = self.opened.provider.descriptor();
        let declared = descriptor.features.iter().copied().collect();
        plan(self.harness.suite.cases(), &declared, &Selection::default())
            .into_iter()
            .map(|planned| {
                let id = self.harness.suite.cases()[planned.case].id.clone();
                let shared = Arc::clone(&self);
                Trial::ignorable_test(id, move || shared.run(planned)).with_kind(self.name)
            })
            .collect()
    }

    fn run(&self, planned: Planned) -> Result<Completion, Failed> {
        let found = Arc::new(Mutex::new(None));
        let sink: Sink = {
            let found = Arc::clone(&found);
            Arc::new(move |event| {
                if let Event::CaseFinished { verdict, .. } = event {
                    *found.lock().unwrap_or_else(PoisonError::into_inner) = Some(verdict);
                }
            })
        };
        let subject = Subject {
            provider: &self.opened.provider,
            name: self.name,
            mode: self.opened.mode,
            names: &self.opened.names,
        };
        let case = &self.harness.suite.cases()[planned.case];
        let (id, level) = (&case.id, case.level);
        let plan = vec![planned];
        self.runtime.block_on(run_provider(
            &self.harness,
            subject,
            &plan,
            &self.run,
            &sink,
        ));
        let verdict = found.lock().unwrap_or_else(PoisonError::into_inner).take();
        match verdict {
            None => Err("the case gave no verdict".into()),
            Some(verdict) if verdict.status == Status::Pass => Ok(Completion::Completed),
            Some(verdict) if verdict.status == Status::Unsupported => {
                Ok(Completion::ignored_with(verdict.reason.unwrap_or_default()))
            }
            Some(verdict) if verdict.status.is_red_at(level) => {
                Err(self.explain(id, &verdict).into())
            }
            // What a SHOULD or MAY case saw: shown in one line, not red.
            Some(verdict) => {
                let word = level.word();
                let seen = verdict.evidence.map_or_else(String::new, |evidence| {
                    format!(": {}: {}", evidence.clause, evidence.message)
                });
                Ok(Completion::ignored_with(format!(
                    "a {word} that does not hold{seen}"
                )))
            }
        }
    }

    /// What a failed trial prints: as the reports of a run, and with the command
    /// that repeats it.
    fn explain(&self, id: &str, verdict: &Verdict) -> String {
        let mut text = verdict.status.as_str().to_owned();
        if let Some(reason) = &verdict.reason {
            text.push_str(&format!(": {reason}"));
        }
        if let Some(evidence) = &verdict.evidence {
            let sentence = self.harness.catalog.clause(&evidence.clause);
            let sentence = sentence.map_or("", |clause| clause.text.as_str());
            text.push_str(&format!(
                "\n  {}\n  clause    {} {sentence}\n  expected  {}\n  actual    {}\n  at        {}",
                evidence.message,
                evidence.clause,
                evidence.expected,
                evidence.actual,
                evidence.location
            ));
        }
        let seed = self.run.seed;
        text.push_str(&format!(
            "\n  again     {SEED}={seed} cargo test --test conformance -- --exact {id}"
        ));
        text
    }
}

/// The variable that repeats a run with the same random data.
const SEED: &str = "CONFORMANCE_SEED";

/// The seed from the environment, else another one each time.
fn seed() -> Result<u64, String> {
    match std::env::var(SEED) {
        Ok(text) if !text.is_empty() => text
            .parse()
            .map_err(|_| format!("{SEED} is not a number from 0 to {}", u64::MAX)),
        // Small enough to be copied by hand.
        _ => Ok(RandomState::new().build_hasher().finish() >> 34),
    }
}
