//! Bytes on their way, and what of the time that they take is the service's.

use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::{Pin, pin};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, BoxStream};
use futures::{FutureExt as _, Stream, StreamExt as _};
use tokio::time::Instant;

use crate::{Error, ErrorKind, Result};

/// How late a timer may go off for whoever waits for it.
const LATE: Duration = Duration::from_millis(100);

/// Bytes, in pieces of any size. An error is the last item, and only without one are
/// they complete.
pub type Body = BoxStream<'static, Result<Bytes>>;

/// What a body from a guest has to keep to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    /// How many bytes the guest announced.
    pub(super) size: Option<u64>,
    /// How many an object may have.
    pub(super) most: u64,
}

/// What a driver has made of a body so far.
#[derive(Debug, Default)]
pub(super) struct Progress {
    steps: AtomicU64,
    waits_for_guest: AtomicBool,
    failure: Mutex<Option<Error>>,
}

impl Progress {
    fn failed(&self, error: &Error) {
        let mut failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        *failure = Some(error.clone());
    }

    /// Runs the write that reads the body. It has `limit` for each of its steps; the
    /// time that the guest takes to write is its own. Where the body was at fault, the
    /// guest is told that, and not what the driver made of it.
    pub(super) async fn carry<T>(
        &self,
        limit: Duration,
        work: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let mut work = pin!(work);
        let ended = loop {
            let steps = self.steps.load(Ordering::Relaxed);
            if let Ok(ended) = tokio::time::timeout(limit, &mut work).await {
                break ended;
            }
            let moved = self.steps.load(Ordering::Relaxed) != steps;
            if !moved && !self.waits_for_guest.load(Ordering::Relaxed) {
                break Err(ErrorKind::Timeout.into());
            }
        };
        let failure = self.failure.lock().unwrap_or_else(PoisonError::into_inner);
        failure.clone().map_or(ended, Err)
    }
}

/// A body from a guest, held to `bounds`.
pub(super) fn incoming(body: Body, bounds: Bounds) -> (Body, Arc<Progress>) {
    let progress = Arc::new(Progress::default());
    let incoming = Incoming {
        body,
        bounds,
        read: 0,
        has_ended: false,
        progress: Arc::clone(&progress),
    };
    (Box::pin(incoming), progress)
}

struct Incoming {
    body: Body,
    bounds: Bounds,
    read: u64,
    has_ended: bool,
    progress: Arc<Progress>,
}

impl Incoming {
    /// What is to be passed on in the place of what came.
    fn checked(&mut self, came: Option<Result<Bytes>>) -> Option<Result<Bytes>> {
        let Bounds { size, most } = self.bounds;
        match came {
            Some(Ok(bytes)) => {
                self.read = self.read.saturating_add(bytes.len() as u64);
                if self.read > most {
                    Some(Err(Error::too_large(most)))
                } else if size.is_some_and(|size| self.read > size) {
                    Some(Err(wrong_size()))
                } else {
                    Some(Ok(bytes))
                }
            }
            None if size.is_some_and(|size| self.read < size) => Some(Err(wrong_size())),
            other => other,
        }
    }
}

fn wrong_size() -> Error {
    Error::invalid("size: the stream has another number of bytes")
}

/// Whether a body ended in this for its number of bytes.
pub(super) fn is_wrong_size(error: &Error) -> bool {
    error.kind() == wrong_size().kind()
}

impl Stream for Incoming {
    type Item = Result<Bytes>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.has_ended {
            return Poll::Ready(None);
        }
        let came = self.body.as_mut().poll_next(context);
        self.progress
            .waits_for_guest
            .store(came.is_pending(), Ordering::Relaxed);
        let Poll::Ready(came) = came else {
            return Poll::Pending;
        };
        self.progress.steps.fetch_add(1, Ordering::Relaxed);
        let item = self.checked(came);
        match &item {
            Some(Ok(_)) => {}
            Some(Err(error)) => {
                self.progress.failed(error);
                self.has_ended = true;
            }
            None => self.has_ended = true,
        }
        Poll::Ready(item)
    }
}

/// A body from a driver that has to have `size` bytes. Each piece may take `limit`.
pub(super) fn outgoing(body: Body, size: u64, limit: Duration) -> Body {
    let state = Some((body, size));
    Box::pin(stream::unfold(state, move |state| async move {
        let (mut body, left) = state?;
        if left == 0 {
            return None;
        }
        loop {
            let next = AssertUnwindSafe(body.next()).catch_unwind();
            let piece = match within(limit, next).await {
                None => Err(ErrorKind::Timeout.into()),
                Some(Err(_)) => Err(other("the provider failed internally")),
                Some(Ok(None)) => Err(other("the provider delivered fewer bytes than there are")),
                Some(Ok(Some(piece))) => piece,
            };
            return match piece {
                // Nothing to deliver: the guest would be woken for nothing.
                Ok(piece) if piece.is_empty() => continue,
                Ok(piece) => match left.checked_sub(piece.len() as u64) {
                    Some(left) => Some((Ok(piece), Some((body, left)))),
                    None => {
                        let error = other("the provider delivered more bytes than there are");
                        Some((Err(error), None))
                    }
                },
                Err(error) => Some((Err(error), None)),
            };
        }
    }))
}

/// Waits for a piece, at most for `limit`. Nobody asks for it while the guest pauses, and
/// the service may not get on with it then: whoever asks again only after the limit has
/// passed lets it have the time anew.
async fn within<T>(limit: Duration, next: impl Future<Output = T>) -> Option<T> {
    let mut next = pin!(next);
    loop {
        let asked = Instant::now();
        if let Ok(piece) = tokio::time::timeout(limit, &mut next).await {
            return Some(piece);
        }
        if asked.elapsed() <= limit.saturating_add(LATE) {
            return None;
        }
    }
}

fn other(text: &'static str) -> Error {
    ErrorKind::Other(text.into()).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn body(pieces: &[&'static str]) -> Body {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|piece| match *piece {
                "!" => Err(ErrorKind::Cancelled.into()),
                piece => Ok(Bytes::from_static(piece.as_bytes())),
            })
            .collect();
        Box::pin(stream::iter(pieces))
    }

    async fn carried(pieces: &[&'static str], bounds: Bounds) -> Result<usize> {
        let (mut body, progress) = incoming(body(pieces), bounds);
        let work = async {
            let mut bytes = 0;
            while let Some(piece) = body.next().await {
                bytes += piece
                    .map_err(|_| other("what the driver makes of it"))?
                    .len();
            }
            Ok(bytes)
        };
        progress.carry(Duration::from_secs(1), work).await
    }

    #[tokio::test]
    async fn a_body_is_held_to_its_bounds() {
        let bounds = |size, most| Bounds { size, most };
        assert_eq!(
            carried(&["ab", "", "c"], bounds(Some(3), 3)).await.unwrap(),
            3
        );
        assert_eq!(carried(&[], bounds(Some(0), 0)).await.unwrap(), 0);
        let kind = async |pieces, bounds| {
            let failed: Result<usize> = carried(pieces, bounds).await;
            failed.unwrap_err().kind().clone()
        };
        assert_eq!(
            kind(&["ab", "c"], bounds(None, 2)).await,
            ErrorKind::TooLarge { limit: 2 }
        );
        for size in [2, 4] {
            assert!(matches!(
                kind(&["ab", "c"], bounds(Some(size), 9)).await,
                ErrorKind::InvalidArgument(_)
            ));
        }
        assert_eq!(
            kind(&["ab", "!"], bounds(None, 9)).await,
            ErrorKind::Cancelled
        );
    }

    #[tokio::test(start_paused = true)]
    async fn the_time_of_a_guest_is_its_own_and_that_of_a_service_has_a_limit() {
        let limit = Duration::from_secs(1);
        let slow = stream::once(async move {
            tokio::time::sleep(limit * 10).await;
            Ok(Bytes::from_static(b"late"))
        });
        let bounds = Bounds {
            size: None,
            most: 9,
        };
        let (mut body, progress) = incoming(Box::pin(slow), bounds);
        let work = async {
            body.next().await;
            Ok(())
        };
        progress.carry(limit, work).await.unwrap();

        let (_body, progress) = incoming(super::tests::body(&[]), bounds);
        let stalled = progress.carry(limit, std::future::pending::<Result<()>>());
        assert_eq!(stalled.await.unwrap_err().kind(), &ErrorKind::Timeout);
    }

    #[tokio::test(start_paused = true)]
    async fn a_piece_that_nobody_waits_for_is_not_late() {
        let limit = Duration::from_secs(2);
        let slow = stream::once(async move {
            tokio::time::sleep(limit / 2).await;
            tokio::time::sleep(limit / 2).await;
            Ok(Bytes::from_static(b"slow"))
        });
        let mut body = outgoing(Box::pin(slow), 4, limit);
        assert!(body.next().now_or_never().is_none());
        tokio::time::advance(limit * 15).await;
        assert_eq!(body.next().await.unwrap().unwrap(), "slow");
    }

    #[tokio::test(start_paused = true)]
    async fn what_a_driver_delivers_is_counted() {
        let limit = Duration::from_secs(1);
        let read = async |body, size| {
            let pieces: Vec<Result<Bytes>> = outgoing(body, size, limit).collect().await;
            let bytes: usize = pieces.iter().flatten().map(Bytes::len).sum();
            (bytes, pieces.into_iter().find_map(Result::err))
        };
        assert_eq!(read(body(&["ab", "", "c"]), 3).await, (3, None));
        assert_eq!(read(body(&[]), 0).await, (0, None));
        for (pieces, size, bytes) in [(&["ab"][..], 3, 2), (&["ab", "cd"], 3, 2)] {
            let (read, error) = read(body(pieces), size).await;
            assert_eq!(read, bytes);
            assert!(matches!(error.unwrap().kind(), ErrorKind::Other(_)));
        }
        let (_, error) = read(Box::pin(stream::pending()), 1).await;
        assert_eq!(error.unwrap().kind(), &ErrorKind::Timeout);
    }
}
