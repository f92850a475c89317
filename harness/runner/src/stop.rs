//! A way to end a run early from outside: the user's interrupt, a budget.

use std::sync::Arc;

use tokio::sync::watch;

/// Ends runs early. All clones of one value stop together.
#[derive(Debug, Clone)]
pub struct Stop(Arc<watch::Sender<bool>>);

impl Stop {
    /// A value that lets runs go on until [`stop`](Self::stop) is called.
    #[must_use]
    pub fn new() -> Self {
        Self(Arc::new(watch::Sender::new(false)))
    }

    /// Starts no further case, and gives up those that run; their scopes are
    /// still closed.
    pub fn stop(&self) {
        self.0.send_replace(true);
    }

    /// Whether [`stop`](Self::stop) was called.
    #[must_use]
    pub fn is_stopped(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until [`stop`](Self::stop) is called.
    pub async fn stopped(&self) {
        // The sender lives as long as `self`, so waiting ends in no other way.
        self.0.subscribe().wait_for(|&stopped| stopped).await.ok();
    }
}

impl Default for Stop {
    fn default() -> Self {
        Self::new()
    }
}
