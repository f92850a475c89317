//! Bytes of a guest, divided as a service takes them: a piece that fails is sent again, and
//! some are signed before their first byte leaves, so that each has to be whole.

use std::fmt;

use bytes::{Bytes, BytesMut};
use cloud_contract::Result;
use cloud_contract::blobstore::Body;
use futures::StreamExt as _;

/// Divides a body into pieces of one size.
pub struct Pieces {
    body: Body,
    bytes: usize,
    rest: Bytes,
    /// Room of a piece that was sent, for the next one.
    spare: BytesMut,
}

impl Pieces {
    /// Pieces of so many bytes, but for the last.
    #[must_use]
    pub fn new(body: Body, bytes: usize) -> Self {
        Self {
            body,
            bytes,
            rest: Bytes::new(),
            spare: BytesMut::new(),
        }
    }

    /// Takes the room of a piece that was sent, if nobody else has it: fresh room for each
    /// would have to be cleared first, and pile up before it is given back.
    pub fn reuse(&mut self, sent: Bytes) {
        if let Ok(mut room) = sent.try_into_mut() {
            room.clear();
            self.spare = room;
        }
    }

    /// The next piece, and whether it is the last one, which only of an empty body is
    /// empty.
    ///
    /// # Errors
    /// That of the body.
    pub async fn next(&mut self) -> Result<(Bytes, bool)> {
        // What came in one go is handed on as it is; more is put together.
        let mut first = Bytes::new();
        let mut piece = BytesMut::new();
        let is_last = loop {
            let mut came = std::mem::take(&mut self.rest);
            if came.is_empty() {
                came = match self.body.next().await {
                    None => break true,
                    Some(came) => came?,
                };
            }
            let room = self.bytes - first.len().max(piece.len());
            if came.len() > room {
                self.rest = came.split_off(room);
            }
            if first.is_empty() {
                first = came;
            } else if !came.is_empty() {
                if piece.is_empty() {
                    // At once: to grow is to copy again. What is not used costs nothing.
                    piece = std::mem::take(&mut self.spare);
                    piece.reserve(self.bytes);
                    piece.extend_from_slice(&first);
                }
                piece.extend_from_slice(&came);
            }
            if !self.rest.is_empty() {
                break false;
            }
        };
        let piece = if piece.is_empty() {
            first
        } else {
            piece.freeze()
        };
        Ok((piece, is_last))
    }
}

impl fmt::Debug for Pieces {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pieces")
            .field("bytes", &self.bytes)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloud_contract::ErrorKind;
    use futures::stream;

    const SIZE: usize = 1 << 10;

    fn body(pieces: Vec<Result<Bytes>>) -> Body {
        Box::pin(stream::iter(pieces))
    }

    #[tokio::test]
    async fn pieces_have_one_size_but_for_the_last() {
        for (given, sizes) in [
            (vec![], vec![0]),
            (vec![0, 1, 0], vec![1]),
            (vec![SIZE, 0], vec![SIZE]),
            (vec![SIZE - 1, 2, 0], vec![SIZE, 1]),
            (vec![2 * SIZE + 1, 0], vec![SIZE, SIZE, 1]),
        ] {
            let given = given.iter().map(|&size| Ok(Bytes::from(vec![7; size])));
            let mut pieces = Pieces::new(body(given.collect()), SIZE);
            let mut seen = Vec::new();
            loop {
                let (piece, is_last) = pieces.next().await.unwrap();
                assert!(piece.iter().all(|byte| *byte == 7));
                seen.push(piece.len());
                if is_last {
                    break;
                }
                pieces.reuse(piece);
            }
            assert_eq!(seen, sizes);
        }
    }

    #[tokio::test]
    async fn the_room_of_a_piece_is_used_again() {
        let halves = (0..4).map(|_| Ok(Bytes::from(vec![7; SIZE / 2])));
        let mut pieces = Pieces::new(body(halves.collect()), SIZE);
        let (first, _) = pieces.next().await.unwrap();
        let room = first.as_ptr();
        pieces.reuse(first);
        let (second, _) = pieces.next().await.unwrap();
        assert_eq!((second.as_ptr(), second.len()), (room, SIZE));
    }

    #[tokio::test]
    async fn what_fails_is_no_piece() {
        let lost = Err(ErrorKind::Cancelled.into());
        let mut pieces = Pieces::new(body(vec![Ok(Bytes::from_static(b"x")), lost]), SIZE);
        let error = pieces.next().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Cancelled);
    }
}
