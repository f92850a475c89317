use crate::sending::{NAME, begin_upload, received, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.edges",
    title: "all parts but the last need the least size, and the last can have none",
    clauses: ["BLOB-COMPLETE-1", "BLOB-COMPLETE-5", "BLOB-COMPLETE-7"],
    requires: ["blob.multipart"],
    lane: Lane::Slow,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let least = cx.limit("blob.part.min-bytes")? as usize;
    for (first, last) in [(least, 0), (least, 1), (least + 1, 0)] {
        let upload = begin_upload(cx, &container).await?;
        let bytes = [cx.random_bytes(first), cx.random_bytes(last)];
        let parts = [
            send(cx, &container, &upload, 1, &bytes[0]).await?,
            send(cx, &container, &upload, 2, &bytes[1]).await?,
        ];
        cx.check("BLOB-COMPLETE-1", "complete with parts of the least sizes")
            .ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
        cx.check("BLOB-COMPLETE-1", "get after complete")
            .value(container.get(NAME).await, &bytes.concat())?;
    }
    let before = cx.ok(container.get(NAME).await)?;
    let upload = begin_upload(cx, &container).await?;
    let bytes = cx.random_bytes(least - 1);
    let small = send(cx, &container, &upload, 1, &bytes).await?;
    let last = send(cx, &container, &upload, 2, b"last").await?;
    let parts = [small.clone(), last];
    send(cx, &container, &upload, 3, b"never named").await?;
    let sent = received(cx, &container, &upload).await?;
    cx.check(
        "BLOB-COMPLETE-5",
        "complete with a small part before another",
    )
    .fails(
        multipart::complete(&container, NAME, &upload, &parts).await,
        Kind::OutOfRange,
    )?;
    cx.check("BLOB-COMPLETE-5", "get after a refused complete")
        .returns(container.get(NAME).await, before)?;
    let left = received(cx, &container, &upload).await?;
    cx.check("BLOB-COMPLETE-7", "parts after a refused complete")
        .equal(left, sent)?;
    // Alone it is the last.
    cx.check("BLOB-COMPLETE-7", "complete with the small part alone")
        .ok(multipart::complete(&container, NAME, &upload, &[small]).await)?;
    cx.check("BLOB-COMPLETE-1", "get after complete with one part")
        .value(container.get(NAME).await, &bytes)
}
