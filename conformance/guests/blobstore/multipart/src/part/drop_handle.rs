use blobstore::multipart;
use conformance_kit::prelude::*;

use crate::sending::{NAME, begin_upload, send};

case! {
    id: "blob.multipart.part-drop-handle",
    title: "a part in flight comes to its end after its handle was dropped",
    clauses: ["BLOB-HANDLE-6", "BLOB-PART-1"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    send(cx, &container, &upload, 1, b"earlier").await?;
    drop(container);
    let mut last = None;
    let bytes = cx.random_bytes(200_000);
    for size in [2_000, bytes.len()] {
        let bytes = &bytes[..size];
        let container = cx.container().await?;
        let begun = multipart::begin_part(&container, NAME, &upload, 1, size as u64);
        let (mut writer, answer) = begun;
        writer.write(&bytes[..1_000]).await;
        drop(container);
        let part = writer.all(&bytes[1_000..], answer).await;
        let check = cx.check(
            "BLOB-HANDLE-6",
            "write a part on after the handle was dropped",
        );
        last = Some(check.ok(part)?);
    }
    let container = cx.container().await?;
    let parts: Vec<_> = last.into_iter().collect();
    cx.check(
        "BLOB-PART-1",
        "complete with a part that was sent without a handle",
    )
    .ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
    cx.check("BLOB-PART-1", "get after complete")
        .value(container.get(NAME).await, &bytes)
}
