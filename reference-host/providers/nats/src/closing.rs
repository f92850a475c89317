//! Whether a scope was closed here, for all who have a view of it.

use cloud_contract::{ErrorKind, Result};
use tokio::sync::watch;

/// From the moment on at which it is closed, what a view of the scope shows is gone,
/// whoever creates others of its names.
#[derive(Debug)]
pub(crate) struct Closing(watch::Sender<bool>);

impl Default for Closing {
    fn default() -> Self {
        Self(watch::Sender::new(false))
    }
}

impl Closing {
    pub(crate) fn close(&self) {
        self.0.send_replace(true);
    }

    /// Refuses what comes after the scope was closed.
    pub(crate) fn check(&self) -> Result<()> {
        if *self.0.borrow() {
            return Err(ErrorKind::NotFound.into());
        }
        Ok(())
    }

    /// Ends when the scope is closed.
    pub(crate) async fn closed(&self) {
        let mut closed = self.0.subscribe();
        // The sender lives as long as this value.
        let _ = closed.wait_for(|&closed| closed).await;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_waits_and_who_asks_is_told() {
        let closing = Closing::default();
        closing.check().unwrap();
        let mut closed = Box::pin(closing.closed());
        assert!(futures::poll!(&mut closed).is_pending());
        closing.close();
        closed.await;
        closing.closed().await;
        assert_eq!(closing.check().unwrap_err().kind(), &ErrorKind::NotFound);
    }
}
