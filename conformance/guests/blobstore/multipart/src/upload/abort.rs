use crate::sending::{NAME, begin_upload, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.abort",
    title: "abort ends the upload and leaves the object as it is",
    clauses: ["BLOB-ABORT-1", "BLOB-UPLOAD-5"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let version = cx.ok(container.put(NAME, b"old").await)?;
    let upload = begin_upload(cx, &container).await?;
    let part = send(cx, &container, &upload, 1, b"new").await?;
    cx.check("BLOB-ABORT-1", "abort")
        .ok(multipart::abort(&container, NAME, &upload).await)?;
    let info = cx
        .check("BLOB-ABORT-1", "look for the object after abort")
        .some(container.head(NAME).await)?;
    cx.check("BLOB-ABORT-1", "head of the object after abort")
        .equal(info.version, version)?;
    cx.check("BLOB-UPLOAD-5", "parts after abort").fails(
        multipart::parts(&container, NAME, &upload).await,
        Kind::NotFound,
    )?;
    cx.check("BLOB-UPLOAD-5", "put-part after abort").fails(
        multipart::put_part(&container, NAME, &upload, 1, b"late").await,
        Kind::NotFound,
    )?;
    cx.check("BLOB-UPLOAD-5", "complete after abort").fails(
        multipart::complete(&container, NAME, &upload, &[part]).await,
        Kind::NotFound,
    )?;
    cx.check("BLOB-ABORT-1", "get after all")
        .value(container.get(NAME).await, b"old")
}
