//! Stands a provider up: starts its service in the way that was chosen, if it
//! needs one and none is given, makes its folder, connects, and takes everything
//! down again.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cloud_contract::{
    Container, Error, ErrorKind, Factory, Launcher, Process, Provider, Service, Settings, Target,
};
use futures::future::BoxFuture;
use tempfile::TempDir;

use crate::ground::Ground;
use crate::launchers::{
    Candidate, Chosen, Engine, Health, Image, Launch, LaunchOptions, Missing, NotReady, Patience,
    RunningContainer, RunningServer, choose, until_ready,
};
use crate::ledger::{Left, leftovers};
use crate::tidy::Tidy;
use crate::{RunNames, Stop};

/// How long a launcher of a provider's own may take.
const LAUNCH_TIMEOUT: Duration = Duration::from_secs(120);
/// A port that is free when it is chosen may be taken when it is used.
const START_ATTEMPTS: u32 = 3;

/// Why a provider could not be stood up. The text holds no endpoint and no path,
/// nor do the fields, but for `output`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// No way that was allowed works here.
    #[error("{}", no_way(provider, ways))]
    NoWay {
        /// The provider.
        provider: String,
        /// Each way, what is missing, and what mends it.
        ways: Vec<(&'static str, Missing)>,
    },
    /// Its server did not start.
    #[error("{program} did not start: {reason}")]
    ServerFailed {
        /// The program, or the container.
        program: String,
        /// What was seen.
        reason: String,
        /// The last lines that it wrote, for its owner alone: they may name
        /// endpoints and paths.
        output: Vec<String>,
    },
    /// The service does not answer, or refuses.
    #[error("the service of provider {provider} cannot be used: {error}{hint}")]
    Connect {
        /// The provider.
        provider: &'static str,
        /// What it said.
        #[source]
        error: Error,
        /// What to do about it.
        hint: &'static str,
        /// The service was started for this, and takes what its provider sends by
        /// itself.
        started: bool,
    },
    /// The user gave up before it was open. What was created is removed.
    #[error("stopped while the provider was being stood up")]
    Stopped,
    /// This machine refuses something that is needed.
    #[error("{0}")]
    Machine(String),
}

fn no_way(provider: &str, ways: &[(&'static str, Missing)]) -> String {
    let ways: Vec<String> = ways
        .iter()
        .map(|(name, missing)| format!("{name}: {missing}"))
        .collect();
    format!("{provider} cannot be stood up here; {}", ways.join("; "))
}

/// A provider that is ready, with whatever was started for it.
pub struct Opened {
    /// The provider.
    pub provider: Arc<dyn Provider>,
    /// `embedded`, `process`, `container`, `endpoint`, or a launcher's name.
    pub mode: &'static str,
    /// What a run on it calls what it makes.
    pub names: RunNames,
    /// What to tell: which way was taken, where there was a choice.
    pub notes: Vec<String>,
    /// Whether what was started still runs.
    pub health: Health,
    tidy: Arc<Tidy>,
    service: Option<Box<dyn Service>>,
    ground: Ground,
    settings: Settings,
    // Removed last.
    _directory: Option<TempDir>,
}

impl std::fmt::Debug for Opened {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opened")
            .field("provider", &self.provider)
            .field("mode", &self.mode)
            .finish_non_exhaustive()
    }
}

impl Opened {
    fn new(
        provider: Arc<dyn Provider>,
        mode: &'static str,
        started: Option<Started>,
        start: Start,
    ) -> Self {
        let Start {
            ground,
            settings,
            directory,
        } = start;
        let tidy = Arc::new(Tidy::new(provider, ground.ledger.clone()));
        let (service, health) = match started {
            Some(started) => (Some(started.service), started.health),
            None => (None, Health::new()),
        };
        Self {
            provider: Arc::clone(&tidy) as Arc<dyn Provider>,
            mode,
            names: ground.names.clone(),
            notes: Vec::new(),
            health,
            tidy,
            service,
            ground,
            settings,
            _directory: directory,
        }
    }

    /// What was started, to be killed and started again; none where the service
    /// was there before.
    pub fn service(&mut self) -> Option<&mut dyn Service> {
        match &mut self.service {
            Some(service) => Some(service.as_mut()),
            None => None,
        }
    }

    /// Removes the scopes that cases left behind, because they panicked or were
    /// aborted, and what was created for the run; disconnects, and stops what was
    /// started. Returns what could not be removed.
    pub async fn close(self) -> Vec<Left> {
        let Self {
            provider,
            tidy,
            service,
            ground,
            settings,
            _directory,
            ..
        } = self;
        let Some(service) = service else {
            let scopes = tidy.close_all().await;
            drop((provider, tidy));
            let holds_scopes = ground.holds_scopes();
            let resources = ground.clear(&settings).await;
            if holds_scopes && resources.is_empty() {
                return Vec::new();
            }
            let scopes = scopes.into_iter().map(Left::Scope);
            return scopes.chain(resources).collect();
        };
        // What is on a server of our own ends with it.
        drop((provider, tidy));
        service.stop().await;
        Vec::new()
    }
}

/// Stands a provider up in the way that the options say. Without a directory a
/// fresh one is made where one is needed, and removed afterwards.
///
/// # Errors
/// [`SetupError`], saying what is missing and what to do.
pub async fn open_provider(
    target: &Target,
    settings: &Settings,
    options: &LaunchOptions,
) -> Result<Opened, SetupError> {
    open_provider_until(target, settings, options, &Stop::new()).await
}

/// The same, unless it is stopped: then what was started ends, and what was created is
/// removed, before this returns.
///
/// # Errors
/// [`SetupError`], which is [`SetupError::Stopped`] when it was stopped.
pub async fn open_provider_until(
    target: &Target,
    settings: &Settings,
    options: &LaunchOptions,
    stop: &Stop,
) -> Result<Opened, SetupError> {
    let user_options = settings.options.clone();
    let settings = match target.flavour {
        Some(flavour) => settings.clone().or(flavour.options),
        None => settings.clone(),
    };
    let mut failed: Vec<(&'static str, SetupError)> = Vec::new();
    loop {
        let tried: Vec<&str> = failed.iter().map(|(way, _)| *way).collect();
        let choosing = async { Ok(choose(target, &settings, options, &tried).await) };
        let Chosen { way, image, notes } = match until(stop, choosing).await? {
            Ok(chosen) => chosen,
            // What was there and did not work says more than what is missing.
            Err(ways) => {
                return Err(match failed.into_iter().next() {
                    Some((_, error)) => error,
                    None => SetupError::NoWay {
                        provider: target.id(),
                        ways,
                    },
                });
            }
        };
        let name = way.name();
        match open_way(target, &settings, (way, image), options, stop).await {
            Ok(opened) => {
                let undeclared = declares_otherwise(target, &user_options, &*opened.provider);
                let failed = failed
                    .iter()
                    .map(|(way, error)| format!("not as {way}: {error}"));
                return Ok(Opened {
                    notes: failed.chain(notes).chain(undeclared).collect(),
                    ..opened
                });
            }
            Err(error @ SetupError::ServerFailed { .. }) if options.launch == Launch::Auto => {
                failed.push((name, error));
            }
            Err(error) => return Err(error),
        }
    }
}

async fn open_way(
    target: &Target,
    settings: &Settings,
    (way, image): (Candidate, Option<(Engine, Image)>),
    options: &LaunchOptions,
    stop: &Stop,
) -> Result<Opened, SetupError> {
    let starts = matches!(
        way,
        Candidate::Process(_) | Candidate::Container(_) | Candidate::Own(_)
    );
    let has_service = target.flavour.is_some();
    let patience = target.flavour.filter(|_| starts);
    let settings = &settings
        .clone()
        .or(patience.map_or(&[], |flavour| flavour.patience));
    let is_lasting = !starts && (has_service || settings.directory.is_some());
    let ground = until(stop, Ground::plan(target, settings, is_lasting)).await?;
    let (settings, directory) = with_folder(settings.clone(), target.factory.needs_directory)?;
    let start = Start {
        ground,
        settings,
        directory,
    };
    match (way, image) {
        (Candidate::Process(process), _) => until(stop, start.process(process)).await,
        (Candidate::Container(container), Some((engine, image))) => {
            until(stop, start.container(engine, container, &image)).await
        }
        (Candidate::Own(launcher), _) => until(stop, start.own(launcher)).await,
        (way, _) => start.nothing(way.name(), options, stop).await,
    }
}

/// What ends with the future that holds it may be stopped at any time.
async fn until<T>(
    stop: &Stop,
    work: impl Future<Output = Result<T, SetupError>>,
) -> Result<T, SetupError> {
    tokio::select! {
        biased;
        done = work => done,
        () = stop.stopped() => Err(SetupError::Stopped),
    }
}

/// What a flavour says of itself must be what the provider then declares, unless
/// the user set something.
fn declares_otherwise(
    target: &Target,
    set: &BTreeMap<String, String>,
    provider: &dyn Provider,
) -> Option<String> {
    let said = target.flavour.and_then(|flavour| flavour.declares)?();
    let declared = provider.descriptor();
    let same = said.features == declared.features && said.limits == declared.limits;
    let text = "its flavour lists other features or limits than it declares";
    (set.is_empty() && !same).then(|| text.to_owned())
}

pub(crate) fn unusable(factory: &Factory, error: Error, started: bool) -> SetupError {
    let hint = match error.kind() {
        ErrorKind::Unavailable | ErrorKind::Timeout if !factory.flavours.is_empty() => {
            "; check that the service runs and can be reached from here (its address or region)"
        }
        ErrorKind::AccessDenied => "; check the credentials",
        _ => "",
    };
    SetupError::Connect {
        provider: factory.name,
        error,
        hint,
        started,
    }
}

/// The settings with a folder, and the folder if it was made here.
fn with_folder(
    settings: Settings,
    is_needed: bool,
) -> Result<(Settings, Option<TempDir>), SetupError> {
    if settings.directory.is_some() || !is_needed {
        return Ok((settings, None));
    }
    let made = tempfile::Builder::new().prefix("conformance-").tempdir();
    let made = made.map_err(|error| {
        SetupError::Machine(format!("no temporary folder can be made: {}", error.kind()))
    })?;
    let directory: PathBuf = made.path().to_owned();
    let settings = Settings {
        directory: Some(directory),
        ..settings
    };
    Ok((settings, Some(made)))
}

/// A service that was started, and whether it runs.
struct Started {
    service: Box<dyn Service>,
    health: Health,
}

/// What every way of starting needs.
struct Start {
    ground: Ground,
    settings: Settings,
    directory: Option<TempDir>,
}

impl Start {
    async fn nothing(
        self,
        mode: &'static str,
        options: &LaunchOptions,
        stop: &Stop,
    ) -> Result<Opened, SetupError> {
        match self.ground.connect(&self.settings, stop).await {
            Ok(provider) => Ok(Opened::new(provider, mode, None, self)),
            Err(error) => {
                let factory = self.ground.factory;
                // The ledger keeps what could not be removed.
                let left = leftovers(&self.ground.clear(&self.settings).await);
                if let (Some(left), Some(tell)) = (left, &options.tell) {
                    tell(&left);
                }
                Err(match error.kind() {
                    ErrorKind::Cancelled if stop.is_stopped() => SetupError::Stopped,
                    _ => unusable(factory, error, false),
                })
            }
        }
    }

    async fn process(self, process: Process) -> Result<Opened, SetupError> {
        let mut ended = None;
        for _ in 0..START_ATTEMPTS {
            let mut running = RunningServer::start(process, &self.settings).await?;
            match self.wait_for(running.settings(), &mut running).await {
                Ok(provider) => {
                    let started = Started {
                        health: running.health.clone(),
                        service: Box::new(running),
                    };
                    return Ok(Opened::new(provider, "process", Some(started), self));
                }
                Err(not_ready) => {
                    let again = matches!(not_ready, NotReady::Ended(_));
                    let program = process.program.to_owned();
                    let error = self.failed(program, not_ready, Box::new(running)).await;
                    if !again {
                        return Err(error);
                    }
                    ended = Some(error);
                }
            }
        }
        Err(ended.unwrap_or_else(|| SetupError::Machine("no attempt was made".to_owned())))
    }

    async fn container(
        self,
        engine: Engine,
        container: Container,
        image: &Image,
    ) -> Result<Opened, SetupError> {
        let running = RunningContainer::start(engine, container, image, &self.settings);
        let mut running = running.await?;
        match self.wait_for(running.settings(), &mut running).await {
            Ok(provider) => {
                let started = Started {
                    health: running.health.clone(),
                    service: Box::new(running),
                };
                Ok(Opened::new(provider, "container", Some(started), self))
            }
            Err(not_ready) => {
                let program = format!("the container of {image}");
                Err(self.failed(program, not_ready, Box::new(running)).await)
            }
        }
    }

    async fn own(self, launcher: Launcher) -> Result<Opened, SetupError> {
        let launch = (launcher.launch)(self.settings.clone());
        let launched = tokio::time::timeout(LAUNCH_TIMEOUT, launch).await;
        let launched = launched.unwrap_or_else(|_| Err(ErrorKind::Timeout.into()));
        let service = launched.map_err(|error| SetupError::ServerFailed {
            program: format!("launcher {}", launcher.name),
            reason: error.to_string(),
            output: Vec::new(),
        })?;
        let mut launched = Launched(service);
        match self.wait_for(launched.0.settings(), &mut launched).await {
            Ok(provider) => {
                let started = Started {
                    service: launched.0,
                    health: Health::new(),
                };
                Ok(Opened::new(provider, launcher.name, Some(started), self))
            }
            Err(not_ready) => {
                let program = format!("launcher {}", launcher.name);
                Err(self.failed(program, not_ready, launched.0).await)
            }
        }
    }

    /// Connects to what was started, as soon as it answers.
    async fn wait_for(
        &self,
        settings: Settings,
        service: &mut dyn Patience,
    ) -> Result<Arc<dyn Provider>, NotReady> {
        let stop = Stop::new();
        until_ready(service, || self.ground.connect(&settings, &stop)).await
    }

    /// Stops what is of no use, and says why it is not.
    async fn failed(
        &self,
        program: String,
        not_ready: NotReady,
        service: Box<dyn Service>,
    ) -> SetupError {
        let output = service.stop().await;
        match not_ready {
            NotReady::Refused(error) => unusable(self.ground.factory, error, true),
            NotReady::Ended(reason) | NotReady::Silent(reason) => SetupError::ServerFailed {
                program,
                reason,
                output,
            },
        }
    }
}

/// What a launcher of a provider's own started: nothing is known about it but
/// how it is reached.
struct Launched(Box<dyn Service>);

impl Patience for Launched {
    fn limit(&self) -> Duration {
        Duration::from_secs(30)
    }

    fn ended(&mut self) -> BoxFuture<'_, Option<String>> {
        Box::pin(async { None })
    }
}
