//! Removes entries that have ended, in the background. Nothing depends on it: they are
//! absent for every statement all the same.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use tracing::debug;

use crate::link::Pool;
use crate::sql::Sql;

/// How many one statement removes.
const AT_ONCE: i64 = 256;
/// So many expiring writes bring a sweep about: fewer than it can remove.
const WRITES: usize = 16;

/// Removes entries of all stores of the database, one statement at a time.
#[derive(Debug)]
pub(crate) struct Sweeper {
    pool: Arc<Pool>,
    running: AtomicBool,
    writes: AtomicUsize,
}

impl Sweeper {
    pub(crate) fn new(pool: Arc<Pool>) -> Self {
        Self {
            pool,
            running: AtomicBool::new(false),
            // The first write of a provider clears up what earlier ones left.
            writes: AtomicUsize::new(WRITES - 1),
        }
    }

    /// An entry was written that will end.
    pub(crate) fn wrote(self: &Arc<Self>) {
        let writes = self.writes.fetch_add(1, Ordering::Relaxed) + 1;
        if !writes.is_multiple_of(WRITES) || self.running.swap(true, Ordering::AcqRel) {
            return;
        }
        let sweeper = Arc::clone(self);
        tokio::spawn(async move {
            while sweeper.sweep().await {}
            sweeper.running.store(false, Ordering::Release);
        });
    }

    /// Whether more may be left.
    async fn sweep(&self) -> bool {
        match self.pool.query(Sql::Sweep, &[&AT_ONCE]).await {
            Ok(rows) => {
                let removed = rows.first().and_then(|row| row.try_get(0).ok());
                removed == Some(AT_ONCE)
            }
            Err(error) => {
                debug!(%error, "entries that have ended are left for later");
                false
            }
        }
    }
}
