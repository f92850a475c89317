use crate::sending::{NAME, begin_upload, received, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.part-given-up",
    title: "a part that is given up or dropped is not there, and an earlier one of its number is",
    clauses: ["BLOB-STREAM-2", "BLOB-STREAM-3", "BLOB-PARTS-1"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let part = send(cx, &container, &upload, 1, b"earlier").await?;
    let before = received(cx, &container, &upload).await?;
    let bytes = cx.random_bytes(1_000);
    // Whatever the guest gives as the reason, it is its own.
    let errors = [
        Error::Cancelled,
        Error::Timeout,
        Error::Other("the source ran dry".to_owned()),
        Error::PreconditionFailed,
        Error::Throttled(None),
        Error::InvalidArgument("size: the source is too short".to_owned()),
    ];
    let mut errors = errors.into_iter().cycle();
    for number in [1, 2] {
        for count in [0, 500, 1_000] {
            let error = errors.next().unwrap_or(Error::Cancelled);
            let begin = || multipart::begin_part(&container, NAME, &upload, number, 1_000);
            let (mut writer, answer) = begin();
            let write = async {
                writer.write(&bytes[..count]).await;
                writer.fail(error).await;
            };
            let ((), end) = both(write, answer.wait()).await;
            cx.check("BLOB-STREAM-2", "put-part whose end says an error")
                .fails(end, Kind::Cancelled)?;
            cx.check(
                "BLOB-STREAM-2",
                "parts after a put-part whose end says an error",
            )
            .equal(received(cx, &container, &upload).await?, before.clone())?;
            let (mut writer, answer) = begin();
            writer.write(&bytes[..count]).await;
            let given_up = both(writer.say(Err(Error::Cancelled)), answer.wait());
            let ended = cx.within(cx.patience(), given_up).await;
            let check = cx.check("BLOB-STREAM-2", "give up a part whose stream is open");
            match ended {
                Some((_, ended)) => check.fails(ended, Kind::Cancelled)?,
                None => check.that(false, "cancelled", "no answer")?,
            }
            drop(writer);
            let (mut writer, answer) = begin();
            writer.write(&bytes[..count]).await;
            drop(answer);
            // It says ok, but nobody is to hear it.
            writer.finish().await;
            cx.check("BLOB-STREAM-3", "parts after put-parts that were given up")
                .equal(received(cx, &container, &upload).await?, before.clone())?;
        }
    }
    let parts = multipart::parts(&container, NAME, &upload).await;
    let parts = cx.check("BLOB-PARTS-1", "parts").ok(parts)?;
    cx.check("BLOB-PARTS-1", "count the parts")
        .equal(parts.len(), 1)?;
    cx.ok(multipart::complete(&container, NAME, &upload, &[part]).await)?;
    cx.check("BLOB-STREAM-2", "get after complete with the earlier part")
        .value(container.get(NAME).await, b"earlier")
}
