use core::pin::pin;

use blobstore::options;
use conformance_kit::prelude::*;

use crate::support::{Kept, WATCH, is_absent, marked, sized};

case! {
    id: "blob.stream.not-yet",
    title: "a put whose stream has ended waits for the word that it is whole",
    clauses: ["BLOB-STREAM-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = cx.random_bytes(10_000);
    // The number of bytes says as little as the end of their stream.
    for (name, options) in [("new", options()), ("sized", sized(bytes.len()))] {
        let old = Kept::put(cx, &container, "old", b"as it was").await?;
        for name in [name, "old"] {
            let (mut writer, answer) = container.begin_put(name, marked(options.clone()));
            writer.write(&bytes).await;
            writer.close();
            let mut answer = pin!(answer.wait());
            let early = cx.within(WATCH, &mut answer).await;
            cx.check(
                "BLOB-STREAM-1",
                "wait for a put that was not said to be whole",
            )
            .that(early.is_none(), "no answer", "an answer")?;
            if name == "old" {
                old.is_still(cx, "BLOB-STREAM-1", &container).await?;
            } else {
                is_absent(cx, "BLOB-STREAM-1", &container, name).await?;
            }
            let (_, put) = both(writer.say(Ok(())), answer).await;
            cx.check("BLOB-STREAM-1", "put after it was said to be whole")
                .ok(put)?;
            cx.check("BLOB-STREAM-1", "get after a put was said to be whole")
                .value(container.get(name).await, &bytes)?;
        }
    }
    Ok(())
}
