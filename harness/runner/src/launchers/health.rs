//! Whether what was started for a run still runs.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;

/// How a service that was started for a run ended before it should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Loss {
    /// What was seen, without endpoint or path.
    pub reason: String,
    /// The last lines that it wrote, for its owner alone.
    pub output: Vec<String>,
}

/// Tells when a service that was started for a run ends before it should. All
/// clones are of one service.
#[derive(Debug, Clone)]
pub struct Health {
    loss: Arc<watch::Sender<Option<Loss>>>,
    /// Whether a loss would be told.
    is_watched: bool,
}

impl Health {
    /// Of a service that nobody watches.
    #[must_use]
    pub fn new() -> Self {
        Self {
            loss: Arc::new(watch::Sender::new(None)),
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
    Loss {
        reason: "the service ended".to_owned(),
        output: Vec::new(),
    }
}
