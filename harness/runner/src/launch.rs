//! Stands a provider up: starts its server if it needs one and none is given,
//! makes its folder, connects, and takes everything down again.

use std::net::TcpListener;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::{Error, ErrorKind, Factory, Provider, Server, Settings};
use tempfile::TempDir;
use tokio::process::{Child, Command};

/// How long a server may take from its start to the first answer.
const START_TIMEOUT: Duration = Duration::from_secs(20);
/// How long one attempt to connect may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// A port that is free when it is chosen may be taken when it is used.
const START_ATTEMPTS: u32 = 3;

/// What the user said about the provider.
#[derive(Clone, Default)]
pub struct ProviderOptions {
    /// An existing service; none starts a server where the provider needs one.
    pub endpoint: Option<String>,
    /// Where a provider that stores on disk puts its data; none is a fresh folder
    /// that is removed afterwards.
    pub directory: Option<PathBuf>,
    /// Further settings of the provider.
    pub options: std::collections::BTreeMap<String, String>,
}

/// Hides the values, which may hold credentials.
impl std::fmt::Debug for ProviderOptions {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ProviderOptions").finish_non_exhaustive()
    }
}

/// Why a provider could not be stood up. The text holds no endpoint and no path.
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
    /// Disconnects and stops what was started.
    pub async fn close(self) {
        let Self {
            provider,
            server,
            _directory,
            ..
        } = self;
        drop(provider);
        if let Some(server) = server {
            server.stop().await;
        }
    }

    /// The process id of the server that was started, for tests that kill it.
    #[must_use]
    pub fn server_pid(&self) -> Option<u32> {
        self.server.as_ref().and_then(|server| server.child.id())
    }
}

/// Stands a provider up.
///
/// # Errors
/// [`SetupError`], saying what is missing and what to do.
pub async fn open_provider(
    factory: &Factory,
    options: &ProviderOptions,
) -> Result<Opened, SetupError> {
    let (directory, temporary) = folder(factory, options)?;
    let settings = Settings {
        endpoint: options.endpoint.clone(),
        directory,
        options: options.options.clone(),
    };
    match factory.server {
        Some(server) if settings.endpoint.is_none() => {
            start(factory, server, settings, temporary).await
        }
        server => {
            let mode = if server.is_some() || settings.endpoint.is_some() {
                "endpoint"
            } else {
                "embedded"
            };
            let provider = connect(factory, settings).await.map_err(|error| {
                let hint = match error.kind() {
                    ErrorKind::Unavailable | ErrorKind::Timeout if server.is_some() => {
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
            })?;
            Ok(Opened {
                provider,
                mode,
                server: None,
                _directory: temporary,
            })
        }
    }
}

fn folder(
    factory: &Factory,
    options: &ProviderOptions,
) -> Result<(Option<PathBuf>, Option<TempDir>), SetupError> {
    if options.directory.is_some() || !(factory.needs_directory || factory.server.is_some()) {
        return Ok((options.directory.clone(), None));
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
    server: Server,
    settings: Settings,
    directory: Option<TempDir>,
) -> Result<Opened, SetupError> {
    if find_program(server.program).is_none() {
        return Err(SetupError::ProgramMissing {
            program: server.program,
            install: server.install,
        });
    }
    let mut last = None;
    for _ in 0..START_ATTEMPTS {
        let mut running = RunningServer::start(server, &settings)?;
        let settings = Settings {
            endpoint: Some(running.endpoint.clone()),
            ..settings.clone()
        };
        match running.ready(factory, &settings).await {
            Ok(provider) => {
                let server = Some(running);
                return Ok(Opened {
                    provider,
                    mode: "process",
                    server,
                    _directory: directory,
                });
            }
            Err(error) => {
                running.stop().await;
                last = Some(error);
            }
        }
    }
    Err(last.unwrap_or_else(|| SetupError::ServerFailed {
        program: server.program,
        reason: "no attempt was made".into(),
    }))
}

/// A program in `PATH`.
#[must_use]
pub fn find_program(program: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .map(|folder| folder.join(program))
        .find(|file| file.is_file())
}

struct RunningServer {
    server: Server,
    child: Child,
    endpoint: String,
}

impl RunningServer {
    fn start(server: Server, settings: &Settings) -> Result<Self, SetupError> {
        let port = free_port()?;
        let directory = settings
            .directory
            .as_ref()
            .map(|path| path.display().to_string())
            .unwrap_or_default();
        let fill = |text: &str| {
            text.replace("{port}", &port.to_string())
                .replace("{directory}", &directory)
        };
        let mut command = Command::new(server.program);
        // In a group of its own, so that an interrupt from the terminal ends it
        // only after the scopes on it are closed.
        #[cfg(unix)]
        command.process_group(0);
        let child = command
            .args(server.arguments.iter().map(|argument| fill(argument)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| SetupError::ServerFailed {
                program: server.program,
                reason: error.kind().to_string(),
            })?;
        Ok(Self {
            server,
            child,
            endpoint: fill(server.endpoint),
        })
    }

    /// Waits until the provider can connect.
    async fn ready(
        &mut self,
        factory: &Factory,
        settings: &Settings,
    ) -> Result<Arc<dyn Provider>, SetupError> {
        let failed = |reason: String| SetupError::ServerFailed {
            program: self.server.program,
            reason,
        };
        let started = Instant::now();
        let mut pause = Duration::from_millis(5);
        loop {
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(failed(format!("it ended at once ({status})")));
            }
            match connect(factory, settings.clone()).await {
                Ok(provider) => return Ok(provider),
                Err(error) if started.elapsed() > START_TIMEOUT => {
                    return Err(failed(format!(
                        "it does not answer after {} s: {error}",
                        START_TIMEOUT.as_secs()
                    )));
                }
                Err(_) => tokio::time::sleep(pause).await,
            }
            pause = (pause * 2).min(Duration::from_millis(100));
        }
    }

    async fn stop(mut self) {
        // It may have ended by itself, which is as good.
        self.child.kill().await.ok();
    }
}

fn free_port() -> Result<u16, SetupError> {
    TcpListener::bind(("127.0.0.1", 0))
        .and_then(|listener| listener.local_addr())
        .map(|address| address.port())
        .map_err(|error| {
            SetupError::Machine(format!("no free port on the loopback: {}", error.kind()))
        })
}
