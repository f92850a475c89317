use crate::sending::{NAME, begin_upload, received, send};
use blobstore::multipart::{self, Part};
use blobstore::{Answer, Writer};
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.part-given-up",
    title: "a part that is given up or dropped is not there, and an earlier one of its number is",
    clauses: ["BLOB-STREAM-2", "BLOB-STREAM-3", "BLOB-PARTS-1"],
    requires: ["blob.multipart"],
    timeout_s: 30,
}

const SMALL: usize = 1_000;
/// More than is kept of a part before some of it goes to where it is to be.
const LARGE: usize = 2 << 20;
/// How long a writer may wait whose reader need not listen any more.
const UNHEARD: Duration = Duration::from_millis(600);

/// Whatever the guest gives as the reason, it is its own.
fn reason(turn: usize) -> Error {
    match turn % 6 {
        0 => Error::Cancelled,
        1 => Error::Timeout,
        2 => Error::Other("the source ran dry".to_owned()),
        3 => Error::PreconditionFailed,
        4 => Error::Throttled(None),
        _ => Error::InvalidArgument("size: the source is too short".to_owned()),
    }
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let earlier = cx.random_bytes(SMALL + 500);
    let part = send(cx, &container, &upload, 1, &earlier).await?;
    let before = received(cx, &container, &upload).await?;
    let bytes = cx.random_bytes(LARGE);
    let begun =
        |number, size: usize| multipart::begin_part(&container, NAME, &upload, number, size as u64);
    let is_as_before = async |clause, message| {
        cx.check(clause, message)
            .equal(received(cx, &container, &upload).await?, before.clone())
    };
    let mut turn = 0;
    for number in [1, 2] {
        for (size, count) in [(SMALL, 0), (SMALL, 500), (SMALL, SMALL), (LARGE + 1, LARGE)] {
            // Many bytes are sent in the place of the earlier part alone.
            let is_small = size == SMALL;
            if number != 1 && !is_small {
                continue;
            }
            let bytes = &bytes[..count];
            fails(cx, begun(number, size), bytes, reason(turn)).await?;
            turn += 1;
            let message = "parts after a put-part whose end says an error";
            is_as_before("BLOB-STREAM-2", message).await?;
            if is_small {
                fails_open(cx, begun(number, size), bytes).await?;
            }
            is_dropped(cx, begun(number, size), bytes).await;
            let message = "parts after put-parts that were given up";
            is_as_before("BLOB-STREAM-3", message).await?;
        }
    }
    let parts = multipart::parts(&container, NAME, &upload).await;
    let parts = cx.check("BLOB-PARTS-1", "parts").ok(parts)?;
    cx.check("BLOB-PARTS-1", "count the parts")
        .equal(parts.len(), 1)?;
    cx.ok(multipart::complete(&container, NAME, &upload, &[part]).await)?;
    cx.check("BLOB-STREAM-2", "get after complete with the earlier part")
        .value(container.get(NAME).await, &earlier)
}

/// Ends the stream and says an error.
async fn fails(
    cx: &Context,
    (mut writer, answer): (Writer, Answer<Part>),
    bytes: &[u8],
    error: Error,
) -> Outcome {
    let write = async {
        writer.write(bytes).await;
        writer.fail(error).await;
    };
    let ((), end) = both(write, answer.wait()).await;
    cx.check("BLOB-STREAM-2", "put-part whose end says an error")
        .fails(end, Kind::Cancelled)
}

/// Says an error while the stream is open.
async fn fails_open(
    cx: &Context,
    (mut writer, answer): (Writer, Answer<Part>),
    bytes: &[u8],
) -> Outcome {
    writer.write(bytes).await;
    let given_up = both(writer.say(Err(Error::Cancelled)), answer.wait());
    let ended = cx.within(cx.patience(), given_up).await;
    let check = cx.check("BLOB-STREAM-2", "give up a part whose stream is open");
    match ended {
        Some((_, ended)) => check.fails(ended, Kind::Cancelled),
        None => check.that(false, "cancelled", "no answer"),
    }
}

/// Drops the call, and says ok when nobody is to hear it.
async fn is_dropped(cx: &Context, (mut writer, answer): (Writer, Answer<Part>), bytes: &[u8]) {
    writer.write(bytes).await;
    drop(answer);
    // Nobody need take the word any more.
    cx.within(UNHEARD, writer.finish()).await;
}
