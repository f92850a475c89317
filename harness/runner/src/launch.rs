//! Stands a provider up: starts its server if it needs one and none is given,
//! makes its folder, connects, and takes everything down again.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cloud_contract::{Error, ErrorKind, Factory, Process, Provider, Settings, Target};
use tempfile::TempDir;

use crate::RunNames;
use crate::created::Created;
use crate::ledger::{Ledger, Left, default_ledger_directory};
use crate::programs::find_program;
use crate::server::{NotReady, RunningServer};
use crate::tidy::Tidy;

/// How long one attempt to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A port that is free when it is chosen may be taken when it is used.
const START_ATTEMPTS: u32 = 3;

/// Why a provider could not be stood up. The text holds no endpoint and no path,
/// nor do the fields, but for `output`.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SetupError {
    /// The program of its server is not installed.
    #[error(
        "{program} is not installed; install it with `{install}`, or name a running service with --endpoint"
    )]
    ProgramMissing {
        /// The program.
        program: &'static str,
        /// One command that installs it.
        install: &'static str,
    },
    /// Its server did not start.
    #[error("{program} did not start: {reason}")]
    ServerFailed {
        /// The program.
        program: &'static str,
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
    },
    /// This machine refuses something that is needed.
    #[error("{0}")]
    Machine(String),
}

/// A provider that is ready, with whatever was started for it.
pub struct Opened {
    /// The provider.
    pub provider: Arc<dyn Provider>,
    /// `embedded`, `process` or `endpoint`.
    pub mode: &'static str,
    /// What a run on it calls what it makes.
    pub names: RunNames,
    tidy: Arc<Tidy>,
    server: Option<RunningServer>,
    ground: Ground,
    settings: Settings,
    // Removed last.
    _directory: Option<TempDir>,
}

/// What a run needs in a service before the provider connects, and how to get
/// there.
struct Ground {
    factory: &'static Factory,
    names: RunNames,
    created: Created,
    ledger: Option<Arc<Ledger>>,
}

impl Ground {
    /// Begins a ledger if the service, or the folder, is there after the run.
    fn plan(target: &Target, settings: &Settings, is_lasting: bool) -> Result<Self, SetupError> {
        let names = RunNames::new();
        let ledger = match default_ledger_directory().filter(|_| is_lasting) {
            Some(folder) => Some(Ledger::begin(&folder, &names, target, settings).map_err(
                |error| {
                    SetupError::Machine(format!(
                        "the ledger of what a run creates cannot be written: {}",
                        error.kind()
                    ))
                },
            )?),
            None => None,
        };
        let created = Created::plan(target.factory, &names, settings, ledger.clone())?;
        Ok(Self {
            factory: target.factory,
            names,
            created,
            ledger,
        })
    }

    /// Creates what is needed and connects. Can be tried again.
    async fn connect(&self, settings: &Settings) -> Result<Arc<dyn Provider>, Error> {
        let settings = self.created.settings(settings.clone());
        self.created.create(&settings).await?;
        tokio::time::timeout(CONNECT_TIMEOUT, (self.factory.connect)(settings))
            .await
            .unwrap_or_else(|_| Err(ErrorKind::Timeout.into()))
    }

    /// Removes what was created. Returns what could not be removed.
    async fn clear(self, settings: &Settings) -> Vec<Left> {
        let settings = self.created.settings(settings.clone());
        let left = self.created.remove(&settings).await;
        if let Some(ledger) = self.ledger {
            ledger.finish();
        }
        left.into_iter().map(Left::Resource).collect()
    }
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
        server: Option<RunningServer>,
        ground: Ground,
        settings: Settings,
        directory: Option<TempDir>,
    ) -> Self {
        let tidy = Arc::new(Tidy::new(provider, ground.ledger.clone()));
        Self {
            provider: Arc::clone(&tidy) as Arc<dyn Provider>,
            mode,
            names: ground.names.clone(),
            tidy,
            server,
            ground,
            settings,
            _directory: directory,
        }
    }

    /// Removes the scopes that cases left behind, because they panicked or were
    /// aborted, and what was created for the run; disconnects, and stops what was
    /// started. Returns what could not be removed.
    pub async fn close(self) -> Vec<Left> {
        let Self {
            provider,
            tidy,
            server,
            ground,
            settings,
            _directory,
            ..
        } = self;
        let Some(server) = server else {
            let scopes = tidy.close_all().await;
            drop((provider, tidy));
            let mut left: Vec<Left> = scopes.into_iter().map(Left::Scope).collect();
            left.extend(ground.clear(&settings).await);
            return left;
        };
        // What is on a server of our own ends with it.
        drop((provider, tidy));
        server.stop().await;
        Vec::new()
    }
}

/// Stands a provider up. Without an endpoint a server is started where the
/// provider needs one; without a directory a fresh one is made, and removed
/// afterwards.
///
/// # Errors
/// [`SetupError`], saying what is missing and what to do.
pub async fn open_provider(target: &Target, settings: &Settings) -> Result<Opened, SetupError> {
    let factory = target.factory;
    let server = target.flavour.and_then(|flavour| flavour.process);
    let settings = match target.flavour {
        Some(flavour) => settings.clone().or(flavour.options),
        None => settings.clone(),
    };
    let (directory, temporary) = folder(factory, server.is_some(), &settings)?;
    let starts = server.is_some() && settings.endpoint.is_none();
    let is_lasting = !starts && (!factory.flavours.is_empty() || settings.directory.is_some());
    let ground = Ground::plan(target, &settings, is_lasting)?;
    let settings = Settings {
        directory,
        ..settings.clone()
    };
    match server {
        Some(server) if starts => start(ground, server, settings, temporary).await,
        server => {
            let mode = if server.is_some() || settings.endpoint.is_some() {
                "endpoint"
            } else {
                "embedded"
            };
            match ground.connect(&settings).await {
                Ok(provider) => Ok(Opened::new(
                    provider, mode, None, ground, settings, temporary,
                )),
                Err(error) => {
                    // The ledger keeps what could not be removed.
                    ground.clear(&settings).await;
                    Err(unusable(factory, error))
                }
            }
        }
    }
}

fn unusable(factory: &Factory, error: Error) -> SetupError {
    let hint = match error.kind() {
        ErrorKind::Unavailable | ErrorKind::Timeout if !factory.flavours.is_empty() => {
            "; check --endpoint and that the service runs"
        }
        ErrorKind::AccessDenied => "; check the credentials",
        _ => "",
    };
    SetupError::Connect {
        provider: factory.name,
        error,
        hint,
    }
}

fn folder(
    factory: &Factory,
    has_server: bool,
    settings: &Settings,
) -> Result<(Option<PathBuf>, Option<TempDir>), SetupError> {
    if settings.directory.is_some() || !(factory.needs_directory || has_server) {
        return Ok((settings.directory.clone(), None));
    }
    let temporary = tempfile::Builder::new()
        .prefix("conformance-")
        .tempdir()
        .map_err(|error| {
            SetupError::Machine(format!("no temporary folder can be made: {}", error.kind()))
        })?;
    Ok((Some(temporary.path().to_owned()), Some(temporary)))
}

async fn start(
    ground: Ground,
    server: Process,
    settings: Settings,
    directory: Option<TempDir>,
) -> Result<Opened, SetupError> {
    if find_program(&server).is_none() {
        return Err(SetupError::ProgramMissing {
            program: server.program,
            install: server.install,
        });
    }
    let mut ended = None;
    for _ in 0..START_ATTEMPTS {
        let mut running = RunningServer::start(server, &settings)?;
        let settings = Settings {
            endpoint: Some(running.endpoint.clone()),
            ..settings.clone()
        };
        let not_ready = match running.ready(|| ground.connect(&settings)).await {
            Ok(provider) => {
                let server = Some(running);
                return Ok(Opened::new(
                    provider, "process", server, ground, settings, directory,
                ));
            }
            Err(not_ready) => not_ready,
        };
        let output = running.stop().await;
        let failed = |reason: String| SetupError::ServerFailed {
            program: server.program,
            reason,
            output,
        };
        match not_ready {
            NotReady::Ended(reason) => ended = Some(failed(reason)),
            NotReady::Silent(reason) => return Err(failed(reason)),
            NotReady::Refused(error) => return Err(unusable(ground.factory, error)),
        }
    }
    Err(ended.unwrap_or_else(|| SetupError::ServerFailed {
        program: server.program,
        reason: "no attempt was made".into(),
        output: Vec::new(),
    }))
}
