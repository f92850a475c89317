//! Bytes of a guest, divided as the service takes them.

use bytes::{Bytes, BytesMut};
use cloud_contract::Result;
use cloud_contract::blobstore::Body;
use futures::StreamExt as _;

use super::PIECE_BYTES;

/// Divides a body into pieces of one size.
pub(super) struct Pieces {
    body: Body,
    rest: Bytes,
}

impl Pieces {
    pub(super) fn new(body: Body) -> Self {
        Self {
            body,
            rest: Bytes::new(),
        }
    }

    /// The next piece, and whether it is the last one, which only of an empty body is
    /// empty.
    ///
    /// # Errors
    /// That of the body.
    pub(super) async fn next(&mut self) -> Result<(Bytes, bool)> {
        let mut held = BytesMut::new();
        loop {
            let mut piece = std::mem::take(&mut self.rest);
            if piece.is_empty() {
                piece = match self.body.next().await {
                    None => return Ok((held.freeze(), true)),
                    Some(piece) => piece?,
                };
            }
            let room = PIECE_BYTES - held.len();
            if piece.len() > room {
                self.rest = piece.split_off(room);
            }
            held.extend_from_slice(&piece);
            if !self.rest.is_empty() {
                return Ok((held.freeze(), false));
            }
        }
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
    async fn pieces_have_one_size_but_for_the_last() {
        for (given, sizes) in [
            (vec![], vec![0]),
            (vec![0, 1, 0], vec![1]),
            (vec![PIECE_BYTES], vec![PIECE_BYTES]),
            (vec![PIECE_BYTES - 1, 2, 0], vec![PIECE_BYTES, 1]),
            (
                vec![2 * PIECE_BYTES + 1, 0],
                vec![PIECE_BYTES, PIECE_BYTES, 1],
            ),
        ] {
            let given = given.iter().map(|&size| Ok(Bytes::from(vec![7; size])));
            let mut pieces = Pieces::new(body(given.collect()));
            let mut seen = Vec::new();
            loop {
                let (piece, is_last) = pieces.next().await.unwrap();
                seen.push(piece.len());
                if is_last {
                    break;
                }
            }
            assert_eq!(seen, sizes);
        }
        let mut pieces = Pieces::new(body(vec![
            Ok(Bytes::from_static(b"x")),
            Err(ErrorKind::Cancelled.into()),
        ]));
        let error = pieces.next().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Cancelled);
    }
}
