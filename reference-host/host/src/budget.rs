//! How many bytes the calls of one instance may hold in the host at a time. What
//! a guest passes to a call is copied, and stays until the call has ended; a guest
//! that starts many while a provider is slow could fill the host with them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cloud_contract::{Error, ErrorKind, Result};

/// The bytes that an instance has, and those that are left of them. Clones share
/// the latter.
#[derive(Debug, Clone)]
pub(crate) struct Budget {
    all: usize,
    left: Arc<AtomicUsize>,
}

impl Budget {
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            all: bytes,
            left: Arc::new(AtomicUsize::new(bytes)),
        }
    }

    /// For one call, which holds nothing yet.
    pub(crate) fn call(&self) -> Held {
        Held {
            budget: self.clone(),
            bytes: 0,
        }
    }
}

/// What one call holds; given back on drop.
#[derive(Debug)]
pub(crate) struct Held {
    budget: Budget,
    bytes: usize,
}

impl Held {
    /// Holds so many bytes more.
    ///
    /// # Errors
    /// `throttled` if the calls of the instance hold too much together.
    pub(crate) fn take(&mut self, bytes: usize) -> Result<()> {
        // Only a count: nothing is published through it.
        self.budget
            .left
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| {
                left.checked_sub(bytes)
            })
            .map_err(|_| ErrorKind::Throttled { retry_after: None })?;
        self.bytes += bytes;
        Ok(())
    }

    /// Holds so many bytes more for a batch.
    ///
    /// # Errors
    /// `too-large` if they are too many even for a call that is alone, so that
    /// waiting does not help; else as [`Held::take`].
    pub(crate) fn take_sum(&mut self, bytes: usize) -> Result<()> {
        let all = self.budget.all;
        if self.bytes.saturating_add(bytes) > all {
            return Err(Error::too_large(all as u64));
        }
        self.take(bytes)
    }

    /// Gives everything back.
    pub(crate) fn release(&mut self) {
        let bytes = std::mem::take(&mut self.bytes);
        self.budget.left.fetch_add(bytes, Ordering::Relaxed);
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        self.release();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_share_a_budget_and_give_back_what_they_held() {
        let budget = Budget::new(100);
        let (mut first, mut second) = (budget.call(), budget.call());
        first.take(60).unwrap();
        second.take(40).unwrap();
        assert_eq!(
            first.take(1).unwrap_err().kind(),
            &ErrorKind::Throttled { retry_after: None }
        );
        first.take(0).unwrap();
        second.release();
        first.take(40).unwrap();
        assert!(second.take(usize::MAX).is_err());
        drop(first);
        second.take(100).unwrap();
    }

    #[test]
    fn a_batch_is_too_large_where_it_would_not_fit_alone() {
        let budget = Budget::new(100);
        let (mut first, mut second) = (budget.call(), budget.call());
        first.take_sum(60).unwrap();
        let throttled = ErrorKind::Throttled { retry_after: None };
        assert_eq!(second.take_sum(41).unwrap_err().kind(), &throttled);
        let too_large = ErrorKind::TooLarge { limit: 100 };
        assert_eq!(second.take_sum(101).unwrap_err().kind(), &too_large);
        assert_eq!(first.take_sum(41).unwrap_err().kind(), &too_large);
        first.take_sum(40).unwrap();
        drop(first);
        second.take_sum(100).unwrap();
    }
}
