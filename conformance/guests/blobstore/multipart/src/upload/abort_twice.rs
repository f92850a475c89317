use crate::sending::{NAME, begin_upload, middle, received, send, texts};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.abort-twice",
    title: "abort of what is not there is ok, ends no upload and takes nothing from an object",
    clauses: ["BLOB-ABORT-1", "BLOB-ABORT-2"],
    requires: ["blob.multipart"],
}

const DONE: &str = "completed";

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let second = cx.second_container().await?;
    let live = begin_upload(cx, &container).await?;
    let part = send(cx, &container, &live, 1, b"lives").await?;
    let before = received(cx, &container, &live).await?;

    let aborted = begin_upload(cx, &container).await?;
    cx.ok(multipart::abort(&container, NAME, &aborted).await)?;
    // Of another object: this write may end the uploads of its own (BLOB-UPLOAD-4).
    let completed = cx.ok(multipart::begin(&container, DONE).await)?;
    // Of several parts: the object may go on to be made of what was sent.
    let bytes = [middle(cx)?, b"completed".to_vec()];
    let mut parts = Vec::new();
    for (number, bytes) in (1..).zip(&bytes) {
        let put = multipart::put_part(&container, DONE, &completed, number, bytes);
        parts.push(cx.ok(put.await)?);
    }
    cx.ok(multipart::complete(&container, DONE, &completed, &parts).await)?;
    for (name, upload, message) in [
        (NAME, aborted.as_str(), "abort for the second time"),
        (DONE, completed.as_str(), "abort after complete"),
        (NAME, "noise", "abort of an upload that never was"),
        (NAME, "", "abort of the empty text"),
        ("other", live.as_str(), "abort under another name"),
    ] {
        cx.check("BLOB-ABORT-2", message)
            .ok(multipart::abort(&container, name, upload).await)?;
    }
    cx.check("BLOB-ABORT-2", "abort in another container")
        .ok(multipart::abort(&second, NAME, &live).await)?;
    let has = cx
        .check("BLOB-ABORT-2", "parts of the upload that is there")
        .ok(multipart::parts(&container, NAME, &live).await)?;
    cx.check(
        "BLOB-ABORT-2",
        "compare the parts of the upload that is there",
    )
    .equal(texts(&has), before)?;
    cx.check("BLOB-ABORT-1", "get of the completed object")
        .value(container.get(DONE).await, &bytes.concat())?;
    cx.check("BLOB-ABORT-2", "complete of the upload that is there")
        .ok(multipart::complete(&container, NAME, &live, &[part]).await)
        .map(drop)
}
