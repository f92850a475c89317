//! Bytes that belong to no object any more, and how they go.
//!
//! Nothing is let go of that an object may turn out to have: where the answer to the
//! last step of a write was lost, the object is looked at first, and again.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use cloud_contract::{Error, ErrorKind, Result};
use tokio::runtime::Handle;

use super::bucket::Bucket;
use super::meta::State;
use crate::link::{Live, lost};

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

/// Tries something until it succeeds; whether it did.
async fn insist<F: Future<Output = Result<()>>>(attempt: impl Fn() -> F) -> bool {
    let begun = Instant::now();
    let mut pause = Duration::from_millis(20);
    loop {
        if attempt().await.is_ok() {
            return true;
        }
        if begun.elapsed() >= GIVEN_UP {
            return false;
        }
        tokio::time::sleep(pause).await;
        pause = (2 * pause).min(LONGEST_PAUSE);
    }
}

/// Removes bytes that no object has, and the mark that is beside them. Where the bytes
/// stay, so does the mark: somebody else tries it a day later.
pub(super) async fn gone(bucket: &Bucket, nuid: &str, is_marked: bool) {
    if without_bytes(bucket, nuid).await && is_marked {
        unmarked(bucket, nuid).await;
    }
}

async fn without_bytes(bucket: &Bucket, nuid: &str) -> bool {
    let chunks = bucket.chunks(nuid);
    insist(|| bucket.purge(&chunks)).await
}

/// Removes the mark beside bytes that are those of an object.
pub(super) async fn unmarked(bucket: &Bucket, nuid: &str) {
    let mark = bucket.mark(nuid);
    insist(|| bucket.purge(&mark)).await;
}

/// The bytes of a state that is about to be replaced. A mark beside them says so before
/// it happens: what a host leaves that ends between the two steps is found by it.
#[derive(Debug)]
pub(super) struct Doomed {
    bucket: Arc<Bucket>,
    nuid: Option<String>,
    is_marked: bool,
}

impl Doomed {
    pub(super) fn nothing(bucket: &Arc<Bucket>) -> Self {
        Self {
            bucket: Arc::clone(bucket),
            nuid: None,
            is_marked: false,
        }
    }

    /// From here on it is the bytes of this state. The message that replaces it has to be
    /// sent over the same connection: it comes behind the mark, so nobody waits for that.
    pub(super) async fn mark(&mut self, live: &Live, state: Option<&State>) -> Result<()> {
        let nuid = state.map(|state| state.nuid.as_str());
        if self.nuid.as_deref() == nuid {
            return Ok(());
        }
        self.spare();
        self.nuid = nuid.map(str::to_owned);
        // Like a write, that of a single message is not worth two more.
        let Some(state) = state.filter(|state| state.chunks > 1) else {
            return Ok(());
        };
        self.is_marked = true;
        let mark = self.bucket.mark(&state.nuid);
        live.client.publish(mark, Bytes::new()).await.map_err(lost)
    }

    /// They were not replaced, or by somebody else.
    fn spare(&mut self) {
        let Some(nuid) = self.nuid.take().filter(|_| self.is_marked) else {
            return;
        };
        self.is_marked = false;
        let bucket = Arc::clone(&self.bucket);
        behind(async move { unmarked(&bucket, &nuid).await });
    }

    /// They were replaced, and go.
    pub(super) async fn release(mut self) {
        let Some(nuid) = self.nuid.take() else {
            return;
        };
        let (bucket, is_marked) = (Arc::clone(&self.bucket), self.is_marked);
        let going = tokio::spawn(async move {
            if without_bytes(&bucket, &nuid).await && is_marked {
                behind(async move { unmarked(&bucket, &nuid).await });
            }
        });
        let _ = tokio::time::timeout(WAIT, going).await;
    }

    /// Nobody knows whether they were replaced.
    pub(super) fn unsettled(mut self) -> Option<String> {
        self.nuid.take()
    }
}

impl Drop for Doomed {
    fn drop(&mut self) {
        self.spare();
    }
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
            if was_seen_before {
                self.undone(bucket).await;
            }
            return Ok(was_seen_before);
        }
        let has = found.state.map(|state| state.nuid);
        if let Some(new) = has.filter(|has| self.new.as_ref() == Some(has)) {
            unmarked(bucket, &new).await;
            if let Some(old) = &self.old {
                gone(bucket, old, true).await;
            }
            return Ok(true);
        }
        // Somebody else changed the object since, and may have given the bytes to another.
        let nuids = self.new.iter().chain(&self.old).map(String::as_str);
        let nuids: Vec<&str> = nuids.collect();
        let in_use = bucket.in_use(&live, &nuids).await?;
        for nuid in nuids {
            if in_use.contains(nuid) {
                unmarked(bucket, nuid).await;
            } else {
                gone(bucket, nuid, true).await;
            }
        }
        Ok(true)
    }

    /// It has not taken effect, and never will.
    async fn undone(&self, bucket: &Bucket) {
        if let Some(new) = &self.new {
            gone(bucket, new, true).await;
        }
        if let Some(old) = &self.old {
            unmarked(bucket, old).await;
        }
    }
}
