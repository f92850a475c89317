//! Streams that are written in turn, a piece each: one that waits for another waits for
//! ever.

use super::{Answer, Writer};
use crate::bindings::cloud::types::errors::Error;
use crate::calls::{both, together};
use crate::context::Context;
use crate::ending::Stop;

const PIECE: usize = 3_000;
/// More than a provider keeps of a stream that the service does not take.
const PIECES: usize = 12;

/// How many bytes each stream has.
pub const SIZE: usize = PIECE * PIECES;

/// Writes to each of `calls` its bytes, `SIZE` of them; returns how the calls ended.
///
/// The case lists BLOB-STREAM-5.
pub async fn write<T>(
    cx: &Context,
    mut calls: Vec<(Writer, Answer<T>)>,
    bytes: &[Vec<u8>],
) -> Result<Vec<Result<T, Error>>, Stop> {
    let write = async {
        for place in (0..SIZE).step_by(PIECE) {
            for ((writer, _), bytes) in calls.iter_mut().zip(bytes) {
                writer.write(&bytes[place..place + PIECE]).await;
            }
        }
    };
    let written = cx.within(cx.patience(), write).await;
    cx.check("BLOB-STREAM-5", "write many streams in turn")
        .that(written.is_some(), "all of them", "no progress")?;
    let ends = calls
        .into_iter()
        .map(async |(writer, answer)| both(writer.finish(), answer.wait()).await.1);
    Ok(together(ends).await)
}
