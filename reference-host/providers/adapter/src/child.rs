//! The process: started, supervised, ended together with everything it started.

use std::borrow::Cow;
use std::io;
use std::process::Stdio;
use std::time::{Duration, Instant};

use cloud_contract::{Error, ErrorKind, Result};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::config::Config;
use crate::watchdog::Watchdog;

/// How long a process that closed a pipe may take to show that it ended.
const STATUS_TIMEOUT: Duration = Duration::from_secs(2);
/// How long the process may take to end after its input did.
const GRACE: Duration = Duration::from_secs(1);
/// How often a thread that cannot do anything else looks whether it ended.
const LOOK: Duration = Duration::from_millis(5);

/// A process, and the group of those that it started. All of them are killed when
/// this value goes.
pub(crate) struct Running {
    child: Child,
    /// How long it may go on, where that is settled.
    until: Option<Instant>,
    /// Its last words do not fail while nobody reads them any more.
    #[cfg(unix)]
    _output: Option<std::os::fd::OwnedFd>,
    /// After the child: the group outlives its first member until it is killed.
    _group: Group,
    /// The last field: it is needed until nobody is left.
    _watchdog: Option<Watchdog>,
}

/// Starts the program with pipes to its input and output.
///
/// # Errors
/// `other`, with what the system said of it; no path.
pub(crate) fn start(config: &Config) -> Result<(Running, ChildStdin, ChildStdout)> {
    let mut command = Command::new(&config.program);
    // In a group of its own, so that an interrupt from the terminal does not end it
    // before the scopes in it are closed.
    #[cfg(unix)]
    command.process_group(0);
    let mut child = command
        .args(&config.arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .kill_on_drop(true)
        .spawn()
        .map_err(not_started)?;
    let group = Group::of(&child);
    let watchdog = child.id().and_then(Watchdog::start);
    let pipes = child.stdin.take().zip(child.stdout.take());
    let (stdin, stdout) = pipes.ok_or_else(|| not_started(io::ErrorKind::BrokenPipe.into()))?;
    let running = Running {
        child,
        until: None,
        #[cfg(unix)]
        _output: std::os::fd::AsFd::as_fd(&stdout).try_clone_to_owned().ok(),
        _group: group,
        _watchdog: watchdog,
    };
    Ok((running, stdin, stdout))
}

fn not_started(error: io::Error) -> Error {
    let reason = match error.kind() {
        io::ErrorKind::NotFound => "it is not there, nor in PATH".to_owned(),
        other => other.to_string(),
    };
    let text = format!("the program that command names cannot be started: {reason}");
    Error::with_source(ErrorKind::Other(Cow::Owned(text)), error)
}

impl Running {
    /// How it ended, if it did or does so at once.
    pub(crate) async fn status(&mut self) -> Option<String> {
        let waited = tokio::time::timeout(STATUS_TIMEOUT, self.child.wait()).await;
        Some(waited.ok()?.ok()?.to_string())
    }

    /// Its input ends now. Returns until when it may go on.
    pub(crate) fn dismiss(&mut self) -> Instant {
        *self.until.insert(Instant::now() + GRACE)
    }

    /// Waits until it ended, or its time is over.
    pub(crate) async fn ended(&mut self) {
        if let Some(until) = self.until {
            let _ = tokio::time::timeout_at(until.into(), self.child.wait()).await;
        }
    }

    /// Ends it and waits until it is gone.
    pub(crate) async fn kill(mut self) {
        self.until = Some(Instant::now());
        if let Err(error) = self.child.kill().await {
            tracing::debug!(%error, "the process cannot be killed");
        }
    }
}

/// A process that runs when this comes lost the runtime that served it. Its input
/// has ended; nobody else is left who could wait for it, so the thread does that
/// ends the runtime.
impl Drop for Running {
    fn drop(&mut self) {
        let until = self.until.unwrap_or_else(|| Instant::now() + GRACE);
        while matches!(self.child.try_wait(), Ok(None)) && Instant::now() < until {
            std::thread::sleep(LOOK);
        }
    }
}

/// A process group that is killed when this value goes.
struct Group {
    #[cfg(unix)]
    leader: Option<rustix::process::Pid>,
}

impl Group {
    #[cfg(unix)]
    fn of(child: &Child) -> Self {
        let leader = child
            .id()
            .and_then(|id| rustix::process::Pid::from_raw(id.try_into().ok()?));
        Self { leader }
    }

    #[cfg(not(unix))]
    fn of(_child: &Child) -> Self {
        Self {}
    }
}

#[cfg(unix)]
impl Drop for Group {
    fn drop(&mut self) {
        if let Some(leader) = self.leader {
            // An error says that nobody is left in it.
            let _ = rustix::process::kill_process_group(leader, rustix::process::Signal::KILL);
        }
    }
}
