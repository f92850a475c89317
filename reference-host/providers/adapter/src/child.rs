//! The process: started, supervised, ended together with everything it started.

use std::borrow::Cow;
use std::io;
use std::process::Stdio;
use std::time::Duration;

use cloud_contract::{Error, ErrorKind, Result};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

use crate::config::Config;

/// How long a process that closed a pipe may take to show that it ended.
const STATUS_TIMEOUT: Duration = Duration::from_millis(200);

/// A process, and the group of those that it started. All of them are killed when
/// this value goes.
pub(crate) struct Running {
    child: Child,
    /// The last field: the group outlives its first member until it is killed.
    _group: Group,
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
    let pipes = child.stdin.take().zip(child.stdout.take());
    let (stdin, stdout) = pipes.ok_or_else(|| not_started(io::ErrorKind::BrokenPipe.into()))?;
    let running = Running {
        child,
        _group: group,
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

    /// Ends it and waits until it is gone.
    pub(crate) async fn kill(mut self) {
        if let Err(error) = self.child.kill().await {
            tracing::debug!(%error, "the process cannot be killed");
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
