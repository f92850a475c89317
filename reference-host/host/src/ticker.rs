//! The one thread that advances an engine's epoch.

use std::sync::mpsc::{self, RecvTimeoutError, Sender};
use std::thread;
use std::time::Duration;

use wasmtime::Engine;

/// Advances the epoch until dropped.
#[derive(Debug)]
pub(crate) struct Ticker {
    // Dropping the sender wakes and ends the thread.
    _stop: Sender<()>,
}

impl Ticker {
    pub(crate) fn start(engine: &Engine, tick: Duration) -> std::io::Result<Self> {
        let (stop, stopped) = mpsc::channel::<()>();
        // The weak handle lets the engine go although the thread still sleeps.
        let engine = engine.weak();
        thread::Builder::new()
            .name("epoch-ticker".into())
            .spawn(move || {
                while stopped.recv_timeout(tick) == Err(RecvTimeoutError::Timeout) {
                    match engine.upgrade() {
                        Some(engine) => engine.increment_epoch(),
                        None => break,
                    }
                }
            })?;
        Ok(Self { _stop: stop })
    }
}
