//! Bytes of a guest, divided into blocks.

use bytes::{Bytes, BytesMut};
use cloud_contract::Result;
use cloud_contract::blobstore::Body;
use futures::StreamExt as _;

use super::BLOCK_BYTES;

/// Divides a body into blocks of one size.
pub(super) struct Blocks {
    body: Body,
    rest: Bytes,
}

impl Blocks {
    pub(super) fn new(body: Body) -> Self {
        Self {
            body,
            rest: Bytes::new(),
        }
    }

    /// The next block, and whether it is the last one, which can be empty only if there
    /// is no other.
    ///
    /// # Errors
    /// That of the body.
    pub(super) async fn next(&mut self) -> Result<(Bytes, bool)> {
        let mut block = BytesMut::new();
        loop {
            let mut piece = std::mem::take(&mut self.rest);
            if piece.is_empty() {
                piece = match self.body.next().await {
                    None => return Ok((block.freeze(), true)),
                    Some(piece) => piece?,
                };
            }
            let room = BLOCK_BYTES - block.len();
            if piece.len() > room {
                self.rest = piece.split_off(room);
            }
            block.extend_from_slice(&piece);
            if !self.rest.is_empty() {
                return Ok((block.freeze(), false));
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
    async fn blocks_have_one_size_but_for_the_last() {
        for (pieces, sizes) in [
            (vec![], vec![0]),
            (vec![0, 1, 0], vec![1]),
            (vec![BLOCK_BYTES, 0], vec![BLOCK_BYTES]),
            (vec![BLOCK_BYTES - 1, 2, 0], vec![BLOCK_BYTES, 1]),
            (
                vec![2 * BLOCK_BYTES + 1, 0],
                vec![BLOCK_BYTES, BLOCK_BYTES, 1],
            ),
        ] {
            let pieces = pieces.iter().map(|&size| Ok(Bytes::from(vec![7; size])));
            let mut blocks = Blocks::new(body(pieces.collect()));
            let mut seen = Vec::new();
            loop {
                let (block, is_last) = blocks.next().await.unwrap();
                seen.push(block.len());
                if is_last {
                    break;
                }
            }
            assert_eq!(seen, sizes);
        }
        let mut blocks = Blocks::new(body(vec![
            Ok(Bytes::from_static(b"x")),
            Err(ErrorKind::Cancelled.into()),
        ]));
        let error = blocks.next().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Cancelled);
    }
}
