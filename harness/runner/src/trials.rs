//! The suite inside `cargo test`: one trial for each case, for a provider in
//! this repository or in any other.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use cloud_contract::{Factory, Settings, Target};
use conformance_model::{Event, Status, Verdict};
use libtest_mimic::{Arguments, Completion, Failed, Trial};
use tokio::runtime::Runtime;

use crate::{
    ExpectedFailures, Harness, Images, LaunchOptions, Opened, Planned, RunOptions, Selection,
    SetupError, Sink, Subject, default_cache_directory, leftovers, may_cost, open_provider, plan,
    remove_own_containers, run_provider,
};

/// How [`test_main`] opens the provider. The default takes what the environment
/// says, in the variables that the command line has: `CONFORMANCE_ENDPOINT`,
/// `CONFORMANCE_DATA_DIR`, `CONFORMANCE_SET`, `CONFORMANCE_LAUNCH`,
/// `CONFORMANCE_IMAGE`, `CONFORMANCE_IMAGE_REGISTRY`, `CONFORMANCE_EXPECTED_FAILURES`
/// and, for the flavour, `CONFORMANCE_PROVIDER`.
#[derive(Debug, Clone)]
pub struct TrialOptions {
    /// Where compiled components are kept; none compiles them anew.
    pub cache_directory: Option<PathBuf>,
    /// Which product, by its name: `valkey`; none is the usual one.
    pub flavour: Option<String>,
    /// An endpoint that runs already, a folder, and the options of the provider.
    pub settings: Settings,
    /// How its service is stood up.
    pub launch: LaunchOptions,
    /// A file with cases that are known to fail, beside the flavour's own.
    pub expected_failures: Option<PathBuf>,
    /// What is wrong with the environment; told by [`test_main`].
    pub problem: Option<String>,
}

impl Default for TrialOptions {
    fn default() -> Self {
        let (launch, problem) = match launch_from_environment() {
            Ok(launch) => (launch, None),
            Err(problem) => (LaunchOptions::default(), Some(problem)),
        };
        Self {
            cache_directory: default_cache_directory(),
            flavour: variable("CONFORMANCE_PROVIDER"),
            settings: Settings {
                endpoint: variable("CONFORMANCE_ENDPOINT"),
                directory: variable("CONFORMANCE_DATA_DIR").map(PathBuf::from),
                options: options(&variable("CONFORMANCE_SET").unwrap_or_default()),
            },
            launch,
            expected_failures: variable("CONFORMANCE_EXPECTED_FAILURES").map(PathBuf::from),
            problem,
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().filter(|text| !text.is_empty())
}

/// `KEY=VALUE` on each line. What is no pair is an option that no provider knows.
fn options(lines: &str) -> BTreeMap<String, String> {
    lines
        .lines()
        .filter(|line| !line.is_empty())
        .map(|line| line.split_once('=').unwrap_or((line, "")))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn launch_from_environment() -> Result<LaunchOptions, String> {
    let launch = variable("CONFORMANCE_LAUNCH").unwrap_or_else(|| "auto".to_owned());
    let images = variable("CONFORMANCE_IMAGE").unwrap_or_default();
    let registry = variable("CONFORMANCE_IMAGE_REGISTRY");
    let words = images.lines().filter(|line| !line.is_empty());
    Ok(LaunchOptions {
        launch: launch
            .parse()
            .map_err(|problem| format!("CONFORMANCE_LAUNCH: {problem}"))?,
        images: Images::parse(words, registry.as_deref())
            .map_err(|problem| format!("CONFORMANCE_IMAGE: {problem}"))?,
        images_are_offers: true,
        tell: None,
    })
}

/// The `main` of a conformance test with `harness = false`: takes the arguments
/// of `cargo test` and runs every case on the provider.
///
/// Where no way to stand the service up works, that is one ignored trial, which
/// says what is missing; any other failure to open the provider is a failed trial.
#[must_use]
pub fn test_main(factory: &'static Factory, options: &TrialOptions) -> ExitCode {
    let arguments = Arguments::from_args();
    let name = format!("conformance::{}", factory.name);
    let shared = match Shared::open(factory, options) {
        Ok(shared) => shared,
        Err(failure) => {
            let trial = match failure {
                Failure::Absent(reason) => {
                    Trial::ignorable_test(name, move || Ok(Completion::ignored_with(&reason)))
                }
                Failure::Setup(reason) => Trial::test(name, move || Err(Failed::from(reason))),
            };
            // Whatever cases were asked for: none of them ran, and that is not green.
            let arguments = Arguments {
                filter: None,
                exact: false,
                skip: Vec::new(),
                ..arguments
            };
            return libtest_mimic::run(&arguments, vec![trial]).exit_code();
        }
    };
    // Cases wait for a service far more than they compute: without a word from the
    // command line, as many run at a time as the product bears.
    let arguments = Arguments {
        test_threads: arguments.test_threads.or(Some(shared.jobs)),
        ..arguments
    };
    let trials = Arc::clone(&shared).trials();
    let code = libtest_mimic::run(&arguments, trials).exit_code();
    // Every trial has ended and was dropped.
    if let Some(shared) = Arc::into_inner(shared) {
        shared.close();
    }
    code
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
    /// How many cases the product bears at a time.
    jobs: usize,
    name: String,
    runtime: Runtime,
}

impl Shared {
    fn open(factory: &'static Factory, options: &TrialOptions) -> Result<Arc<Self>, Failure> {
        let setup = |error: &dyn std::fmt::Display| Failure::Setup(error.to_string());
        let runtime = Runtime::new().map_err(|error| setup(&error))?;
        let harness = runtime
            .block_on(Harness::embedded(options.cache_directory.clone()))
            .map_err(|error| setup(&error))?;
        if let Some(problem) = &options.problem {
            return Err(setup(problem));
        }
        let target = target(factory, options.flavour.as_deref()).map_err(Failure::Setup)?;
        let cases = harness.suite.cases();
        let mut expected = ExpectedFailures::of_flavour(&target, cases).map_err(|e| setup(&e))?;
        if let Some(file) = &options.expected_failures {
            let listed = ExpectedFailures::read(file, cases).map_err(|e| setup(&e))?;
            expected = expected.and(listed);
        }
        let agreed = variable("CONFORMANCE_YES").is_some_and(|word| word != "0" && word != "false");
        if may_cost(&target, &options.settings) && !agreed {
            return Err(setup(
                &"this may cost money: set CONFORMANCE_YES=1, or name what runs on this machine",
            ));
        }
        let opened = open_provider(&target, &options.settings, &options.launch);
        let opened = runtime.block_on(opened).map_err(|error| match error {
            SetupError::NoWay { .. } => Failure::Absent(error.to_string()),
            _ => setup(&error),
        })?;
        let run = RunOptions {
            seed: seed().map_err(Failure::Setup)?,
            expected,
            ..RunOptions::default().on(&target)
        };
        let jobs = run.jobs;
        // Each trial is a run of its own, of one case.
        let run = RunOptions { jobs: 1, ..run };
        Ok(Arc::new(Self {
            opened,
            harness,
            run,
            jobs,
            name: target.id(),
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
                Trial::ignorable_test(id, move || shared.run(planned)).with_kind(self.name.clone())
            })
            .collect()
    }

    /// Stops what was started, and removes what stayed behind.
    fn close(self) {
        let Self {
            opened, runtime, ..
        } = self;
        runtime.block_on(async {
            if let Some(text) = leftovers(&opened.close().await) {
                eprintln!("{text}");
            }
            remove_own_containers().await;
        });
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
            name: &self.name,
            mode: self.opened.mode,
            names: &self.opened.names,
            health: Some(&self.opened.health),
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
            Some(verdict) if matches!(verdict.status, Status::Unsupported | Status::Xfail) => {
                let reason = verdict.reason.unwrap_or_default();
                let status = verdict.status.as_str();
                Ok(Completion::ignored_with(format!("{status}: {reason}")))
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
            "\n  again     {SEED}={seed} cargo test{} --test conformance -- --exact {id}",
            package()
        ));
        text
    }
}

/// The product that was asked for.
fn target(factory: &'static Factory, flavour: Option<&str>) -> Result<Target, String> {
    let Some(name) = flavour else {
        return Ok(Target::usual(factory));
    };
    let named = |target: &Target| {
        target.id() == name || target.flavour.is_some_and(|flavour| flavour.name == name)
    };
    Target::of(factory)
        .find(named)
        .ok_or_else(|| format!("{} has no flavour `{name}`", factory.name))
}

/// The option that chooses the package whose test this is: at the root of a workspace
/// Cargo looks for tests in its first package alone. Nothing where Cargo runs no tests.
fn package() -> String {
    let name = std::env::var("CARGO_PKG_NAME");
    name.map_or_else(|_| String::new(), |name| format!(" -p {name}"))
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
