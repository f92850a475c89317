//! The fold from events to a report. It looks at nothing but its arguments.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::repro::repro;
use crate::summary::{features_report, profile_report, whole};
use crate::{
    Attempt, Blame, CapabilityReport, Case, Clause, Conclusion, Counts, Event, EventLine, ExitCode,
    Feature, FeatureLevel, HostInfo, Profile, ProviderInfo, ProviderReport, RunInfo, RunReport,
    RunSummary, SCHEMA_VERSION, SpecInfo, Status, SuiteInfo, TestReport, Verdict,
};

/// What the fold has to know of the suite and the specification.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CatalogInfo {
    /// All cases.
    pub cases: Vec<Case>,
    /// All clauses.
    pub clauses: Vec<Clause>,
    /// All features.
    pub features: Vec<Feature>,
    /// All profiles.
    pub profiles: Vec<Profile>,
}

/// Why a stream of events is none.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FoldError {
    /// The first event has to be `run-started`.
    #[error("the first event is not run-started")]
    NotStarted,
    /// There is only one `run-started`.
    #[error("a second run-started event")]
    StartedTwice,
    /// No event may follow `run-finished`.
    #[error("an event after run-finished")]
    AfterEnd,
    /// An event names a provider that `run-started` does not.
    #[error("an event names the provider {0}, which the run does not have")]
    UnknownProvider(String),
    /// An event names a case that the catalogue or `run-started` does not have.
    #[error("an event names the case {0}, which the run does not have")]
    UnknownCase(String),
    /// A line has a version that this program does not know.
    #[error("an event has schema version {0}, this program reads {SCHEMA_VERSION}")]
    Version(u32),
    /// The same repetition of a case ended twice.
    #[error("the case {0} ended twice on one provider")]
    EndedTwice(String),
}

/// A fold from events to a report, one event at a time.
#[derive(Debug, Clone)]
pub struct ReportFold {
    catalog: CatalogInfo,
    started: Option<Started>,
    /// Providers in the order of the command line.
    providers: Vec<ProviderFold>,
    notes: Vec<String>,
    faults: Vec<String>,
    last_unix_ms: u64,
    end: Option<Option<String>>,
}

#[derive(Debug, Clone)]
struct Started {
    suite: SuiteInfo,
    spec: SpecInfo,
    host: HostInfo,
    run: RunInfo,
    /// The cases that were asked for.
    cases: HashSet<String>,
    at_unix_ms: u64,
}

#[derive(Debug, Clone)]
struct ProviderFold {
    info: ProviderInfo,
    opened: bool,
    setup_error: Option<String>,
    notes: Vec<String>,
    duration_ms: f64,
    /// By case and repetition.
    results: HashMap<String, Repetitions>,
}

/// The results of one case, by the number of the repetition.
type Repetitions = BTreeMap<u32, CaseResult>;

#[derive(Debug, Clone)]
struct CaseResult {
    tries: u32,
    duration_ms: f64,
    verdict: Verdict,
}

impl ReportFold {
    /// A fold that has seen no event.
    #[must_use]
    pub fn new(catalog: CatalogInfo) -> Self {
        Self {
            catalog,
            started: None,
            providers: Vec::new(),
            notes: Vec::new(),
            faults: Vec::new(),
            last_unix_ms: 0,
            end: None,
        }
    }

    /// Takes the next event.
    ///
    /// # Errors
    /// An event that cannot stand at this place or names something unknown. The
    /// fold is as it was before the event.
    pub fn push(&mut self, line: &EventLine) -> Result<(), FoldError> {
        if line.schema_version != SCHEMA_VERSION {
            return Err(FoldError::Version(line.schema_version));
        }
        if self.end.is_some() {
            return Err(FoldError::AfterEnd);
        }
        if self.started.is_none() && !matches!(line.event, Event::RunStarted { .. }) {
            return Err(FoldError::NotStarted);
        }
        match &line.event {
            Event::RunStarted {
                suite,
                spec,
                host,
                run,
                providers,
                cases,
                planned: _,
            } => {
                if self.started.is_some() {
                    return Err(FoldError::StartedTwice);
                }
                let known: BTreeSet<&str> =
                    self.catalog.cases.iter().map(|c| c.id.as_str()).collect();
                if let Some(unknown) = cases.iter().find(|id| !known.contains(id.as_str())) {
                    return Err(FoldError::UnknownCase(unknown.clone()));
                }
                self.providers = providers
                    .iter()
                    .map(|name| ProviderFold::new(name))
                    .collect();
                self.started = Some(Started {
                    suite: suite.clone(),
                    spec: spec.clone(),
                    host: host.clone(),
                    run: run.clone(),
                    cases: cases.iter().cloned().collect(),
                    at_unix_ms: line.at_unix_ms,
                });
            }
            Event::ProviderStarted {
                provider,
                planned: _,
            } => {
                let fold = self.provider(&provider.name)?;
                fold.info = provider.clone();
                fold.opened = true;
            }
            Event::SetupFailed { provider, reason } => {
                self.provider(provider)?.setup_error = Some(reason.clone());
            }
            Event::CaseStarted { provider, case, .. } => {
                self.check_case(case)?;
                self.provider(provider)?;
            }
            Event::CaseFinished {
                provider,
                case,
                repetition,
                attempts,
                duration_ms,
                verdict,
            } => {
                self.check_case(case)?;
                let results = self
                    .provider(provider)?
                    .results
                    .entry(case.clone())
                    .or_default();
                match results.entry(*repetition) {
                    Entry::Occupied(_) => return Err(FoldError::EndedTwice(case.clone())),
                    Entry::Vacant(place) => place.insert(CaseResult {
                        tries: *attempts,
                        duration_ms: *duration_ms,
                        verdict: verdict.clone(),
                    }),
                };
            }
            Event::ProviderFinished {
                provider,
                duration_ms,
            } => self.provider(provider)?.duration_ms = *duration_ms,
            Event::Note {
                provider: Some(provider),
                text,
            } => self.provider(provider)?.notes.push(text.clone()),
            Event::Note {
                provider: None,
                text,
            } => self.notes.push(text.clone()),
            Event::Fault {
                provider: Some(provider),
                text,
            } => {
                self.provider(provider)?;
                self.faults.push(format!("{provider}: {text}"));
            }
            Event::Fault {
                provider: None,
                text,
            } => self.faults.push(text.clone()),
            // The exit code follows from the results; the one in the stream is
            // for those who read nothing else.
            Event::RunFinished {
                exit_code: _,
                aborted,
            } => self.end = Some(aborted.clone()),
        }
        self.last_unix_ms = self.last_unix_ms.max(line.at_unix_ms);
        Ok(())
    }

    /// The exit code that the events so far lead to, taken that nothing more
    /// comes. What has not run by now counts as not run.
    ///
    /// # Errors
    /// [`FoldError::NotStarted`].
    pub fn exit_code(&self) -> Result<ExitCode, FoldError> {
        let condensed = Self {
            catalog: self.catalog.clone(),
            started: self.started.clone(),
            providers: self.providers.iter().map(ProviderFold::condensed).collect(),
            notes: Vec::new(),
            faults: self.faults.clone(),
            last_unix_ms: self.last_unix_ms,
            end: self.end.clone(),
        };
        condensed.finish().map(|report| ExitCode::of(&report))
    }

    /// The report of the events so far.
    ///
    /// # Errors
    /// [`FoldError::NotStarted`].
    pub fn finish(self) -> Result<RunReport, FoldError> {
        let started = self.started.ok_or(FoldError::NotStarted)?;
        let cases: Vec<&Case> = self.catalog.cases.iter().collect();
        let complete = self.end.is_some();
        let aborted = self.end.flatten();
        let providers: Vec<ProviderReport> = self
            .providers
            .into_iter()
            .map(|fold| fold.finish(&self.catalog, &started, aborted.as_deref()))
            .collect();

        let cited: BTreeSet<&str> = cases
            .iter()
            .flat_map(|case| case.clauses.iter().map(String::as_str))
            .collect();
        let mut not_publishable = started.run.not_publishable.clone();
        if !complete || aborted.is_some() {
            not_publishable.push("the run did not come to its end".to_owned());
        }
        let unsaid = |provider: &ProviderReport| provider.conclusion == Conclusion::Error;
        if providers.iter().any(unsaid) {
            not_publishable.push("nothing can be said about a provider".to_owned());
        }
        if !self.faults.is_empty() {
            not_publishable.push("the harness failed".to_owned());
        }
        let mut report = RunReport {
            schema_version: SCHEMA_VERSION,
            suite: started.suite,
            spec: started.spec,
            host: started.host,
            run: RunSummary {
                seed: started.run.seed,
                started_unix_ms: started.at_unix_ms,
                finished_unix_ms: self.last_unix_ms,
                command: started.run.command,
                filters: started.run.filters,
                repeat: started.run.repeat,
                jobs: started.run.jobs,
                timeout_scale: started.run.timeout_scale,
                publishable: not_publishable.is_empty(),
                not_publishable,
                complete,
                aborted,
                faults: self.faults,
                notes: self.notes,
                exit_code: 0,
            },
            providers,
            clauses: self
                .catalog
                .clauses
                .iter()
                .filter(|clause| cited.contains(clause.id.as_str()))
                .cloned()
                .collect(),
            features: self.catalog.features,
        };
        report.run.exit_code = ExitCode::of(&report).code();
        Ok(report)
    }

    fn provider(&mut self, name: &str) -> Result<&mut ProviderFold, FoldError> {
        self.providers
            .iter_mut()
            .find(|fold| fold.info.name == name)
            .ok_or_else(|| FoldError::UnknownProvider(name.to_owned()))
    }

    fn check_case(&self, id: &str) -> Result<(), FoldError> {
        let known = self
            .started
            .as_ref()
            .is_some_and(|started| started.cases.contains(id));
        if known {
            Ok(())
        } else {
            Err(FoldError::UnknownCase(id.to_owned()))
        }
    }
}

impl RunReport {
    /// Folds a whole stream of events.
    ///
    /// # Errors
    /// As [`ReportFold::push`] and [`ReportFold::finish`].
    pub fn fold<'a>(
        events: impl IntoIterator<Item = &'a EventLine>,
        catalog: CatalogInfo,
    ) -> Result<Self, FoldError> {
        let mut fold = ReportFold::new(catalog);
        for line in events {
            fold.push(line)?;
        }
        fold.finish()
    }
}

impl ProviderFold {
    fn new(name: &str) -> Self {
        Self {
            info: ProviderInfo {
                name: name.to_owned(),
                id: name.to_owned(),
                ..ProviderInfo::default()
            },
            opened: false,
            setup_error: None,
            notes: Vec::new(),
            duration_ms: 0.0,
            results: HashMap::new(),
        }
    }

    /// The same with one result for each case, which stands for all of its
    /// repetitions: enough for a verdict, and as small as the suite.
    fn condensed(&self) -> Self {
        let one = |results: &Repetitions| {
            let tries = results.values().map(|result| result.tries).max();
            let result = CaseResult {
                tries: tries.unwrap_or_default(),
                duration_ms: 0.0,
                verdict: merge(results),
            };
            Repetitions::from([(1, result)])
        };
        Self {
            info: self.info.clone(),
            opened: self.opened,
            setup_error: self.setup_error.clone(),
            notes: Vec::new(),
            duration_ms: self.duration_ms,
            results: self
                .results
                .iter()
                .map(|(id, results)| (id.clone(), one(results)))
                .collect(),
        }
    }

    fn finish(
        mut self,
        catalog: &CatalogInfo,
        started: &Started,
        aborted: Option<&str>,
    ) -> ProviderReport {
        let (cases, run) = (&catalog.cases, &started.run);
        let tests: Vec<TestReport> = cases
            .iter()
            .map(|case| {
                let results = self.results.remove(&case.id).unwrap_or_default();
                let verdict = if results.is_empty() && !started.cases.contains(&case.id) {
                    unasked(run)
                } else if results.is_empty() {
                    self.absent(aborted)
                } else {
                    merge(&results)
                };
                test_report(case, verdict, results, &self.info, run)
            })
            .collect();
        let declared = |id: &str| self.info.features.iter().any(|feature| feature == id);

        let mut capabilities: Vec<CapabilityReport> = Vec::new();
        for case in cases {
            if capabilities.iter().any(|c| c.capability == case.capability) {
                continue;
            }
            let of_it = || tests.iter().filter(|t| t.capability == case.capability);
            let features = || {
                catalog
                    .features
                    .iter()
                    .filter(|f| f.capability == case.capability)
            };
            let missing: Vec<String> = features()
                .filter(|f| f.level == FeatureLevel::Core && !declared(&f.id))
                .map(|f| f.id.clone())
                .collect();
            let offered = features().any(|f| declared(&f.id));
            let (mut conclusion, mut reasons) =
                Conclusion::of(of_it(), if offered { &missing } else { &[] });
            if let Some(reason) = &self.setup_error {
                conclusion = Conclusion::Error;
                reasons = vec![format!("the provider could not be set up: {reason}")];
            } else if self.opened && !offered && conclusion == Conclusion::Partial {
                conclusion = Conclusion::NotOffered;
                reasons = vec![format!("no feature of {} is declared", case.capability)];
            }
            capabilities.push(CapabilityReport {
                capability: case.capability.clone(),
                conclusion,
                reasons,
                counts: of_it().collect(),
            });
        }

        let profiles = catalog
            .profiles
            .iter()
            .filter(|profile| {
                capabilities
                    .iter()
                    .any(|c| c.capability == profile.capability)
            })
            .map(|profile| profile_report(profile, &tests, &self.info, self.setup_error.is_some()))
            .collect();

        let (conclusion, reasons) = whole(&capabilities, self.setup_error.as_deref());
        ProviderReport {
            conclusion,
            reasons,
            counts: tests.iter().collect(),
            capabilities,
            features: features_report(&catalog.features, &tests, &self.info),
            profiles,
            notes: self.notes,
            duration_ms: self.duration_ms,
            setup_error: self.setup_error,
            provider: self.info,
            tests,
        }
    }

    /// The verdict of a case that no event tells of. A run breaks off because
    /// the user or a budget of the user ended it.
    fn absent(&self, aborted: Option<&str>) -> Verdict {
        let (reason, blame) = match (&self.setup_error, aborted) {
            (Some(_), _) => (
                "the provider could not be set up".to_owned(),
                Blame::Environment,
            ),
            (None, Some(why)) => (format!("the run broke off: {why}"), Blame::User),
            (None, None) => ("the run ended before it".to_owned(), Blame::Environment),
        };
        Verdict::because(Status::NotRun, reason).blamed_on(blame)
    }
}

/// The verdict of a case that nobody asked for.
fn unasked(run: &RunInfo) -> Verdict {
    let reason = if run.filters.is_empty() {
        "not selected".to_owned()
    } else {
        format!("not selected by {}", run.filters.join(" "))
    };
    Verdict::because(Status::Skip, reason)
}

/// One verdict from those of the repetitions; there is at least one.
fn merge(results: &Repetitions) -> Verdict {
    let verdicts = || results.values().map(|result| &result.verdict);
    let mut told: HashSet<&str> = HashSet::new();
    let notes: Vec<String> = verdicts()
        .flat_map(|verdict| &verdict.notes)
        .filter(|note| told.insert(note.as_str()))
        .cloned()
        .collect();
    let worst = verdicts().max_by_key(|verdict| severity(verdict.status));
    let Some(worst) = worst else {
        return Verdict::because(Status::NotRun, "the case has no result");
    };
    let passed = verdicts()
        .filter(|verdict| verdict.status == Status::Pass)
        .count();
    let mut merged = worst.clone();
    merged.notes = notes;
    merged.blame = worst.blamed();
    if passed > 0 && worst.status.is_failure() {
        let first = worst.reason.as_deref().unwrap_or("no reason given");
        merged.status = Status::Flaky;
        merged.reason = Some(format!(
            "passed {passed} of {} repetitions, otherwise {}: {first}",
            results.len(),
            worst.status.as_str(),
        ));
    }
    merged
}

/// Which of several statuses stands for all of them: the highest.
fn severity(status: Status) -> u8 {
    match status {
        Status::Pass => 0,
        Status::Underclaim => 1,
        Status::Unsupported => 2,
        Status::Skip => 3,
        Status::Xfail => 4,
        Status::Inconclusive => 5,
        Status::Flaky => 6,
        Status::Xpass => 7,
        Status::Timeout => 8,
        Status::Overclaim => 9,
        Status::Fail => 10,
        Status::NotRun => 11,
        Status::Error => 12,
    }
}

fn test_report(
    case: &Case,
    verdict: Verdict,
    results: Repetitions,
    provider: &ProviderInfo,
    run: &RunInfo,
) -> TestReport {
    let mut counts: Counts = results
        .values()
        .map(|result| result.verdict.status)
        .collect();
    if results.is_empty() {
        counts.add(verdict.status);
    }
    TestReport {
        id: case.id.clone(),
        title: case.title.clone(),
        capability: case.capability.clone(),
        level: case.level,
        case_status: case.status,
        clauses: case.clauses.clone(),
        requires: case.requires.clone(),
        refuses: case.refuses.clone(),
        lane: case.lane,
        source: case.source.clone(),
        component: case.component.clone(),
        status: verdict.status,
        blame: verdict.blamed(),
        reason: verdict.reason,
        evidence: verdict.evidence,
        notes: verdict.notes,
        counts,
        duration_ms: results.values().map(|result| result.duration_ms).sum(),
        attempts: results
            .into_iter()
            .map(|(repetition, result)| Attempt {
                repetition,
                status: result.verdict.status,
                tries: result.tries,
                duration_ms: result.duration_ms,
                reason: result.verdict.reason,
            })
            .collect(),
        repro: repro(&case.id, verdict.status, provider, run),
    }
}
