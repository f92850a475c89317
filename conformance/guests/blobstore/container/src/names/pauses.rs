use blobstore::pauses::PAUSE;
use conformance_kit::prelude::*;

use crate::listing::{Walk, fill, some_names};

case! {
    /// Some names of the first page are read, and a page behind it is still to come.
    id: "blob.names.pauses",
    title: "a stream of names and a list go on after their reader paused for nearly 30 seconds",
    clauses: ["BLOB-STREAM-6", "BLOB-NAMES-1", "TYP-PAGE-7"],
    lane: Lane::Slow,
    timeout_s: 120,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let limit = cx.limit("blob.page.max-items")?.min(1_000) as usize;
    let names = some_names(cx, "a/", limit + 3);
    fill(cx, &container, &names).await?;
    let mut stream = container.names("");
    let mut streamed: Vec<String> = stream.next().await.into_iter().collect();
    let mut walk = Walk::new("", None);
    let check = cx.check(
        "TYP-PAGE-7",
        "read a list with a pause of nearly 30 seconds",
    );
    walk.step(check, &container, Some(5)).await?;
    cx.sleep(PAUSE).await;
    walk.finish(check, &container, names.len(), || None).await?;
    check.keys(&walk.names(), &names)?;
    let (rest, end) = stream.collect().await;
    cx.check(
        "BLOB-STREAM-6",
        "wait for the end of a stream after a pause",
    )
    .ok(end)?;
    streamed.extend(rest);
    cx.check("BLOB-NAMES-1", "read a stream of names with a pause")
        .keys(&streamed, &names)
}
