//! Additions: how an object that grows by many small ones keeps few files.
//!
//! An addition is a file of its own. When an object has many, the last small ones and the
//! new one are written into one file, each byte some times over its life and not once for
//! each addition.

use std::sync::Arc;

use cloud_contract::Result;
use cloud_contract::blobstore::Range;

use super::files::{Files, Hold, blocking};
use super::reader::{Reader, stretches};
use super::record::Piece;
use super::writer::{Received, Sink};

/// Objects with fewer pieces are left as they are.
const MANY_PIECES: usize = 64;
/// The most bytes that one addition writes again.
const MOST_BYTES: u64 = 16 << 20;

/// The last pieces of an object together with an addition, as one file.
#[derive(Debug)]
pub(crate) struct Merged {
    /// All pieces that the object had when this was written.
    pub(super) base: Vec<Piece>,
    /// How many of them are not in the file.
    pub(super) left: usize,
    pub(super) received: Received,
}

/// How many pieces are to be left as they are when one of `added` bytes is added; none if
/// all are.
fn left(pieces: &[Piece], added: u64) -> Option<usize> {
    if pieces.len() < MANY_PIECES {
        return None;
    }
    let mut found = None;
    let mut behind = added;
    for (index, piece) in pieces.iter().enumerate().rev() {
        let together = behind.saturating_add(piece.size);
        if together > MOST_BYTES {
            break;
        }
        // One that is much larger than all behind it waits until there is more.
        if piece.size <= behind.saturating_mul(2) {
            found = Some(index);
        }
        behind = together;
    }
    found
}

/// Writes the last pieces of `base` and `received` into one file, if that is worth it.
/// The caller has to hold the files of `base`.
pub(super) async fn merge(
    files: &Arc<Files>,
    base: Vec<Piece>,
    hold: Hold,
    received: &Received,
) -> Result<Option<Merged>> {
    let Some(added) = received.piece() else {
        return Ok(None);
    };
    let Some(left) = left(&base, added.size) else {
        return Ok(None);
    };
    let mut pieces = base[left..].to_vec();
    pieces.push(added);
    let files = Arc::clone(files);
    let received = blocking(move || {
        let mut reader = Reader::new(&files, stretches(&pieces, Range::default()), hold);
        let mut sink = Sink::create(&files)?;
        loop {
            let bytes = reader.next()?;
            if bytes.is_empty() {
                return sink.finish();
            }
            sink.write(&bytes)?;
        }
    });
    Ok(Some(Merged {
        base,
        left,
        received: received.await?,
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Adds pieces of these sizes; returns how many pieces there are in the end, the most
    /// that there were, and how many bytes were written.
    fn grow(sizes: impl Iterator<Item = u64>) -> (usize, usize, u64) {
        let mut pieces: Vec<Piece> = Vec::new();
        let (mut most, mut written) = (0, 0);
        for size in sizes {
            let mut size = size;
            if let Some(left) = left(&pieces, size) {
                size += pieces.drain(left..).map(|piece| piece.size).sum::<u64>();
            }
            pieces.push(Piece { file: 0, size });
            written += size;
            most = most.max(pieces.len());
        }
        (pieces.len(), most, written)
    }

    #[test]
    fn many_small_additions_make_few_pieces() {
        let (_, most, written) = grow((0..200_000).map(|_| 100));
        assert!(most <= MANY_PIECES, "{most}");
        assert!(written < 12 * 200_000 * 100, "{written}");
        let (_, most, _) = grow((0..20_000).map(|number| 1 + number * 7_919 % 10_007));
        assert!(most <= MANY_PIECES, "{most}");
        // Ever smaller ones.
        let (_, most, _) = grow((0..5_000).map(|number| 100_000 / (number + 1) + 1));
        assert!(most <= MANY_PIECES, "{most}");
    }

    #[test]
    fn large_pieces_are_not_written_again() {
        let (pieces, _, written) = grow((0..1_000).map(|_| MOST_BYTES));
        assert_eq!((pieces, written), (1_000, 1_000 * MOST_BYTES));
        let large = [Piece {
            file: 0,
            size: MOST_BYTES,
        }; 100];
        assert_eq!(left(&large, 1), None);
    }
}
