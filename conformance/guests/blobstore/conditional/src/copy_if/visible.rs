use conformance_kit::prelude::*;

use crate::support::absent;
use blobstore::{conditional_copy::copy_if, sees_the_other};

case! {
    actors: 2,
    id: "blob.copy-if.visible",
    title: "what one instance copies by copy-if another one sees after the visibility bound, though it read before",
    clauses: ["BLOB-VISIBLE-1"],
    requires: ["blob.conditional-copy"],
    timeout_s: 30,
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("object", b"bytes").await).map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let write = async || copy_if(&container, "object", None, &container, "copy", absent()).await;
    let bytes = Some(&b"bytes"[..]);
    let left = [("object", bytes), ("copy", bytes)];
    sees_the_other(cx, &container, index, write, &left).await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    cx.check("BLOB-VISIBLE-1", "get after both ended")
        .value(container.get("copy").await, b"bytes")
}
