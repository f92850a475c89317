use blobstore::pauses::PAUSE;
use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    id: "blob.stream.pause-reading",
    title: "a get goes on after its reader paused for nearly 30 seconds",
    clauses: ["BLOB-STREAM-6", "BLOB-GET-9"],
    lane: Lane::Slow,
    timeout_s: 90,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 16 << 20);
    cx.ok(container.put("object", &bytes).await)?;
    let found = container.begin_get("object", None, None).await;
    let mut content = cx.check("BLOB-STREAM-6", "get of an object").some(found)?;
    let half = bytes.len() / 2;
    let mut read = content.read_exact(half).await;
    cx.sleep(PAUSE).await;
    read.extend(content.read_exact(half).await);
    cx.check("BLOB-STREAM-6", "read on after nearly 30 seconds")
        .bytes(&read, &bytes)?;
    cx.check("BLOB-GET-9", "wait for the end after a pause")
        .ok(content.end().await)
}
