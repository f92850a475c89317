//! Calls that are refused, some while the case still writes.

use core::pin::pin;
use core::time::Duration;

use super::streams::{Answer, Writer};
use crate::bindings::cloud::types::errors::Error;
use crate::calls::both;
use crate::check::Check;
use crate::context::Context;
use crate::ending::Stop;

/// Enough for a provider that does not wait for the end of the stream.
const EARLY: Duration = Duration::from_secs(1);
/// With these, what is written is more than a provider may take off a stream that nobody
/// reads.
const PIECES: usize = 512;

/// Writes a piece to a call that is to be refused, and returns how it ended. A call may
/// be refused with or without a look at its stream: where it returns early, whoever
/// still writes has to be told.
///
/// The case lists BLOB-STREAM-4.
#[track_caller]
pub fn refused_midway<T>(
    cx: &Context,
    mut writer: Writer,
    answer: Answer<T>,
    piece: &[u8],
) -> impl Future<Output = Result<Result<T, Error>, Stop>> {
    let check = cx.check("BLOB-STREAM-4", "write on after the call was refused");
    async move {
        let mut answer = pin!(answer.wait());
        writer.write(piece).await;
        let Some(ended) = cx.within(EARLY, &mut answer).await else {
            cx.note("a call waits for the end of its stream before it is refused");
            return Ok(both(writer.finish(), answer).await.1);
        };
        let write = async {
            for _ in 0..PIECES {
                if !writer.write(piece).await {
                    return true;
                }
            }
            false
        };
        let told = cx.within(cx.patience(), write).await;
        let seen = if told.is_none() {
            "no word"
        } else {
            "a reader"
        };
        check.that(told == Some(true), "that nobody reads any more", seen)?;
        Ok(ended)
    }
}

/// What a conditional call returned; none if its condition did not hold.
pub fn unless_failed<T>(check: Check<'_>, ended: Result<T, Error>) -> Result<Option<T>, Stop> {
    match ended {
        Err(Error::PreconditionFailed) => Ok(None),
        ended => check.ok(ended).map(Some),
    }
}
