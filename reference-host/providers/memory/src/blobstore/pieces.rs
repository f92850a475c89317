//! The bytes of one state of an object: pieces that are never changed, so that who reads
//! them needs no lock and keeps what was there when it began.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use cloud_contract::Result;
use cloud_contract::blobstore::{Body, Range};
use futures::{StreamExt as _, stream};

/// Small pieces of a guest are put together up to this size.
const PIECE: usize = 256 << 10;
/// And what is added to an object up to this one: each time they are copied.
const JOINED: usize = 16 << 10;

/// Bytes in pieces.
#[derive(Debug, Clone, Default)]
pub(super) struct Pieces {
    pieces: Arc<[Bytes]>,
    size: u64,
}

impl Pieces {
    /// All of `body`. `room` is asked for each piece, before more is held.
    pub(super) async fn collect(
        mut body: Body,
        mut room: impl FnMut(u64) -> Result<()>,
    ) -> Result<Self> {
        let mut pieces = Vec::new();
        let mut last = BytesMut::new();
        let mut size = 0_u64;
        while let Some(piece) = body.next().await {
            let piece = piece?;
            size += piece.len() as u64;
            room(piece.len() as u64)?;
            if piece.len() >= PIECE {
                if !last.is_empty() {
                    pieces.push(std::mem::take(&mut last).freeze());
                }
                pieces.push(piece);
                continue;
            }
            last.extend_from_slice(&piece);
            if last.len() >= PIECE {
                pieces.push(std::mem::take(&mut last).freeze());
            }
        }
        if !last.is_empty() {
            pieces.push(last.freeze());
        }
        Ok(Self {
            pieces: pieces.into(),
            size,
        })
    }

    /// Those of several, one behind the other.
    pub(super) fn concat<'a>(parts: impl IntoIterator<Item = &'a Self>) -> Self {
        let mut pieces = Vec::new();
        let mut size = 0;
        for part in parts {
            pieces.extend(part.pieces.iter().cloned());
            size += part.size;
        }
        Self {
            pieces: pieces.into(),
            size,
        }
    }

    /// These with others behind them. Where both are small they become one piece, so that
    /// an object to which little is added often does not have as many pieces.
    pub(super) fn followed_by(&self, added: &Self) -> Self {
        let (Some((last, before)), [first]) = (self.pieces.split_last(), &*added.pieces) else {
            return Self::concat([self, added]);
        };
        if last.len() + first.len() > JOINED {
            return Self::concat([self, added]);
        }
        let joined = Bytes::from([&last[..], &first[..]].concat());
        Self {
            pieces: before.iter().cloned().chain([joined]).collect(),
            size: self.size + added.size,
        }
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// What they take in memory.
    pub(super) fn space(&self) -> u64 {
        self.size + size_of_val(&*self.pieces) as u64
    }

    /// The bytes of `range`, without a copy.
    pub(super) fn read(&self, range: Range) -> Body {
        let mut skip = range.offset;
        let mut left = range.covers(self.size).unwrap_or(0);
        let mut next = 0;
        let pieces = Arc::clone(&self.pieces);
        Box::pin(stream::iter(std::iter::from_fn(move || {
            while left > 0 {
                let piece = pieces.get(next)?;
                next += 1;
                let length = piece.len() as u64;
                if skip >= length {
                    skip -= length;
                    continue;
                }
                let begin = std::mem::take(&mut skip);
                let end = length.min(begin.saturating_add(left));
                left -= end - begin;
                // Both are at most the length of a piece.
                return Some(Ok(piece.slice(begin as usize..end as usize)));
            }
            None
        })))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn of(pieces: &[&'static [u8]]) -> Pieces {
        let pieces: Vec<_> = pieces
            .iter()
            .map(|piece| Ok(Bytes::from_static(piece)))
            .collect();
        Pieces::collect(Box::pin(stream::iter(pieces)), |_| Ok(()))
            .await
            .unwrap()
    }

    async fn read(pieces: &Pieces, offset: u64, length: Option<u64>) -> Vec<u8> {
        let read: Vec<_> = pieces.read(Range { offset, length }).collect().await;
        read.into_iter().flat_map(Result::unwrap).collect()
    }

    #[tokio::test]
    async fn little_additions_become_few_pieces() {
        let mut whole = Vec::new();
        let mut pieces = Pieces::default();
        for number in 0..5 * JOINED {
            let byte = [number as u8];
            whole.extend(byte);
            let added = stream::iter([Ok(Bytes::copy_from_slice(&byte))]);
            let added = Pieces::collect(Box::pin(added), |_| Ok(())).await.unwrap();
            pieces = pieces.followed_by(&added);
        }
        assert_eq!(pieces.pieces.len(), 5);
        assert_eq!(read(&pieces, 0, None).await, whole);
        let large = of(&[&[1; JOINED]]).await;
        assert_eq!(large.followed_by(&large).pieces.len(), 2);
        assert_eq!(large.followed_by(&large).size(), 2 * JOINED as u64);
    }

    #[tokio::test]
    async fn every_range_is_the_slice_of_it() {
        let whole: Vec<u8> = (0..=9).collect();
        let parts = [
            of(&[&[0, 1], &[2]]).await,
            of(&[&[3, 4, 5, 6]]).await,
            of(&[&[7, 8, 9]]).await,
        ];
        let pieces = Pieces::concat(&parts);
        assert_eq!(pieces.size(), 10);
        for begin in 0..=10_u64 {
            assert_eq!(read(&pieces, begin, None).await, whole[begin as usize..]);
            for length in 0..12_u64 {
                let end = (begin + length).min(10);
                let slice = &whole[begin as usize..end as usize];
                assert_eq!(read(&pieces, begin, Some(length)).await, slice);
            }
        }
        assert!(read(&pieces, 11, Some(u64::MAX)).await.is_empty());
    }
}
