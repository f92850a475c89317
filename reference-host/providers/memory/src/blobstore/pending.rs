//! Bytes that take room in a container and that no object has yet: those that are being
//! collected, and parts of uploads.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// How many they are, of all calls and uploads together.
#[derive(Debug, Default)]
pub(super) struct Pending(AtomicU64);

impl Pending {
    pub(super) fn bytes(&self) -> u64 {
        // Only a count: nothing is published through it.
        self.0.load(Ordering::Relaxed)
    }
}

/// Those of one call or part; given back on drop.
#[derive(Debug)]
pub(super) struct Reserved {
    pending: Arc<Pending>,
    bytes: u64,
}

impl Reserved {
    pub(super) fn none(pending: &Arc<Pending>) -> Self {
        Self {
            pending: Arc::clone(pending),
            bytes: 0,
        }
    }

    pub(super) fn add(&mut self, bytes: u64) {
        self.pending.0.fetch_add(bytes, Ordering::Relaxed);
        self.bytes += bytes;
    }

    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.pending.0.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}
