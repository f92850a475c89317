//! Ctrl-C and termination. The first signal ends the guest; the process ends soon
//! after, even if something blocks it.

use std::time::Duration;

use tokio::sync::oneshot;

use crate::failure::exit;

/// How long the host may take to let everything go.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// Starts to listen, in the current runtime. What comes is the exit code.
pub(crate) fn listen() -> std::io::Result<oneshot::Receiver<u8>> {
    let mut signals = Signals::new()?;
    let (tell, told) = oneshot::channel();
    tokio::spawn(async move {
        let code = signals.next().await;
        // Nobody waits for it any more if the guest has ended by itself.
        let _ = tell.send(code);
        let _ = tokio::time::timeout(LAST_WAIT, signals.next()).await;
        // A guest may stand in a write to a pipe that nobody reads.
        std::process::exit(code.into());
    });
    Ok(told)
}

#[cfg(unix)]
struct Signals {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Self {
            interrupt: signal(SignalKind::interrupt())?,
            terminate: signal(SignalKind::terminate())?,
        })
    }

    async fn next(&mut self) -> u8 {
        tokio::select! {
            _ = self.interrupt.recv() => exit::INTERRUPT,
            _ = self.terminate.recv() => exit::TERMINATE,
        }
    }
}

#[cfg(not(unix))]
struct Signals;

#[cfg(not(unix))]
impl Signals {
    fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    async fn next(&mut self) -> u8 {
        match tokio::signal::ctrl_c().await {
            Ok(()) => exit::INTERRUPT,
            Err(_) => std::future::pending().await,
        }
    }
}
