//! Bytes of a guest, divided as the service takes them.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use cloud_contract::blobstore::Body;
use cloud_contract::{Error, Result};
use futures::StreamExt as _;
use http_body::{Frame, SizeHint};
use tokio::sync::mpsc;

use super::PART_BYTES;

/// What is held back of a part that is sent as it comes, and how long a guest pauses
/// until some of it is sent: a service ends a connection on which nothing comes for some
/// 20 seconds. There is enough for days.
const RESERVE: usize = 64 << 10;
const PAUSE: Duration = Duration::from_secs(5);

/// Divides a body into parts of one size.
pub(super) struct Parts {
    body: Body,
    rest: Bytes,
    /// Room of a part that was sent, for the next one.
    spare: BytesMut,
}

impl Parts {
    pub(super) fn new(body: Body) -> Self {
        Self {
            body,
            rest: Bytes::new(),
            spare: BytesMut::new(),
        }
    }

    /// Takes the room of a part that was sent, if nobody else has it: fresh room for each
    /// would have to be cleared first, and pile up before it is given back.
    pub(super) fn reuse(&mut self, sent: Bytes) {
        if let Ok(mut room) = sent.try_into_mut() {
            room.clear();
            self.spare = room;
        }
    }

    /// The next part, and whether it is the last one, which can be empty.
    ///
    /// # Errors
    /// That of the body.
    pub(super) async fn next(&mut self) -> Result<(Bytes, bool)> {
        // A part of one piece is that piece; more are put together.
        let mut first = Bytes::new();
        let mut part = BytesMut::new();
        let is_last = loop {
            let mut piece = std::mem::take(&mut self.rest);
            if piece.is_empty() {
                piece = match self.body.next().await {
                    None => break true,
                    Some(piece) => piece?,
                };
            }
            let room = PART_BYTES - first.len().max(part.len());
            if piece.len() > room {
                self.rest = piece.split_off(room);
            }
            if first.is_empty() {
                first = piece;
            } else {
                if part.is_empty() {
                    // At once: to grow is to copy again. What is not used costs nothing.
                    part = std::mem::take(&mut self.spare);
                    part.reserve(PART_BYTES);
                    part.extend_from_slice(&first);
                }
                part.extend_from_slice(&piece);
            }
            if !self.rest.is_empty() {
                break false;
            }
        };
        let part = if part.is_empty() {
            first
        } else {
            part.freeze()
        };
        Ok((part, is_last))
    }
}

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
    use cloud_contract::ErrorKind;
    use futures::stream;

    fn body(pieces: Vec<Result<Bytes>>) -> Body {
        Box::pin(stream::iter(pieces))
    }

    #[tokio::test]
    async fn parts_have_one_size_but_for_the_last() {
        for (pieces, sizes) in [
            (vec![], vec![0]),
            (vec![0, 1, 0], vec![1]),
            (vec![PART_BYTES], vec![PART_BYTES]),
            (vec![PART_BYTES - 1, 2, 0], vec![PART_BYTES, 1]),
            (vec![2 * PART_BYTES + 1, 0], vec![PART_BYTES, PART_BYTES, 1]),
        ] {
            let pieces = pieces.iter().map(|&size| Ok(Bytes::from(vec![7; size])));
            let mut parts = Parts::new(body(pieces.collect()));
            let mut seen = Vec::new();
            loop {
                let (part, is_last) = parts.next().await.unwrap();
                assert!(part.iter().all(|byte| *byte == 7));
                seen.push(part.len());
                if is_last {
                    break;
                }
                parts.reuse(part);
            }
            assert_eq!(seen, sizes);
        }
        let mut parts = Parts::new(body(vec![
            Ok(Bytes::from_static(b"x")),
            Err(ErrorKind::Cancelled.into()),
        ]));
        let error = parts.next().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Cancelled);
    }

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
