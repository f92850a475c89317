use conformance_kit::prelude::*;

use blobstore::{atomic_move::rename, sees_the_other};

case! {
    actors: 2,
    id: "blob.rename.visible",
    title: "what one instance renames another one sees after the visibility bound, though it read before",
    clauses: ["BLOB-VISIBLE-1"],
    requires: ["blob.atomic-move"],
    timeout_s: 30,
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("target", b"overwritten").await)?;
    cx.ok(container.put("object", b"renamed").await).map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let write = async || rename(&container, "object", "target", None).await;
    let left = [("object", None), ("target", Some(&b"renamed"[..]))];
    sees_the_other(cx, &container, index, write, &left).await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    cx.check("BLOB-VISIBLE-1", "get after both ended")
        .value(container.get("target").await, b"renamed")
}
