//! Bytes that are cheap to make and nowhere the same: a random block whose length is a
//! prime number, again and again. Cases make and compare them piece by piece where an
//! object is too large for a guest.

use conformance_kit::prelude::*;

const BLOCK: usize = 4_099;

/// The bytes of an object of any size.
pub(crate) struct Pattern(Vec<u8>);

impl Pattern {
    pub(crate) fn new(cx: &Context) -> Self {
        Self(cx.random_bytes(BLOCK))
    }

    /// Those from `offset` on.
    pub(crate) fn piece(&self, offset: usize, length: usize) -> Vec<u8> {
        let mut piece = Vec::with_capacity(length);
        while piece.len() < length {
            let block = &self.0[(offset + piece.len()) % BLOCK..];
            piece.extend_from_slice(&block[..block.len().min(length - piece.len())]);
        }
        piece
    }
}

/// So many bytes at once.
pub(crate) fn big(cx: &Context, length: usize) -> Vec<u8> {
    Pattern::new(cx).piece(0, length)
}
