use crate::sending::{NAME, begin_upload, send};
use blobstore::{PutOptions, multipart, options};
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.replaces",
    title: "complete replaces an object whole: a longer one, its content type and its metadata",
    clauses: ["BLOB-COMPLETE-1", "BLOB-PUT-2"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = PutOptions {
        content_type: Some("text/old".to_owned()),
        metadata: vec![("old".to_owned(), "entry".to_owned())],
        ..options()
    };
    let bytes = cx.random_bytes(10_000);
    let before = cx.ok(container.put_with(NAME, &bytes, old).await)?;
    let upload = begin_upload(cx, &container).await?;
    let part = send(cx, &container, &upload, 1, b"new").await?;
    let version = cx
        .check("BLOB-COMPLETE-1", "complete over an object")
        .ok(multipart::complete(&container, NAME, &upload, &[part]).await)?;
    cx.check("BLOB-COMPLETE-1", "compare the versions before and after")
        .that(version != before, "another version", &version)?;
    cx.check("BLOB-PUT-2", "get after complete over a longer object")
        .value(container.get(NAME).await, b"new")?;
    let info = cx.info(&container, NAME).await?;
    cx.check("BLOB-PUT-2", "head after complete over an object")
        .that(
            info.content_type == "application/octet-stream" && info.metadata.is_empty(),
            "what an object has without content type and metadata",
            &info,
        )
}
