use crate::sending::{NAME, begin_upload, middle, received, send, texts};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.complete-refused",
    title: "complete refuses no parts and numbers that do not ascend, and keeps the upload",
    clauses: ["BLOB-COMPLETE-3", "BLOB-COMPLETE-7"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let bytes = [middle(cx)?, cx.random_bytes(10)];
    let first = send(cx, &container, &upload, 1, &bytes[0]).await?;
    let second = send(cx, &container, &upload, 2, &bytes[1]).await?;
    let before = received(cx, &container, &upload).await?;
    for (parts, message) in [
        (vec![], "complete with no parts"),
        (
            vec![first.clone(), first.clone()],
            "complete with a part twice",
        ),
        (
            vec![second.clone(), first.clone()],
            "complete with descending numbers",
        ),
        (
            vec![first.clone(), second.clone(), second.clone()],
            "complete with the last part twice",
        ),
    ] {
        cx.check("BLOB-COMPLETE-3", message).fails(
            multipart::complete(&container, NAME, &upload, &parts).await,
            Kind::InvalidArgument,
        )?;
        cx.check("BLOB-COMPLETE-3", "get after a refused complete")
            .none(container.get(NAME).await)?;
        let left = multipart::parts(&container, NAME, &upload).await;
        let left = cx
            .check("BLOB-COMPLETE-7", "parts after a refused complete")
            .ok(left)?;
        cx.check(
            "BLOB-COMPLETE-7",
            "compare the parts after a refused complete",
        )
        .equal(texts(&left), before.clone())?;
    }
    cx.check("BLOB-COMPLETE-7", "complete after refused ones")
        .ok(multipart::complete(&container, NAME, &upload, &[first, second]).await)?;
    cx.check("BLOB-COMPLETE-7", "get after complete")
        .value(container.get(NAME).await, &bytes.concat())
}
