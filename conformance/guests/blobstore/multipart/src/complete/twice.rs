use crate::sending::{NAME, begin_upload, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.complete-twice",
    title: "a second complete of an upload returns the same version or not-found, and changes nothing",
    clauses: ["BLOB-COMPLETE-8", "BLOB-UPLOAD-5"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let part = send(cx, &container, &upload, 1, b"bytes").await?;
    let parts = [part];
    let first = cx.ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
    let check = cx.check("BLOB-COMPLETE-8", "complete for the second time");
    match multipart::complete(&container, NAME, &upload, &parts).await {
        Ok(second) => {
            check.equal(second, first.clone())?;
            cx.note("a second complete returns the version of the first");
        }
        Err(error) => {
            check.fails(Err::<(), _>(error), Kind::NotFound)?;
            cx.note("a second complete is not-found");
        }
    }
    let info = cx.info(&container, NAME).await?;
    cx.check("BLOB-COMPLETE-8", "head after both")
        .equal(info.version, first)?;
    // Whatever it remembers of the upload, nothing can be added to it.
    let late = multipart::put_part(&container, NAME, &upload, 2, b"late").await;
    cx.check("BLOB-UPLOAD-5", "put-part after complete")
        .fails(late, Kind::NotFound)?;
    cx.check("BLOB-UPLOAD-5", "parts after complete").fails(
        multipart::parts(&container, NAME, &upload).await,
        Kind::NotFound,
    )
}
