use core::pin::pin;

use blobstore::multipart;
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload, received, send};

case! {
    id: "blob.multipart.part-not-yet",
    title: "a part whose stream has ended waits for the word that it is whole",
    clauses: ["BLOB-STREAM-1"],
    requires: ["blob.multipart"],
}

/// How long a case watches for something that must not happen.
const WATCH: Duration = Duration::from_millis(60);

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [0, 10_000] {
        let bytes = cx.random_bytes(size);
        // In the place of an earlier part, and beside it.
        for number in [1, 2] {
            let upload = begin_upload(cx, &container).await?;
            send(cx, &container, &upload, 1, b"earlier").await?;
            let before = received(cx, &container, &upload).await?;
            // All the bytes that were announced, and no word that they are whole.
            let begun = multipart::begin_part(&container, NAME, &upload, number, size as u64);
            let (mut writer, answer) = begun;
            writer.write(&bytes).await;
            writer.close();
            let mut answer = pin!(answer.wait());
            let early = cx.within(WATCH, &mut answer).await;
            cx.check(
                "BLOB-STREAM-1",
                "wait for a part that was not said to be whole",
            )
            .that(early.is_none(), "no answer", "an answer")?;
            cx.check("BLOB-STREAM-1", "parts before one was said to be whole")
                .equal(received(cx, &container, &upload).await?, before)?;
            let (_, sent) = both(writer.say(Ok(())), answer).await;
            let part = cx
                .check("BLOB-STREAM-1", "put-part after it was said to be whole")
                .ok(sent)?;
            cx.ok(multipart::complete(&container, NAME, &upload, &[part]).await)?;
            cx.check("BLOB-STREAM-1", "get after complete")
                .value(container.get(NAME).await, &bytes)?;
        }
    }
    Ok(())
}
