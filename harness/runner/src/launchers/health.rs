//! Whether the service of a run still runs, and answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tokio::sync::watch;

/// After so many cases in a row that got no answer, the next would get none either: a
/// disk that is full or a quorum that is gone lets scopes be opened and nothing be written.
/// More than run side by side on most machines, so that one stall is not taken for it.
const SILENT_CASES: u32 = 20;

/// How a service was lost before the end of a run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What was seen, without endpoint or path.
    pub reason: String,
    /// The last lines that it wrote, for its owner alone.
    pub output: Vec<String>,
}

impl Loss {
    /// One that was noticed from outside: by what was not answered.
    pub(crate) fn seen(reason: impl Into<String>) -> Self {
        Self {
            reason: reason.into(),
            output: Vec::new(),
        }
    }
}

/// Tells when a service is lost: one that was started for a run ends, or one of any kind
/// answers no more. All clones are of one service.
#[derive(Debug, Clone)]
pub struct Health {
    loss: Arc<watch::Sender<Option<Loss>>>,
    /// How many cases in a row got no answer.
    silent: Arc<AtomicU32>,
    /// Whether its end would be told.
    is_watched: bool,
}

impl Health {
    /// Of a service that nobody watches.
    #[must_use]
    pub fn new() -> Self {
        Self {
            loss: Arc::new(watch::Sender::new(None)),
            silent: Arc::default(),
            is_watched: false,
        }
    }

    /// Of a service that runs, and whose end will be told.
    pub(crate) fn watched() -> Self {
        Self {
            is_watched: true,
            ..Self::new()
        }
    }

    /// How it was lost, if it was.
    #[must_use]
    pub fn loss(&self) -> Option<Loss> {
        self.loss.borrow().clone()
    }

    /// Waits until it is lost.
    pub async fn lost(&self) -> Loss {
        let mut receiver = self.loss.subscribe();
        match receiver.wait_for(Option::is_some).await {
            Ok(loss) => loss.clone().unwrap_or_else(unknown),
            // The sender lives as long as `self`.
            Err(_) => unknown(),
        }
    }

    /// How it was lost, if that is known within a moment: a broken connection is
    /// seen before the end of the process behind it. Where nobody watches, nothing is
    /// waited for.
    pub(crate) async fn loss_within(&self, moment: Duration) -> Option<Loss> {
        if !self.is_watched {
            return None;
        }
        tokio::time::timeout(moment, self.lost()).await.ok()
    }

    /// A case got answers.
    pub(crate) fn answered(&self) {
        self.silent.store(0, Ordering::Relaxed);
    }

    /// A case got no answer, although scopes can be opened and closed.
    pub(crate) fn silent(&self) {
        if self.silent.fetch_add(1, Ordering::Relaxed) + 1 >= SILENT_CASES {
            self.lose(Loss::seen(format!(
                "{SILENT_CASES} cases in a row got no answer from the service"
            )));
        }
    }

    pub(crate) fn lose(&self, loss: Loss) {
        // The first reason is the reason.
        self.loss.send_if_modified(|known| {
            let first = known.is_none();
            if first {
                *known = Some(loss);
            }
            first
        });
    }
}

impl Default for Health {
    fn default() -> Self {
        Self::new()
    }
}

fn unknown() -> Loss {
    Loss::seen("the service ended")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_silence_without_end_is_a_loss() {
        let health = Health::new();
        let quiet_for = |cases| (0..cases).for_each(|_| health.clone().silent());
        quiet_for(SILENT_CASES - 1);
        health.answered();
        quiet_for(SILENT_CASES - 1);
        assert_eq!(health.loss(), None);
        health.silent();
        let reason = health.loss().map(|loss| loss.reason);
        assert_eq!(
            reason.as_deref(),
            Some("20 cases in a row got no answer from the service")
        );
        health.answered();
        assert!(health.loss().is_some(), "what is lost stays lost");
    }
}
