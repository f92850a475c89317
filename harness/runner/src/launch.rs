//! Stands a provider up: starts its server if it needs one and none is given,
//! makes its folder, connects, and takes everything down again.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use cloud_contract::{Error, ErrorKind, Factory, Process, Provider, ScopeId, Settings, Target};
use tempfile::TempDir;

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
    tidy: Arc<Tidy>,
    server: Option<RunningServer>,
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
        server: Option<RunningServer>,
        directory: Option<TempDir>,
    ) -> Self {
        let tidy = Arc::new(Tidy::new(provider));
        Self {
            provider: Arc::clone(&tidy) as Arc<dyn Provider>,
            mode,
            tidy,
            server,
            _directory: directory,
        }
    }

    /// Removes the scopes that cases left behind, because they panicked or were
    /// aborted, disconnects, and stops what was started. Returns the scopes that
    /// could not be removed.
    pub async fn close(self) -> Vec<ScopeId> {
        let Self {
            provider,
            tidy,
            server,
            _directory,
            ..
        } = self;
        let Some(server) = server else {
            return tidy.close_all().await;
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
    let settings = Settings {
        directory,
        ..settings.clone()
    };
    match server {
        Some(server) if settings.endpoint.is_none() => {
            start(factory, server, settings, temporary).await
        }
        server => {
            let mode = if server.is_some() || settings.endpoint.is_some() {
                "endpoint"
            } else {
                "embedded"
            };
            let provider = connect(factory, settings)
                .await
                .map_err(|error| unusable(factory, error))?;
            Ok(Opened::new(provider, mode, None, temporary))
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

async fn connect(factory: &Factory, settings: Settings) -> Result<Arc<dyn Provider>, Error> {
    tokio::time::timeout(CONNECT_TIMEOUT, (factory.connect)(settings))
        .await
        .unwrap_or_else(|_| Err(ErrorKind::Timeout.into()))
}

async fn start(
    factory: &Factory,
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
        let not_ready = match running.ready(|| connect(factory, settings.clone())).await {
            Ok(provider) => return Ok(Opened::new(provider, "process", Some(running), directory)),
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
            NotReady::Refused(error) => return Err(unusable(factory, error)),
        }
    }
    Err(ended.unwrap_or_else(|| SetupError::ServerFailed {
        program: server.program,
        reason: "no attempt was made".into(),
        output: Vec::new(),
    }))
}
