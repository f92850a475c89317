use crate::sending::{NAME, begin_upload, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    /// A service may answer it out of what it remembers, but may not do it again.
    id: "blob.multipart.complete-again-later",
    title: "a second complete brings nothing back that was overwritten or deleted since the first",
    clauses: ["BLOB-COMPLETE-8", "BLOB-UPLOAD-5"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for is_deleted in [false, true] {
        let upload = begin_upload(cx, &container).await?;
        let parts = [send(cx, &container, &upload, 1, b"completed").await?];
        let first = cx.ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
        let newer = if is_deleted {
            cx.ok(container.delete(NAME).await)?;
            None
        } else {
            Some(cx.ok(container.put(NAME, b"newer").await)?)
        };
        for _ in 0..2 {
            let check = cx.check("BLOB-COMPLETE-8", "complete again after another write");
            match multipart::complete(&container, NAME, &upload, &parts).await {
                Err(error) => check.fails(Err::<(), _>(error), Kind::NotFound)?,
                version => check.returns(version, first.clone())?,
            }
            let left = cx.ok(container.head(NAME).await)?;
            cx.check("BLOB-COMPLETE-8", "head after a second complete")
                .equal(left.map(|info| info.version), newer.clone())?;
        }
        let bytes = newer.map(|_| b"newer".to_vec());
        cx.check("BLOB-COMPLETE-8", "get after a second complete")
            .returns(container.get(NAME).await, bytes)?;
        let parts = multipart::parts(&container, NAME, &upload).await;
        cx.check("BLOB-UPLOAD-5", "parts after a second complete")
            .fails(parts, Kind::NotFound)?;
    }
    Ok(())
}
