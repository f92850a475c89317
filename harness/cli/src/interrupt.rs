//! Ctrl-C and termination. The first signal ends the run in order; the second
//! ends the process.

use std::sync::{Arc, OnceLock};

use conformance_runner::Stop;

use crate::output;

/// What came from outside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signal {
    /// Ctrl-C.
    Interrupt,
    /// A polite `kill`.
    Terminate,
}

impl Signal {
    /// The exit code by the convention of shells: 128 and the number.
    pub(crate) fn exit_code(self) -> u8 {
        match self {
            Self::Interrupt => 130,
            Self::Terminate => 143,
        }
    }

    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::Interrupt => "interrupted",
            Self::Terminate => "terminated",
        }
    }
}

/// Listens for signals.
#[derive(Debug, Clone)]
pub(crate) struct Interrupt {
    first: Arc<OnceLock<Signal>>,
    /// After the first signal.
    pub(crate) stop: Stop,
    again: Stop,
}

impl Interrupt {
    /// Starts to listen, in the current runtime. At the first signal it is told what
    /// happens then.
    pub(crate) fn listen(then: &'static str) -> std::io::Result<Self> {
        let interrupt = Self {
            first: Arc::default(),
            stop: Stop::new(),
            again: Stop::new(),
        };
        let mut signals = Signals::new()?;
        let listener = interrupt.clone();
        tokio::spawn(async move {
            let signal = signals.next().await;
            // This task alone sets it, and only here.
            listener.first.get_or_init(|| signal);
            listener.stop.stop();
            output::notice(&format!("{}: {then}", signal.words()));
            signals.next().await;
            listener.again.stop();
        });
        Ok(interrupt)
    }

    /// The first signal, if there was one.
    pub(crate) fn signal(&self) -> Option<Signal> {
        self.first.get().copied()
    }

    /// Waits for the second signal.
    pub(crate) async fn insisted(&self) -> Signal {
        self.again.stopped().await;
        self.signal().unwrap_or(Signal::Interrupt)
    }
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

    async fn next(&mut self) -> Signal {
        tokio::select! {
            _ = self.interrupt.recv() => Signal::Interrupt,
            _ = self.terminate.recv() => Signal::Terminate,
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

    async fn next(&mut self) -> Signal {
        match tokio::signal::ctrl_c().await {
            Ok(()) => Signal::Interrupt,
            Err(_) => std::future::pending().await,
        }
    }
}
