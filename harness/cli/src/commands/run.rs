//! `conformance run`, and a bare `conformance`: the cases on one or more
//! providers, one after the other, and the reports.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use cloud_contract::{ErrorKind, Settings, Target};
use conformance_model::{Case, Event, ExitCode, RunInfo, RunReport};
use conformance_report::{files, json, junit, markdown, tty};
use conformance_runner::{
    ExpectedFailures, ExpectedFailuresError, Harness, Health, Image, Launch, LaunchOptions, Opened,
    RunOptions, Selection, SetupError, Sink, Subject, find_program, leftovers, plan, run_provider,
};

use crate::args::{RunArgs, RunFormat};
use crate::interrupt::{Interrupt, Signal};
use crate::redact::{FILE, FOLDER, Redaction};
use crate::selection::{idle_patterns, nothing_selected, recorded};
use crate::session::{Ending, Session, Targets, unusable_folder};
use crate::spending::{Budget, Intent, Permit};
use crate::{Failure, opening, output, setup};

/// Runs, reports, and says what the process should end with.
pub(crate) fn run(args: &RunArgs) -> Result<u8, Failure> {
    let capabilities = args.selection.capabilities();
    let targets = setup::providers_of(&args.providers, &capabilities)?;
    if targets.is_empty() {
        return Err(Failure::usage("no provider is named").help(format!(
            "try `conformance --provider {}`; the providers are {}, and `conformance --help` shows \
             what else can be done",
            crate::registry::factories()
                .first()
                .map_or("NAME", |factory| factory.name),
            setup::known()
        )));
    }
    let settings = setup::settings(&targets, &args.settings)?;
    let launch = setup::launch(&targets, &args.settings)?;
    let redaction = Redaction::new(&settings)
        .and_place(args.suite.components.as_deref(), FOLDER)
        .and_place(args.suite.cache_dir.as_deref(), FOLDER)
        .and_place(args.report_dir.as_deref(), FOLDER)
        .and_place(args.expected_failures.as_deref(), FILE)
        .remembered();
    let job = Job {
        args,
        redaction,
        selection: args.selection.resolve()?,
        targets,
        settings,
        launch,
        seed: args.seed.unwrap_or_else(random_seed),
    };
    // A run whose report is lost is lost: this is seen to before it.
    if let Some(folder) = job.report_dir() {
        files::prepare(folder).map_err(|error| unusable_folder(&error))?;
    }
    opening::attended(async |interrupt| job.carry_out(interrupt).await)
}

/// Everything that was asked for.
struct Job<'a> {
    args: &'a RunArgs,
    targets: Vec<Target>,
    settings: Settings,
    launch: LaunchOptions,
    redaction: Redaction,
    selection: Selection,
    seed: u64,
}

impl Job<'_> {
    async fn carry_out(&self, interrupt: &Interrupt) -> Result<u8, Failure> {
        let harness = self.args.suite.harness().await?;
        let cases = harness.suite.cases();
        let selected: Vec<String> = cases
            .iter()
            .filter(|case| self.selection.includes(case))
            .map(|case| case.id.clone())
            .collect();
        if selected.is_empty() {
            return Err(nothing_selected(
                &self.args.selection,
                &self.selection,
                cases,
            ));
        }
        let intent = Intent {
            targets: &self.targets,
            settings: &self.settings,
            selection: &self.selection,
            repeat: self.args.repeat,
        };
        match self
            .args
            .spending
            .permit(&harness, &intent, interrupt)
            .await?
        {
            Permit::Granted => {}
            Permit::Told => return Ok(ExitCode::Conformant.code()),
            Permit::Interrupted => {
                let signal = interrupt.signal().unwrap_or(Signal::Interrupt);
                return Ok(signal.exit_code());
            }
        }
        let known = self.known(cases)?;
        let budget = Budget::new(self.args.spending.max_requests, interrupt.stop.clone());
        let run = RunOptions {
            seed: self.seed,
            repeat: self.args.repeat,
            fail_fast: self.args.fail_fast,
            expected: self.listed(cases)?,
            stop: interrupt.stop.clone(),
            ..RunOptions::default()
        };
        // Before anything is recorded: a wrong setting is an error of the
        // command line and no verdict about the provider.
        let mut first = Some(self.open(&self.targets[0], interrupt).await);
        if let Some(Some(Err(error))) = &first
            && self.is_configuration(error)
        {
            return Err(self.refused(&self.targets[0], error));
        }
        // Those inside the host take no time to ask, and are not run until then.
        for target in self.targets[1..].iter().filter(|it| it.flavour.is_none()) {
            match self.open(target, interrupt).await {
                Some(Ok(opened)) => opening::close(&target.id(), opened).await,
                Some(Err(error)) if self.is_configuration(&error) => {
                    if let Some(Some(Ok(opened))) = first {
                        opening::close(&self.targets[0].id(), opened).await;
                    }
                    return Err(self.refused(target, &error));
                }
                Some(Err(_)) | None => {}
            }
        }

        let session = match self.record(&harness) {
            Ok(session) => session,
            Err(failure) => {
                if let Some(Some(Ok(opened))) = first {
                    opening::close(&self.targets[0].id(), opened).await;
                }
                return Err(failure);
            }
        };
        let sink = session.sink();
        let mode = match &first {
            Some(Some(Ok(opened))) => Some(opened.mode),
            _ => None,
        };
        sink(self.started(&harness, selected, mode));
        for (flag, patterns) in [
            ("--run", &self.selection.run),
            ("--skip", &self.selection.skip),
        ] {
            for pattern in idle_patterns(patterns.as_ref(), cases) {
                sink(Event::Note {
                    provider: None,
                    text: format!("{flag} {pattern} matches no case"),
                });
            }
        }
        for (target, known) in self.targets.iter().zip(known) {
            for text in self.left_out(target) {
                sink(Event::Note {
                    provider: Some(target.id()),
                    text,
                });
            }
            let opened = match first.take() {
                Some(opened) => opened,
                None if interrupt.signal().is_some() => continue,
                None => self.open(target, interrupt).await,
            };
            match opened {
                // The user gave up before it was open.
                None => {}
                Some(Err(error)) => {
                    if let SetupError::ServerFailed {
                        program, output, ..
                    } = &error
                    {
                        last_words(program, output);
                    }
                    sink(Event::SetupFailed {
                        provider: target.id(),
                        reason: error.to_string(),
                    });
                }
                Some(Ok(opened)) => {
                    let run = RunOptions {
                        expected: known.and(run.expected.clone()),
                        ..self.paced(&run, target)
                    };
                    self.test(&harness, target, opened, &run, &budget, &sink)
                        .await;
                }
            }
        }
        drop(sink);
        let ending = match interrupt.signal() {
            Some(signal) => Some(Ending::from(signal)),
            None => budget.ending(),
        };
        let exit_code = ending.as_ref().and_then(|ending| ending.exit_code);
        let report = session.finish(ending)?;
        self.show(&report)?;
        Ok(exit_code.unwrap_or_else(|| ExitCode::of(&report).code()))
    }

    /// Starts to record.
    fn record(&self, harness: &Harness) -> Result<Session, Failure> {
        let events = self
            .report_dir()
            .map(files::events)
            .transpose()
            .map_err(|error| unusable_folder(&error))?;
        let targets = Targets {
            events,
            redaction: self.redaction.clone(),
            progress: !self.args.quiet,
        };
        let cases = harness.suite.cases().to_vec();
        Session::start(harness.catalog.info(cases), targets)
    }

    /// What each product is known to get wrong.
    fn known(&self, cases: &[Case]) -> Result<Vec<ExpectedFailures>, Failure> {
        let known = self.targets.iter().map(|target| {
            match ExpectedFailures::of_flavour(target, cases) {
                Ok(known) => Ok(known),
                // It is about the cases of the release.
                Err(_) if self.args.suite.components.is_some() => Ok(ExpectedFailures::default()),
                Err(error) => Err(Failure::harness(error)),
            }
        });
        known.collect()
    }

    /// The accounts that speak the protocol of this target, and are not in this run:
    /// nobody shall take what passes on an emulator for a word about its vendor.
    fn left_out(&self, target: &Target) -> Vec<String> {
        let here: Vec<String> = self.targets.iter().map(Target::id).collect();
        Target::of(target.factory)
            .filter(|other| {
                other
                    .flavour
                    .is_some_and(|flavour| flavour.account.is_some())
            })
            .map(|other| other.id())
            .filter(|id| !here.contains(id))
            .map(|id| format!("not run: {id}, which needs an account"))
            .collect()
    }

    /// Opens a provider; none if the run was stopped meanwhile.
    async fn open(
        &self,
        target: &Target,
        interrupt: &Interrupt,
    ) -> Option<Result<Opened, SetupError>> {
        opening::open(target, &self.settings, &self.launch, interrupt).await
    }

    /// Whether the provider refuses what was set, rather than being out of reach.
    fn is_configuration(&self, error: &SetupError) -> bool {
        let SetupError::Connect { error, started, .. } = error else {
            return false;
        };
        match error.kind() {
            ErrorKind::InvalidArgument(_) => true,
            // A server that was started for this run lets everybody in who asks
            // as the provider does by itself. Who refuses elsewhere, and why, is for
            // the report.
            ErrorKind::AccessDenied => *started && !self.settings.options.is_empty(),
            _ => false,
        }
    }

    fn refused(&self, target: &Target, error: &SetupError) -> Failure {
        let reason = match error {
            SetupError::Connect { error, .. } => error.to_string(),
            other => other.to_string(),
        };
        Failure::usage(format!(
            "provider {} refuses its settings: {}",
            target.id(),
            self.redaction.text(&reason)
        ))
    }

    async fn test(
        &self,
        harness: &Harness,
        target: &Target,
        opened: Opened,
        run: &RunOptions,
        budget: &Budget,
        sink: &Sink,
    ) {
        let id = target.id();
        let cases = harness.suite.cases();
        let features = &opened.provider.descriptor().features;
        let plan = plan(cases, &features.iter().copied().collect(), &self.selection);
        let arguments = self.provider_arguments(std::slice::from_ref(target));
        let inner = Arc::clone(sink);
        let outer = Arc::clone(sink);
        let sink: Sink = Arc::new(move |mut event| {
            if let Event::ProviderStarted { provider, .. } = &mut event {
                provider.arguments.clone_from(&arguments);
            }
            outer(event);
        });
        for text in opened.notes.clone() {
            inner(Event::Note {
                provider: Some(id.clone()),
                text,
            });
        }
        let subject = Subject {
            provider: &budget.watch(&opened.provider),
            name: &id,
            mode: opened.mode,
            names: &opened.names,
            health: Some(&opened.health),
        };
        let running = run_provider(harness, subject, &plan, run, &sink);
        telling_of_loss(&id, &opened.health, running).await;
        if let Some(text) = leftovers(&opened.close().await) {
            inner(Event::Note {
                provider: Some(id),
                text,
            });
        }
    }

    /// What there is to say when the first provider is open, in this way.
    fn started(&self, harness: &Harness, selected: Vec<String>, mode: Option<&str>) -> Event {
        let providers = self.targets.len() as u64;
        let paced = self.paced(&RunOptions::default(), &self.targets[0]);
        Event::RunStarted {
            suite: harness.suite_info(),
            spec: harness.catalog.spec_info(),
            host: harness.host_info(),
            run: RunInfo {
                seed: self.seed,
                command: self.command(),
                filters: recorded(self.args.selection.words()),
                repeat: self.args.repeat,
                jobs: u32::try_from(paced.jobs).unwrap_or(u32::MAX),
                timeout_scale: paced.timeout_scale,
                not_publishable: self.not_publishable(mode),
            },
            providers: self.targets.iter().map(Target::id).collect(),
            planned: selected.len() as u64 * providers * u64::from(self.args.repeat),
            cases: selected,
        }
    }

    /// The options with what the product bears, unless the user says otherwise.
    fn paced(&self, run: &RunOptions, target: &Target) -> RunOptions {
        let usual = run.clone().on(target);
        RunOptions {
            jobs: self.args.jobs.map_or(usual.jobs, usize::from),
            timeout_scale: self.args.timeout_scale.unwrap_or(usual.timeout_scale),
            ..usual
        }
    }

    /// What the user lists.
    fn listed(&self, cases: &[Case]) -> Result<ExpectedFailures, Failure> {
        let Some(file) = self.args.expected_failures.as_deref() else {
            return Ok(ExpectedFailures::default());
        };
        ExpectedFailures::read(file, cases).map_err(|error| {
            let failure = match error {
                ExpectedFailuresError::Line {
                    file,
                    line,
                    problem,
                } => Failure::usage(format!("{file}:{line}: {problem}")),
                other => Failure::usage(other),
            };
            failure.help("each line is a case id, `#` and the reason: `kv.get.missing  # why`")
        })
    }

    fn not_publishable(&self, mode: Option<&str>) -> Vec<String> {
        let args = self.args;
        let reasons = [
            (self.selection.is_partial(), "cases were left out"),
            (args.expected_failures.is_some(), "failures were expected"),
            (args.fail_fast, "the run stops at the first failure"),
            (
                args.timeout_scale.is_some_and(|scale| scale > 1.0),
                "time limits were stretched",
            ),
            (
                self.targets
                    .iter()
                    .enumerate()
                    .any(|(number, target)| self.is_replaced(target, mode.filter(|_| number == 0))),
                "the image of a container was replaced",
            ),
            (
                args.suite.components.is_some(),
                "the guests are not those of the release",
            ),
        ];
        reasons
            .into_iter()
            .filter(|(holds, _)| *holds)
            .map(|(_, reason)| reason.to_owned())
            .collect()
    }

    /// The command line that does the same, with placeholders for what may be
    /// a secret, and for folders and files of this machine.
    fn command(&self) -> Vec<String> {
        let args = self.args;
        let names: Vec<String> = self.targets.iter().map(Target::id).collect();
        let mut words = vec!["conformance".to_owned(), "--provider".to_owned()];
        words.push(names.join(","));
        words.extend(self.provider_arguments(&self.targets));
        words.extend(recorded(args.selection.words()));
        words.extend(["--seed".to_owned(), self.seed.to_string()]);
        if let Some(jobs) = args.jobs {
            words.extend(["--jobs".to_owned(), jobs.to_string()]);
        }
        if args.repeat != 1 {
            words.extend(["--repeat".to_owned(), args.repeat.to_string()]);
        }
        if args.fail_fast {
            words.push("--fail-fast".to_owned());
        }
        if args.expected_failures.is_some() {
            words.extend(["--expected-failures".to_owned(), FILE.to_owned()]);
        }
        words
    }

    /// Whether a container of the target runs, or would run as far as can be known
    /// before it is stood up, something else than what is pinned.
    fn is_replaced(&self, target: &Target, mode: Option<&str>) -> bool {
        let Some(flavour) = target.flavour else {
            return false;
        };
        let is_possible = match (&self.launch.launch, mode) {
            (_, Some(mode)) => mode == Launch::Container.to_string(),
            (Launch::Container, None) => true,
            // A program comes first.
            (Launch::Auto, None) => flavour.process.is_none_or(|it| find_program(&it).is_none()),
            _ => false,
        };
        flavour.container.is_some_and(|container| {
            let image = self.launch.images.of(target, &container);
            let pinned = Image::pinned(&container);
            // Whatever a registry is called, a digest is a digest.
            let is_same = |digest: &str| !digest.is_empty() && image.tag.ends_with(digest);
            is_possible
                && self.settings.endpoint.is_none()
                && image != pinned
                && !is_same(container.digest)
        })
    }

    /// What reaches the providers and runs a case in the same way, behind
    /// `--provider NAME`.
    fn provider_arguments(&self, targets: &[Target]) -> Vec<String> {
        let mut words = Vec::new();
        let mut add = |flag: &str, value: String| words.extend([flag.to_owned(), value]);
        if self.settings.endpoint.is_some() {
            add("--endpoint", "URL".to_owned());
        }
        if self.settings.directory.is_some() {
            add("--data-dir", FOLDER.to_owned());
        }
        if self.launch.launch != Launch::Auto {
            add("--launch", self.launch.launch.to_string());
        }
        let images = &self.launch.images;
        if images.is_for_any() {
            add("--image", "IMAGE".to_owned());
        }
        for id in targets.iter().map(Target::id) {
            if images.targets().any(|named| *named == id) {
                add("--image", format!("{id}=IMAGE"));
            }
        }
        let registry = self.args.settings.image_registry.as_deref();
        if registry.is_some_and(|host| !host.is_empty()) {
            add("--image-registry", "HOST".to_owned());
        }
        for key in self.settings.options.keys() {
            add("--set", format!("{key}=VALUE"));
        }
        if self.args.suite.components.is_some() {
            add("--components", FOLDER.to_owned());
        }
        if let Some(scale) = self.args.timeout_scale {
            add("--timeout-scale", scale.to_string());
        }
        words
    }

    fn report_dir(&self) -> Option<&Path> {
        self.args
            .report_dir
            .as_deref()
            .filter(|path| !path.as_os_str().is_empty())
    }

    /// Writes the files, then prints. What cannot be written is told after the
    /// rest was shown.
    fn show(&self, report: &RunReport) -> Result<(), Failure> {
        let folder: Option<PathBuf> = self.report_dir().map(Path::to_owned);
        let written = folder
            .as_deref()
            .map(|folder| files::write_all(folder, report))
            .transpose();
        if !self.args.quiet || ExitCode::of(report) != ExitCode::Conformant {
            let text = match self.args.format {
                RunFormat::Text => tty::render(
                    report,
                    tty::Options {
                        width: output::width(),
                        folder: folder.as_deref(),
                    },
                ),
                RunFormat::Markdown => markdown::render(report),
                RunFormat::Json => json::render(report).map_err(Failure::harness)?,
                RunFormat::Junit => junit::render(report).map_err(Failure::harness)?,
            };
            output::print(&text)?;
        }
        written.map(|_| ()).map_err(Failure::harness)
    }
}

/// Runs to the end, and says when the service ends which was started for it: at
/// once, if the run does not end first.
async fn telling_of_loss(id: &str, health: &Health, running: impl Future<Output = ()>) {
    let mut running = std::pin::pin!(running);
    let is_over = tokio::select! {
        biased;
        _ = health.lost() => false,
        () = running.as_mut() => true,
    };
    if let Some(loss) = health.loss() {
        output::notice(&format!("{id}: {}", loss.reason));
        last_words(id, &loss.output);
    }
    if !is_over {
        running.await;
    }
}

/// What a server wrote before it ended: on the terminal of its owner only, as it
/// may name endpoints and paths.
fn last_words(name: &str, lines: &[String]) {
    for line in lines {
        output::notice(&format!("{name} wrote: {line}"));
    }
}

/// Different in every run, so that nothing can be tuned to it, and short enough
/// to be typed.
fn random_seed() -> u64 {
    use std::hash::{BuildHasher as _, RandomState};
    RandomState::new().hash_one(std::process::id()) % 1_000_000_000
}
