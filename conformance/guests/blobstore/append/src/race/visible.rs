use blobstore::{append::append, sees_the_other};
use conformance_kit::prelude::*;

case! {
    actors: 2,
    id: "blob.append.visible",
    title: "what one instance appends another one sees after the visibility bound, though it read before",
    clauses: ["BLOB-VISIBLE-1"],
    requires: ["blob.append"],
    timeout_s: 30,
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("log", b"old").await).map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let write = async || append(&container, "log", b" and new", None).await;
    let left = [("log", Some(&b"old and new"[..]))];
    sees_the_other(cx, &container, index, write, &left).await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    cx.check("BLOB-VISIBLE-1", "get after both ended")
        .value(container.get("log").await, b"old and new")
}
