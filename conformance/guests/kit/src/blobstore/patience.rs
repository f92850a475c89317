//! Calls that others overlap.

use core::time::Duration;

use crate::bindings::cloud::types::errors::Error;
use crate::context::Context;

const PAUSE: Duration = Duration::from_millis(20);

/// Makes a call until it does not end in `throttled`, as a write may do that another
/// one of the same object overlaps (BLOB-COND-6), one that was dropped included.
pub async fn patiently<T>(
    cx: &Context,
    call: impl AsyncFnMut() -> Result<T, Error>,
) -> Result<T, Error> {
    again_while(cx, |error| matches!(error, Error::Throttled(_)), call).await
}

/// Reads until the read does not end in `expired`, as one may that a write overlaps
/// (BLOB-GET-11).
pub async fn unless_expired<T>(
    cx: &Context,
    read: impl AsyncFnMut() -> Result<T, Error>,
) -> Result<T, Error> {
    again_while(cx, |error| matches!(error, Error::Expired), read).await
}

/// Where it goes on for too long, the error is the answer. That is longer than a service
/// takes to end what a guest has dropped.
async fn again_while<T>(
    cx: &Context,
    is_of_others: fn(&Error) -> bool,
    mut call: impl AsyncFnMut() -> Result<T, Error>,
) -> Result<T, Error> {
    let mut since = None;
    loop {
        let ended = call().await;
        if !ended.as_ref().is_err_and(is_of_others) {
            return ended;
        }
        let now = cx.now().await;
        if now - *since.get_or_insert(now) >= cx.patience() * 3 / 2 {
            return ended;
        }
        cx.sleep(PAUSE).await;
    }
}

/// Lets a call that was begun come as far as its first look at the objects: the clock
/// takes a while to read.
pub async fn settle(cx: &Context) {
    for _ in 0..3 {
        cx.now().await;
    }
}
