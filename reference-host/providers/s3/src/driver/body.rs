//! Bytes of a guest that are sent as they come.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use cloud_contract::blobstore::Body;
use cloud_contract::{Error, Result};
use futures::StreamExt as _;
use http_body::{Frame, SizeHint};
use tokio::sync::mpsc;

/// What is held back of a part that is sent as it comes, and how long a guest pauses
/// until some of it is sent: a service ends a connection on which nothing comes for some
/// 20 seconds. There is enough for days.
const RESERVE: usize = 64 << 10;
const PAUSE: Duration = Duration::from_secs(5);

/// Passes a body on as it comes, and never lets the service wait long for some of it.
///
/// # Errors
/// That of the body, which is passed on as well.
pub(super) async fn pass(mut body: Body, to: mpsc::Sender<Result<Bytes>>) -> Result<()> {
    let mut held = BytesMut::new();
    loop {
        let ready = match tokio::time::timeout(PAUSE, body.next()).await {
            Err(_) => held.split_to(held.len().min(1)),
            Ok(None) => break,
            Ok(Some(Ok(piece))) => {
                held.extend_from_slice(&piece);
                held.split_to(held.len().saturating_sub(RESERVE))
            }
            Ok(Some(Err(error))) => {
                // Whoever reads no more has failed and says so.
                let _ = to.send(Err(error.clone())).await;
                return Err(error);
            }
        };
        if !ready.is_empty() && to.send(Ok(ready.freeze())).await.is_err() {
            return Ok(());
        }
    }
    if !held.is_empty() {
        let _ = to.send(Ok(held.freeze())).await;
    }
    Ok(())
}

/// The other end, as a body of HTTP of a known size.
pub(super) struct Sized {
    pub(super) pieces: mpsc::Receiver<Result<Bytes>>,
    pub(super) left: u64,
}

impl http_body::Body for Sized {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>>>> {
        self.pieces.poll_recv(context).map(|piece| {
            let piece = piece?;
            if let Ok(bytes) = &piece {
                self.left = self.left.saturating_sub(bytes.len() as u64);
            }
            Some(piece.map(Frame::data))
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use futures::stream;

    #[tokio::test(start_paused = true)]
    async fn a_pause_of_the_guest_is_none_for_the_service() {
        let size = 3 * RESERVE;
        let first = stream::once(async move { Ok(Bytes::from(vec![1; size])) });
        let second = stream::once(async {
            tokio::time::sleep(Duration::from_secs(30)).await;
            Ok(Bytes::from_static(&[2]))
        });
        let (to, mut pieces) = mpsc::channel(1);
        let passing = tokio::spawn(pass(Box::pin(first.chain(second)), to));
        let mut lengths = Vec::new();
        let mut last = tokio::time::Instant::now();
        while let Some(piece) = pieces.recv().await {
            assert!(last.elapsed() <= Duration::from_secs(6));
            last = tokio::time::Instant::now();
            lengths.push(piece.unwrap().len());
        }
        passing.await.unwrap().unwrap();
        assert_eq!(lengths.iter().sum::<usize>(), size + 1);
        assert!(lengths.iter().filter(|&&length| length == 1).count() >= 5);
    }
}
