use core::pin::pin;

use blobstore::multipart;
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload, received};

case! {
    id: "blob.multipart.part-ok-first",
    title: "a part that is said to be whole early waits for the end of its stream, and has all of it",
    clauses: ["BLOB-STREAM-1", "BLOB-PART-1"],
    requires: ["blob.multipart"],
}

/// How long a case watches for something that must not happen.
const WATCH: Duration = Duration::from_millis(60);

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = cx.random_bytes(20_000);
    // Nothing of it, half, and all but the end of the stream.
    for count in [0, 10_000, 20_000] {
        let upload = begin_upload(cx, &container).await?;
        let begun = multipart::begin_part(&container, NAME, &upload, 1, 20_000);
        let (mut writer, answer) = begun;
        let mut end = writer.take_end();
        writer.write(&bytes[..count]).await;
        // Who looks at the future only behind the stream leaves the word waiting.
        let mut ended = pin!(both(end.say(Ok(())), answer.wait()));
        let early = cx.within(WATCH, &mut ended).await;
        cx.check("BLOB-STREAM-1", "wait for a part whose stream is open")
            .that(early.is_none(), "no answer", "an answer")?;
        cx.check("BLOB-STREAM-1", "parts while the stream of one is open")
            .equal(received(cx, &container, &upload).await?, Vec::new())?;
        let write = async {
            writer.write(&bytes[count..]).await;
            writer.close();
        };
        let (_, (_, sent)) = both(write, ended).await;
        let part = cx
            .check("BLOB-STREAM-1", "put-part that was said to be whole early")
            .ok(sent)?;
        cx.ok(multipart::complete(&container, NAME, &upload, &[part]).await)?;
        cx.check("BLOB-PART-1", "get after complete")
            .value(container.get(NAME).await, &bytes)?;
    }
    Ok(())
}
