//! Writes of an object that others write at the same time.

use core::time::Duration;

use crate::Context;
use crate::bindings::cloud::types::errors::Error;

/// How often a call is made again.
const AGAIN: u32 = 100;
/// How long to wait before that.
const PAUSE: Duration = Duration::from_millis(20);

/// Makes a call until it does not end in `throttled`, as one that another write overlaps
/// may do (BLOB-COND-6), or until that goes on for too long.
pub async fn patiently<T>(
    cx: &Context,
    mut call: impl AsyncFnMut() -> Result<T, Error>,
) -> Result<T, Error> {
    for _ in 0..AGAIN {
        match call().await {
            Err(Error::Throttled(_)) => cx.sleep(PAUSE).await,
            ended => return ended,
        }
    }
    call().await
}
