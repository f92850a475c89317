use crate::sending::{NAME, begin_upload, send};
use blobstore::{multipart, sees_the_other};
use conformance_kit::prelude::*;

case! {
    actors: 2,
    id: "blob.multipart.visible",
    title: "what one instance completes another one sees after the visibility bound, though it read before",
    clauses: ["BLOB-VISIBLE-1"],
    requires: ["blob.multipart"],
    timeout_s: 30,
}

async fn prepare(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put(NAME, b"old").await).map(drop)
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let container = cx.container().await?;
    let mut sent = (String::new(), Vec::new());
    if index == 0 {
        let upload = begin_upload(cx, &container).await?;
        let part = send(cx, &container, &upload, 1, b"completed").await?;
        sent = (upload, vec![part]);
    }
    let (upload, parts) = sent;
    let write = async || multipart::complete(&container, NAME, &upload, &parts).await;
    let left = [(NAME, Some(&b"completed"[..]))];
    sees_the_other(cx, &container, index, write, &left).await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let container = cx.container().await?;
    cx.check("BLOB-VISIBLE-1", "get after both ended")
        .value(container.get(NAME).await, b"completed")
}
