use core::pin::pin;

use blobstore::options;
use conformance_kit::prelude::*;

use crate::support::{WATCH, is_absent, sized};

case! {
    id: "blob.stream.ok-first",
    title: "a put that was said to be whole waits for the rest of its stream",
    clauses: ["BLOB-STREAM-1", "BLOB-DATA-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = cx.random_bytes(30_000);
    let (first, rest) = bytes.split_at(10_000);
    for (name, options) in [("unsized", options()), ("sized", sized(bytes.len()))] {
        let (mut writer, answer) = container.begin_put(name, options);
        let mut end = writer.take_end();
        writer.write(first).await;
        // Who looks at the future only behind the stream leaves the word waiting.
        let mut ended = pin!(both(end.say(Ok(())), answer.wait()));
        let early = cx.within(WATCH, &mut ended).await;
        cx.check("BLOB-STREAM-1", "wait for a put whose stream is open")
            .that(early.is_none(), "no answer", "an answer")?;
        is_absent(cx, "BLOB-STREAM-1", &container, name).await?;
        let write = async {
            writer.write(rest).await;
            writer.close();
        };
        let (_, (_, put)) = both(write, ended).await;
        cx.check("BLOB-STREAM-1", "put that was said to be whole early")
            .ok(put)?;
        cx.check(
            "BLOB-DATA-1",
            "get after a put that was said to be whole early",
        )
        .value(container.get(name).await, &bytes)?;
    }
    Ok(())
}
