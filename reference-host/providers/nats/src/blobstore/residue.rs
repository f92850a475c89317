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
    /// The bytes that are residue now: those of the change or those of the state before.
    pub(super) nuids: Vec<String>,
}

impl Unsettled {
    /// Finds out, and lets go of what the object does not have.
    pub(super) async fn settle(self, bucket: &Bucket) {
        let begun = Instant::now();
        let mut was_seen_before = false;
        while begun.elapsed() < GIVEN_UP {
            tokio::time::sleep(SETTLED).await;
            let found = match bucket.link.live().await {
                Ok(live) => bucket.find(&live, &self.name).await,
                Err(error) => Err(error),
            };
            let found = match found {
                Ok(found) => found,
                // With its stream everything is gone.
                Err(error) if *error.kind() == ErrorKind::NotFound => return,
                Err(_) => continue,
            };
            // What may still be under way has another time to arrive.
            if found.sequence == self.sequence && !was_seen_before {
                was_seen_before = true;
                continue;
            }
            let has = found.state.map(|state| state.nuid);
            for nuid in self.nuids {
                if has.as_ref() != Some(&nuid) {
                    gone(bucket, &nuid, true).await;
                } else {
                    unmarked(bucket, &nuid).await;
                }
            }
            return;
        }
    }
}
