use crate::sending::{NAME, begin_upload, received, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.part-given-up-open",
    title: "a part that is given up returns cancelled also while its stream stays open",
    clauses: ["BLOB-STREAM-2"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    send(cx, &container, &upload, 1, b"earlier").await?;
    let before = received(cx, &container, &upload).await?;
    for count in [0, 500, 1_000] {
        for number in [1, 2] {
            let (mut writer, answer) =
                multipart::begin_part(&container, NAME, &upload, number, 1_000);
            writer.write(&cx.random_bytes(count)).await;
            let given_up = both(writer.say(Err(Error::Unavailable)), answer.wait());
            let part = cx
                .within(cx.patience(), given_up)
                .await
                .map(|(_, part)| part);
            let check = cx.check("BLOB-STREAM-2", "give up a part whose stream is open");
            match part {
                Some(part) => check.fails(part, Kind::Cancelled)?,
                None => check.that(false, "cancelled", "no answer")?,
            }
            cx.check("BLOB-STREAM-2", "parts after one was given up")
                .equal(received(cx, &container, &upload).await?, before.clone())?;
        }
    }
    Ok(())
}
