//! Ranges of an object, and the bytes that they stand for.

use blobstore::range;
use conformance_kit::prelude::*;

/// Writes an object of random bytes, in several pieces.
pub(crate) async fn written(
    cx: &Context,
    container: &Container,
    size: usize,
) -> Result<Vec<u8>, Stop> {
    let bytes = cx.random_bytes(size);
    let pieces = bytes.chunks(1 + size / 3);
    let put = crate::support::put_pieces(container, "object", pieces, blobstore::options());
    cx.ok(put.await)?;
    Ok(bytes)
}

/// What a range of `bytes` has to deliver; its offset lies within them.
pub(crate) fn slice(bytes: &[u8], offset: u64, length: Option<u64>) -> &[u8] {
    let rest = &bytes[offset as usize..];
    let length = length.map_or(rest.len(), |length| {
        usize::try_from(length).map_or(rest.len(), |length| length.min(rest.len()))
    });
    &rest[..length]
}

/// A range of the object delivers its slice of `bytes` and ends with ok.
pub(crate) async fn covers(
    cx: &Context,
    clause: &str,
    container: &Container,
    bytes: &[u8],
    (offset, length): (u64, Option<u64>),
) -> Outcome {
    let message = match length {
        Some(length) => format!("get of {length} bytes from {offset} on"),
        None => format!("get of all bytes from {offset} on"),
    };
    let got = container.get_range("object", range(offset, length)).await;
    cx.check(clause, &message)
        .value(got, slice(bytes, offset, length))
}
