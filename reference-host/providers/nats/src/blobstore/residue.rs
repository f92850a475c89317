//! Bytes that belong to no object any more, and how they go.
//!
//! Nothing is let go of that an object may turn out to have: where the answer to the
//! last step of a write was lost, the object is looked at first, and again.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cloud_contract::{Error, ErrorKind, Result};
use tokio::runtime::Handle;

use super::bucket::Bucket;

/// How long a call waits until the bytes that it replaced are gone. What takes longer
/// goes on without it.
const WAIT: Duration = Duration::from_millis(500);
/// By then the service has dealt with everything that came before it was asked.
pub(super) const SETTLED: Duration = Duration::from_secs(10);
/// How long it is tried to let go of bytes.
const GIVEN_UP: Duration = Duration::from_secs(60);
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// When all of it is over.
pub(crate) const RESIDUE_MAX: Duration = Duration::from_secs(120);

/// Runs a write to its end, also if the caller is dropped meanwhile.
pub(super) async fn carried<T: Send + 'static>(
    write: impl Future<Output = Result<T>> + Send + 'static,
) -> Result<T> {
    match tokio::spawn(write).await {
        Ok(result) => result,
        Err(failed) => match failed.try_into_panic() {
            // The portable layer makes an error of it.
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(ended) => Err(Error::with_source(ErrorKind::Cancelled, ended)),
        },
    }
}

/// Does something that nobody waits for. Without a runtime the host is about to end.
pub(super) fn behind(work: impl Future<Output = ()> + Send + 'static) {
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(work);
    }
}

/// Tries something until it succeeds.
async fn insist<F: Future<Output = Result<()>>>(attempt: impl Fn() -> F) {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(20);
    while attempt().await.is_err() && begun.elapsed() < GIVEN_UP {
        tokio::time::sleep(pause).await;
        pause = (2 * pause).min(LONGEST_PAUSE);
    }
}

/// Removes bytes that no object has, and the message that says that they are written.
pub(super) async fn gone(bucket: &Bucket, nuid: &str, is_marked: bool) {
    let chunks = bucket.chunks(nuid);
    insist(|| bucket.purge(&chunks)).await;
    if is_marked {
        unmarked(bucket, nuid).await;
    }
}

/// Removes the message that says that bytes are written.
pub(super) async fn unmarked(bucket: &Bucket, nuid: &str) {
    let mark = bucket.mark(nuid);
    insist(|| bucket.purge(&mark)).await;
}

/// Removes the bytes of a state that was replaced.
pub(super) async fn release(bucket: &Arc<Bucket>, nuid: String) {
    let bucket = Arc::clone(bucket);
    let going = tokio::spawn(async move { gone(&bucket, &nuid, false).await });
    let _ = tokio::time::timeout(WAIT, going).await;
}

/// A change of which nobody knows whether it took effect.
#[derive(Debug)]
pub(super) struct Unsettled {
    pub(super) name: String,
    /// The sequence of the message that it was to replace.
    pub(super) sequence: u64,
    /// The bytes that it was to give the object, if they were written for that.
    pub(super) new: Option<String>,
    /// The bytes that the object had.
    pub(super) old: Option<String>,
}

impl Unsettled {
    /// Finds out, and lets go of what no object has.
    pub(super) async fn settle(self, bucket: &Bucket) {
        let begun = Instant::now();
        let mut was_seen_before = false;
        while begun.elapsed() < GIVEN_UP {
            tokio::time::sleep(SETTLED).await;
            match self.attempt(bucket, was_seen_before).await {
                Ok(true) => return,
                Ok(false) => was_seen_before = true,
                // With its stream everything is gone.
                Err(error) if *error.kind() == ErrorKind::NotFound => return,
                Err(_) => {}
            }
        }
    }

    /// False if what may still be under way is to have another time to arrive.
    async fn attempt(&self, bucket: &Bucket, was_seen_before: bool) -> Result<bool> {
        let live = bucket.link.live().await?;
        let found = bucket.find(&live, &self.name).await?;
        if found.sequence == self.sequence {
            if let Some(new) = self.new.as_ref().filter(|_| was_seen_before) {
                gone(bucket, new, true).await;
            }
            return Ok(was_seen_before);
        }
        let has = found.state.map(|state| state.nuid);
        if let Some(new) = has.filter(|has| self.new.as_ref() == Some(has)) {
            unmarked(bucket, &new).await;
            if let Some(old) = &self.old {
                gone(bucket, old, false).await;
            }
            return Ok(true);
        }
        // Somebody else changed the object since, and may have given the bytes to another.
        let in_use = bucket.in_use(&live).await?;
        for nuid in self.new.iter().chain(&self.old) {
            if in_use.contains(nuid) {
                unmarked(bucket, nuid).await;
            } else {
                gone(bucket, nuid, true).await;
            }
        }
        Ok(true)
    }
}
