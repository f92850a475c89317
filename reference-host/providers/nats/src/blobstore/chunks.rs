//! Bytes of a guest, divided into messages.

use bytes::{Bytes, BytesMut};
use cloud_contract::Result;
use cloud_contract::blobstore::Body;
use futures::StreamExt as _;
use futures::stream::Fuse;

/// Divides a body into pieces of one size, the last of which can be smaller.
pub(super) struct Chunks {
    /// A stream must not be asked again behind its end.
    body: Fuse<Body>,
    rest: Bytes,
    size: usize,
}

impl Chunks {
    pub(super) fn new(body: Body, size: usize) -> Self {
        Self {
            body: body.fuse(),
            rest: Bytes::new(),
            size,
        }
    }

    /// The next piece; none behind the last one.
    ///
    /// # Errors
    /// That of the body.
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>> {
        let mut chunk = BytesMut::new();
        loop {
            if chunk.is_empty() && self.rest.len() >= self.size {
                return Ok(Some(self.rest.split_to(self.size)));
            }
            let room = self.size - chunk.len();
            let piece = self.rest.split_to(self.rest.len().min(room));
            chunk.extend_from_slice(&piece);
            if chunk.len() == self.size {
                return Ok(Some(chunk.freeze()));
            }
            match self.body.next().await {
                Some(piece) => self.rest = piece?,
                None if chunk.is_empty() => return Ok(None),
                None => return Ok(Some(chunk.freeze())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cloud_contract::ErrorKind;
    use futures::stream;

    async fn divided(pieces: &[&'static str]) -> Vec<Bytes> {
        let pieces: Vec<_> = pieces.iter().map(|piece| Ok(Bytes::from(*piece))).collect();
        let once = stream::unfold(pieces.into_iter(), |mut pieces| async move {
            Some((pieces.next()?, pieces))
        });
        let mut chunks = Chunks::new(Box::pin(once), 3);
        let mut all = Vec::new();
        while let Some(chunk) = chunks.next().await.unwrap() {
            all.push(chunk);
        }
        assert_eq!(chunks.next().await.unwrap(), None);
        all
    }

    #[tokio::test]
    async fn all_but_the_last_have_one_size() {
        assert_eq!(divided(&[]).await, Vec::<Bytes>::new());
        assert_eq!(divided(&["", ""]).await, Vec::<Bytes>::new());
        assert_eq!(divided(&["a", "", "b"]).await, ["ab"]);
        assert_eq!(divided(&["abc"]).await, ["abc"]);
        assert_eq!(divided(&["abcd", "ef"]).await, ["abc", "def"]);
        assert_eq!(
            divided(&["ab", "cdefghi", "j"]).await,
            ["abc", "def", "ghi", "j"]
        );
    }

    #[tokio::test]
    async fn an_error_is_the_end() {
        let pieces = [Ok(Bytes::from("ab")), Err(ErrorKind::Cancelled.into())];
        let mut chunks = Chunks::new(Box::pin(stream::iter(pieces)), 3);
        let error = chunks.next().await.unwrap_err();
        assert_eq!(error.kind(), &ErrorKind::Cancelled);
    }
}
