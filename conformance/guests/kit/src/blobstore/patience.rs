//! Calls that others overlap.

use core::time::Duration;

use crate::bindings::cloud::types::errors::Error;
use crate::context::Context;

/// How long `throttled` and `expired` are taken for a word on others: longer than a
/// service takes to end what a guest has dropped.
const PATIENCE: Duration = Duration::from_secs(15);
const PAUSE: Duration = Duration::from_millis(20);

/// Makes a call until it does not end in `throttled`, as a write may do that another
/// one of the same object overlaps (BLOB-COND-6), one that was dropped included. Where
/// that goes on for too long, it is the answer.
pub async fn patiently<T>(
    cx: &Context,
    mut call: impl AsyncFnMut() -> Result<T, Error>,
) -> Result<T, Error> {
    let mut since = None;
    loop {
        let ended = call().await;
        if !matches!(ended, Err(Error::Throttled(_))) {
            return ended;
        }
        let now = cx.now().await;
        if now - *since.get_or_insert(now) >= PATIENCE {
            return ended;
        }
        cx.sleep(PAUSE).await;
    }
}

/// Reads until the read does not end in `expired`, as one may that a write overlaps
/// (BLOB-GET-11). Where that goes on for too long, it is the answer.
pub async fn unless_expired<T>(
    cx: &Context,
    mut read: impl AsyncFnMut() -> Result<T, Error>,
) -> Result<T, Error> {
    let mut since = None;
    loop {
        let ended = read().await;
        if !matches!(ended, Err(Error::Expired)) {
            return ended;
        }
        let now = cx.now().await;
        if now - *since.get_or_insert(now) >= PATIENCE {
            return ended;
        }
    }
}
