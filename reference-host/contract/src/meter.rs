//! Counts the calls of drivers, and ends the work when there were enough.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use async_trait::async_trait;

use crate::{Descriptor, Grant, Namespace, Platform, Provider, Result, Scope, blobstore, keyvalue};

/// The number of calls that were made, and of those that may be.
pub struct Meter {
    calls: AtomicU64,
    refused: AtomicBool,
    most: Option<u64>,
    on_spent: Box<dyn Fn() + Send + Sync>,
}

impl Meter {
    /// A meter that calls `on_spent` with the call after the last one that may be
    /// made; that call then never ends, and whoever waits for it gives it up.
    #[must_use]
    pub fn new(most: Option<u64>, on_spent: impl Fn() + Send + Sync + 'static) -> Self {
        Self {
            calls: AtomicU64::new(0),
            refused: AtomicBool::new(false),
            most,
            on_spent: Box::new(on_spent),
        }
    }

    /// How many calls were made. A call is a request, or several where a service
    /// needs them: pages, loops, batches that have to be split.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// Whether a call was held back. Calls that clean up are counted and made, so
    /// that there may be more calls than may be, and nothing held back.
    #[must_use]
    pub fn is_spent(&self) -> bool {
        self.refused.load(Ordering::Relaxed)
    }

    /// A provider whose calls are counted.
    #[must_use]
    pub fn watch(self: &Arc<Self>, provider: Arc<dyn Provider>) -> Arc<dyn Provider> {
        Arc::new(Metered {
            inner: provider,
            meter: Arc::clone(self),
        })
    }

    /// Counts a call that is made in any case, as those that clean up. Returns how
    /// many there are with it.
    fn count(&self) -> u64 {
        self.calls.fetch_add(1, Ordering::Relaxed).saturating_add(1)
    }

    /// Counts a call, and lets it pass if it may be made.
    pub(crate) async fn spend(&self) {
        let calls = self.count();
        if self.most.is_some_and(|most| calls > most) {
            self.refused.store(true, Ordering::Relaxed);
            (self.on_spent)();
            std::future::pending::<()>().await;
        }
    }
}

impl fmt::Debug for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meter")
            .field("calls", &self.calls())
            .field("most", &self.most)
            .finish_non_exhaustive()
    }
}

/// Something whose calls are counted.
#[derive(Debug)]
pub(crate) struct Metered<T> {
    pub(crate) inner: T,
    pub(crate) meter: Arc<Meter>,
}

#[async_trait]
impl Provider for Metered<Arc<dyn Provider>> {
    fn descriptor(&self) -> &Descriptor {
        self.inner.descriptor()
    }

    async fn open(&self, scope: &Scope) -> Result<Arc<dyn Namespace>> {
        self.meter.count();
        let inner = self.inner.open(scope).await?;
        Ok(Arc::new(Metered {
            inner,
            meter: Arc::clone(&self.meter),
        }))
    }

    async fn close(&self, scope: &Scope) -> Result<()> {
        self.meter.count();
        self.inner.close(scope).await
    }

    fn loss(&self) -> Option<String> {
        self.inner.loss()
    }

    fn platform(&self, grants: Vec<Grant>) -> Arc<dyn Platform> {
        self.inner.platform(grants)
    }
}

#[async_trait]
impl Namespace for Metered<Arc<dyn Namespace>> {
    async fn keyvalue(&self, store: &str) -> Result<Arc<dyn keyvalue::Driver>> {
        self.meter.spend().await;
        let inner = self.inner.keyvalue(store).await?;
        Ok(Arc::new(Metered {
            inner,
            meter: Arc::clone(&self.meter),
        }))
    }

    async fn blobstore(&self, container: &str) -> Result<Arc<dyn blobstore::Driver>> {
        self.meter.spend().await;
        let inner = self.inner.blobstore(container).await?;
        Ok(Arc::new(Metered {
            inner,
            meter: Arc::clone(&self.meter),
        }))
    }

    async fn create_container(&self, container: &str) -> Result<()> {
        self.meter.spend().await;
        self.inner.create_container(container).await
    }

    async fn delete_container(&self, container: &str) -> Result<()> {
        self.meter.spend().await;
        self.inner.delete_container(container).await
    }
}

#[cfg(test)]
mod tests {
    use futures::FutureExt as _;

    use super::*;

    #[test]
    fn what_is_counted_and_made_all_the_same_ends_nothing() {
        let meter = Meter::new(Some(2), || panic!("nothing was held back"));
        for _ in 0..2 {
            assert_eq!(meter.spend().now_or_never(), Some(()));
        }
        // A scope that is closed.
        meter.count();
        assert_eq!(meter.calls(), 3);
        assert!(!meter.is_spent());
    }

    #[test]
    fn the_call_after_the_last_one_is_held_back_and_told() {
        let told = Arc::new(AtomicBool::new(false));
        let tell = Arc::clone(&told);
        let meter = Meter::new(Some(1), move || tell.store(true, Ordering::Relaxed));
        assert_eq!(meter.spend().now_or_never(), Some(()));
        assert!(!meter.is_spent());
        assert_eq!(meter.spend().now_or_never(), None);
        assert!(meter.is_spent() && told.load(Ordering::Relaxed));
    }
}
