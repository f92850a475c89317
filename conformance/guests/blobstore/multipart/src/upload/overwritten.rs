use crate::sending::{NAME, begin_upload, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.overwritten",
    title: "an upload whose object is written or deleted meanwhile completes or is not-found",
    clauses: ["BLOB-UPLOAD-4", "BLOB-COMPLETE-1"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for meanwhile in ["put", "delete"] {
        cx.ok(container.put(NAME, b"old").await)?;
        let upload = begin_upload(cx, &container).await?;
        let part = send(cx, &container, &upload, 1, b"of the upload").await?;
        let left = if meanwhile == "put" {
            cx.ok(container.put(NAME, b"meanwhile").await)?;
            Some(b"meanwhile".to_vec())
        } else {
            cx.ok(container.delete(NAME).await)?;
            None
        };
        match multipart::complete(&container, NAME, &upload, &[part]).await {
            Ok(_) => {
                cx.check(
                    "BLOB-COMPLETE-1",
                    "get after complete over what came meanwhile",
                )
                .value(container.get(NAME).await, b"of the upload")?;
                cx.note(format!("an upload outlives a {meanwhile} of its name"));
            }
            Err(error) => {
                cx.check("BLOB-UPLOAD-4", "complete after the object was changed")
                    .fails(Err::<(), _>(error), Kind::NotFound)?;
                cx.check("BLOB-UPLOAD-4", "get after a complete that is not-found")
                    .returns(container.get(NAME).await, left)?;
                cx.note(format!("a {meanwhile} of its name ends an upload"));
            }
        }
    }
    Ok(())
}
