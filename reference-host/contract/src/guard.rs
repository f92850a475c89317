//! What stands between a host and every call into a provider: a limit of time, a
//! catch for panics, a span, and the log that sees what a guest does not.

use std::any::Any;
use std::future::{Future, poll_fn};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use futures::FutureExt as _;
use tracing::Instrument as _;

use crate::{Error, ErrorKind, Result};

/// Runs one call into a provider for at most `limit`. A provider that panics is
/// one whose call fails: it must not take the host along, nor trap the guest.
///
/// `call` and `resource` (a store, a scope) are for the host's log alone.
///
/// # Errors
/// Those of the call, `timeout` past the limit, `other` after a panic.
pub async fn guarded<T>(
    call: &'static str,
    resource: &str,
    limit: Duration,
    work: impl Future<Output = Result<T>>,
) -> Result<T> {
    let work = pin!(
        AssertUnwindSafe(work)
            .catch_unwind()
            .map(|ended| ended.unwrap_or_else(|panic| Err(panicked(&*panic))))
    );
    let work = bounded(limit, work);
    let result = if tracing::enabled!(tracing::Level::DEBUG) {
        let span = tracing::debug_span!("provider", call, resource);
        // Apart, so that calls have no room for it where nobody listens.
        Box::pin(work.instrument(span)).await
    } else {
        work.await
    };
    if let Err(error) = &result {
        tracing::debug!(call, resource, %error, source = ?std::error::Error::source(error));
    }
    result
}

fn panicked(panic: &(dyn Any + Send)) -> Error {
    let text = panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("a panic without a text");
    Error::with_source(
        ErrorKind::Other("the provider failed internally".into()),
        text,
    )
}

/// Runs `call` for at most `limit`.
///
/// The call is polled once before a timer exists, so that an answer that is
/// ready at once costs no timer, and not the room for one either.
async fn bounded<T>(limit: Duration, call: impl Future<Output = Result<T>>) -> Result<T> {
    let mut call = pin!(call);
    let first = poll_fn(|context| Poll::Ready(call.as_mut().poll(context))).await;
    match first {
        Poll::Ready(result) => result,
        Poll::Pending => match Box::pin(tokio::time::timeout(limit, call)).await {
            Ok(result) => result,
            Err(_) => Err(ErrorKind::Timeout.into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_stalled_call_ends_in_timeout() {
        let stalled = std::future::pending::<Result<()>>();
        let result = guarded("call", "store", Duration::from_millis(1), stalled).await;
        assert_eq!(result.unwrap_err().kind(), &ErrorKind::Timeout);
    }

    #[tokio::test]
    async fn a_ready_call_returns_its_result() {
        let result = guarded("call", "store", Duration::ZERO, async { Ok(7) }).await;
        assert_eq!(result.unwrap(), 7);
    }

    #[tokio::test]
    async fn a_panic_is_an_error_whose_text_only_the_log_sees() {
        for text in ["", "sesame"] {
            let work = async {
                if text.is_empty() {
                    std::panic::panic_any(7);
                }
                panic!("{text}")
            };
            let failed = guarded::<()>("call", "store", Duration::MAX, work).await;
            let error = failed.unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Other(_)));
            assert!(!format!("{error} {error:?}").contains("sesame"));
            let source = std::error::Error::source(&error).unwrap().to_string();
            assert!(source.contains(text), "{source}");
        }
    }
}
