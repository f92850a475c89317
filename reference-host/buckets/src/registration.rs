//! A scope that this provider opened, and the writes that are on their way in it.

use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use cloud_contract::blobstore::Body;
use cloud_contract::{Error, ErrorKind, Result};
use futures::{StreamExt as _, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

/// The most writes of a scope that can be on their way.
const WRITES: u32 = 1 << 16;
/// How much longer than a write closing waits: the write ends first.
const GRACE: Duration = Duration::from_secs(1);
/// How long a write that was given up goes on to have the service let go of its parts.
pub const GIVEN_UP: Duration = Duration::from_secs(60);

/// A scope that this provider opened.
#[derive(Debug)]
pub struct Registration {
    /// A permit for each write that is on its way.
    writes: Arc<Semaphore>,
    closed: watch::Sender<bool>,
    /// How often each container was removed here.
    removals: Mutex<HashMap<String, u64>>,
    /// How long a write may take.
    limit: Duration,
}

/// Kept by a write as long as it is on its way.
pub type OnItsWay = OwnedSemaphorePermit;

impl Registration {
    /// A scope whose writes may take so long each.
    #[must_use]
    pub fn new(limit: Duration) -> Self {
        Self {
            writes: Arc::new(Semaphore::new(WRITES as usize)),
            closed: watch::Sender::new(false),
            removals: Mutex::default(),
            limit,
        }
    }

    /// Whether it was closed here.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        *self.closed.borrow()
    }

    /// Ends when the scope is closed.
    pub async fn closing(&self) {
        let mut closed = self.closed.subscribe();
        // The sender lives as long as this value.
        let _ = closed.wait_for(|&closed| closed).await;
    }

    /// How often a container was removed here: a handle that was opened before is one of
    /// another container.
    #[must_use]
    pub fn removals(&self, container: &str) -> u64 {
        self.known_removals().get(container).copied().unwrap_or(0)
    }

    /// Notes that a container was removed.
    pub fn removed(&self, container: &str) {
        *self
            .known_removals()
            .entry(container.to_owned())
            .or_default() += 1;
    }

    /// The bytes of a write through a handle that was opened after so many removals of its
    /// container. If that is removed while they come, an error follows them: what ends in
    /// one is made no object, which whoever creates the container anew would find in it.
    #[must_use]
    pub fn unless_removed(self: &Arc<Self>, container: &str, removals: u64, body: Body) -> Body {
        let (registration, container) = (Arc::clone(self), container.to_owned());
        let end = stream::once(async move { registration.removals(&container) != removals });
        let end = end.filter_map(async |was_removed| {
            was_removed.then(|| Err(Error::from(ErrorKind::NotFound)))
        });
        body.chain(end).boxed()
    }

    fn known_removals(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.removals.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Lets a write begin.
    ///
    /// # Errors
    /// `not-found` if the scope was closed; `throttled`.
    pub fn begin(&self) -> Result<OnItsWay> {
        let permit = Arc::clone(&self.writes).try_acquire_owned();
        // After the permit: who closes the scope says so first, and waits for permits
        // then. While it does there may be none.
        if self.is_closed() {
            return Err(ErrorKind::NotFound.into());
        }
        permit.map_err(|_| ErrorKind::Throttled { retry_after: None }.into())
    }

    /// Runs a request that writes to its end, also when the caller is dropped meanwhile:
    /// only then can somebody who closes the scope wait for it. It ends within the limit.
    ///
    /// # Errors
    /// Those of the write; `not-found` if the scope was closed; `timeout`.
    pub async fn run<T: Send + 'static>(
        &self,
        write: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let permit = self.begin()?;
        let limit = self.limit;
        let task = tokio::spawn(async move {
            let _permit = permit;
            match tokio::time::timeout(limit, write).await {
                Ok(result) => result,
                Err(_) => Err(ErrorKind::Timeout.into()),
            }
        });
        match task.await {
            Ok(result) => result,
            Err(failed) => match failed.try_into_panic() {
                // The portable layer makes an error of it.
                Ok(panic) => std::panic::resume_unwind(panic),
                Err(ended) => Err(Error::with_source(ErrorKind::Cancelled, ended)),
            },
        }
    }

    /// Lets no other writes begin, and waits for those that are on their way.
    ///
    /// # Errors
    /// `timeout` if some are left after their time. It can be repeated.
    pub async fn close(&self) -> Result<()> {
        self.closed.send_replace(true);
        let all = self.writes.acquire_many(WRITES);
        match tokio::time::timeout(self.limit + GRACE, all).await {
            Ok(_) => Ok(()),
            Err(_) => Err(ErrorKind::Timeout.into()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn closing_waits_for_writes_and_lets_no_others_begin() {
        let registration = Arc::new(Registration::new(Duration::from_secs(60)));
        let (tell, told) = tokio::sync::oneshot::channel::<()>();
        let write =
            registration.run(async move { told.await.map_err(|_| ErrorKind::Cancelled.into()) });
        // The caller goes away; the write stays.
        assert!(futures::poll!(Box::pin(write)).is_pending());
        let mut closing = Box::pin(registration.closing());
        assert!(futures::poll!(&mut closing).is_pending());
        let mut close = Box::pin(registration.close());
        assert!(futures::poll!(&mut close).is_pending());
        closing.await;
        // None begins while it waits.
        let late = registration.run(async { Ok(()) }).await;
        assert_eq!(late.unwrap_err().kind(), &ErrorKind::NotFound);
        tell.send(()).unwrap();
        close.await.unwrap();
        registration.close().await.unwrap();
    }

    #[tokio::test]
    async fn bytes_for_a_container_that_is_removed_meanwhile_end_in_an_error() {
        let registration = Arc::new(Registration::new(Duration::from_secs(60)));
        let written = || stream::iter([Ok("bytes".into())]).boxed();
        let of_another = registration.unless_removed("other", 0, written());
        let mut body = registration.unless_removed("container", 0, written());
        assert!(matches!(body.next().await, Some(Ok(_))));
        registration.removed("container");
        let end = body.next().await.unwrap();
        assert_eq!(end.unwrap_err().kind(), &ErrorKind::NotFound);
        assert!(body.next().await.is_none());
        assert!(of_another.all(async |item| item.is_ok()).await);
        // A handle of the new container.
        let anew = registration.unless_removed("container", 1, written());
        assert!(anew.all(async |item| item.is_ok()).await);
    }

    #[tokio::test(start_paused = true)]
    async fn a_write_that_is_stuck_ends_before_closing_gives_up() {
        let registration = Registration::new(Duration::from_secs(5));
        let mut stuck = Box::pin(registration.run(std::future::pending::<Result<()>>()));
        assert!(futures::poll!(&mut stuck).is_pending());
        registration.close().await.unwrap();
        assert_eq!(stuck.await.unwrap_err().kind(), &ErrorKind::Timeout);
    }

    #[tokio::test(start_paused = true)]
    async fn closing_says_that_a_write_is_left() {
        let registration = Registration::new(Duration::from_secs(5));
        let left = registration.begin().unwrap();
        let error = registration.close().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Timeout);
        assert!(registration.begin().is_err());
        drop(left);
        registration.close().await.unwrap();
    }
}
