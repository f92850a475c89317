//! The bound on one call of a driver.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use crate::{ErrorKind, Result};

/// Runs `call` for at most `limit`.
///
/// The call is polled once before a timer exists, so that an answer that is
/// ready at once costs no timer, and not the room for one either.
pub(crate) async fn bounded<T>(
    limit: Duration,
    call: impl Future<Output = Result<T>>,
) -> Result<T> {
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
        let result = bounded(Duration::from_millis(1), stalled).await;
        assert_eq!(result.unwrap_err().kind(), &ErrorKind::Timeout);
    }

    #[tokio::test]
    async fn a_ready_call_returns_its_result() {
        let result = bounded(Duration::ZERO, async { Ok(7) }).await;
        assert_eq!(result.unwrap(), 7);
    }
}
