use blobstore::Content;
use blobstore::pauses::PAUSE;
use conformance_kit::prelude::*;

use crate::meanwhile::{BEGUN, goes_on};
use crate::pattern::big;

case! {
    /// A service may have cut the connection by then, and who asks it for the rest may find
    /// another state.
    id: "blob.stream.pause-reading",
    title: "a get goes on with its state after its reader paused for nearly 30 seconds",
    clauses: ["BLOB-STREAM-6", "BLOB-GET-9", "BLOB-GET-11"],
    lane: Lane::Slow,
    timeout_s: 120,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 16 << 20);
    cx.ok(container.put("object", &bytes).await)?;
    let found = container.begin_get("object", None, None).await;
    let mut content = cx.check("BLOB-STREAM-6", "get of an object").some(found)?;
    let half = bytes.len() / 2;
    let mut read = content.read_exact(half).await;
    let changing = begun_and_changed(cx, &container, &bytes).await?;
    cx.sleep(PAUSE).await;
    read.extend(content.read_exact(half).await);
    cx.check("BLOB-STREAM-6", "read on after nearly 30 seconds")
        .bytes(&read, &bytes)?;
    cx.check("BLOB-GET-9", "wait for the end after a pause")
        .ok(content.end().await)?;
    drop(read);
    let meanwhile = "overwritten, and its reader had paused";
    goes_on(cx, changing, &bytes, meanwhile).await
}

/// Begins to read an object, and overwrites it with as many bytes.
async fn begun_and_changed(
    cx: &Context,
    container: &Container,
    bytes: &[u8],
) -> Result<Content, Stop> {
    cx.ok(container.put("changing", bytes).await)?;
    let found = container.begin_get("changing", None, None).await;
    let mut content = cx.check("BLOB-STREAM-6", "get of an object").some(found)?;
    cx.check("BLOB-GET-11", "read the beginning of an object")
        .bytes(&content.read_exact(BEGUN).await, &bytes[..BEGUN])?;
    cx.ok(container.put("changing", &big(cx, bytes.len())).await)?;
    Ok(content)
}
