use crate::sending::{NAME, middle, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.basic",
    title: "one part, and three, become the object: bytes, content type and metadata",
    clauses: ["BLOB-BEGIN-1", "BLOB-COMPLETE-1"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for count in [1, 3] {
        let metadata = vec![("parts".to_owned(), count.to_string())];
        let upload =
            multipart::begin_with(&container, NAME, Some("text/x-parts"), metadata.clone()).await;
        let upload = cx.check("BLOB-BEGIN-1", "begin").ok(upload)?;
        cx.check("BLOB-BEGIN-1", "measure the id of an upload")
            .that(
                (1..=4_096).contains(&upload.len()),
                "1 to 4,096 bytes",
                &upload.len(),
            )?;
        let has = cx
            .check("BLOB-BEGIN-1", "parts of a new upload")
            .ok(multipart::parts(&container, NAME, &upload).await)?;
        cx.check("BLOB-BEGIN-1", "count the parts of a new upload")
            .equal(has.len(), 0)?;
        let mut whole = Vec::new();
        let mut parts = Vec::new();
        for number in 1..=count {
            let bytes = if number < count {
                middle(cx)?
            } else {
                cx.random_bytes(10)
            };
            parts.push(send(cx, &container, &upload, number, &bytes).await?);
            whole.extend(bytes);
        }
        let version = cx
            .check("BLOB-COMPLETE-1", "complete")
            .ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
        cx.check("BLOB-COMPLETE-1", "get after complete")
            .value(container.get(NAME).await, &whole)?;
        let info = cx.info(&container, NAME).await?;
        cx.check("BLOB-COMPLETE-1", "head after complete").that(
            info.content_type == "text/x-parts" && info.metadata == metadata,
            "the content type and the metadata of begin",
            &info,
        )?;
        cx.check("BLOB-COMPLETE-1", "compare the sizes of head and parts")
            .equal(info.size, whole.len() as u64)?;
        cx.check(
            "BLOB-COMPLETE-1",
            "compare the versions of head and complete",
        )
        .equal(info.version, version)?;
    }
    Ok(())
}
