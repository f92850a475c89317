use conformance_kit::prelude::*;

use blobstore::{conditional_delete::delete_if, sees_the_other};

case! {
    actors: 2,
    id: "blob.delete-if.visible",
    title: "what one instance removes by delete-if another one finds no more after the visibility bound, though it read before",
    clauses: ["BLOB-VISIBLE-1"],
    requires: ["blob.conditional-delete"],
    timeout_s: 30,
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("object", b"bytes").await).map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let version = cx.info(&container, "object").await?.version;
    let write = async || delete_if(&container, "object", &version).await;
    sees_the_other(cx, &container, index, write, &[("object", None)]).await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    cx.check("BLOB-VISIBLE-1", "get after both ended")
        .none(container.get("object").await)
}
