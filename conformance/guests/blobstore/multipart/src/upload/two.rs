use crate::sending::{NAME, begin_upload, received, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.two-uploads",
    title: "two uploads of one name have nothing of each other",
    clauses: ["BLOB-UPLOAD-2", "BLOB-BEGIN-1"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let uploads = [
        begin_upload(cx, &container).await?,
        begin_upload(cx, &container).await?,
    ];
    cx.check("BLOB-BEGIN-1", "compare the ids of two uploads")
        .that(uploads[0] != uploads[1], "two ids", &uploads[0])?;
    let first = send(cx, &container, &uploads[0], 1, b"first").await?;
    cx.check("BLOB-UPLOAD-2", "parts of the other upload")
        .equal(received(cx, &container, &uploads[1]).await?, Vec::new())?;
    let second = send(cx, &container, &uploads[1], 1, b"second").await?;
    cx.check("BLOB-UPLOAD-2", "parts of the first upload")
        .equal(
            received(cx, &container, &uploads[0]).await?,
            vec![shown(&first, 5)],
        )?;
    cx.check("BLOB-UPLOAD-2", "parts of the second upload")
        .equal(
            received(cx, &container, &uploads[1]).await?,
            vec![shown(&second, 6)],
        )?;
    cx.ok(multipart::complete(&container, NAME, &uploads[0], &[first]).await)?;
    cx.check("BLOB-UPLOAD-2", "get after the first complete")
        .value(container.get(NAME).await, b"first")?;
    // The first complete was a write of the name, and may have ended the other.
    match multipart::complete(&container, NAME, &uploads[1], &[second]).await {
        Ok(_) => cx
            .check("BLOB-UPLOAD-2", "get after the second complete")
            .value(container.get(NAME).await, b"second"),
        Err(error) => cx
            .check("BLOB-UPLOAD-2", "complete of the other upload")
            .fails(Err::<(), _>(error), Kind::NotFound),
    }
}

fn shown(part: &multipart::Part, size: u64) -> String {
    let part = part.clone();
    multipart::ReceivedPart { part, size }.shown()
}
