use crate::sending::{NAME, begin_upload, middle, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.invisible",
    title: "until complete, reads and lists show what was there before the upload",
    clauses: ["BLOB-UPLOAD-1", "BLOB-DATA-4"],
    requires: ["blob.multipart"],
}

/// What all functions that read show of the object.
async fn shows(cx: &Context, container: &Container, before: Option<&[u8]>) -> Outcome {
    let check = cx.check("BLOB-UPLOAD-1", "get during an upload");
    match before {
        Some(bytes) => check.value(container.get(NAME).await, bytes)?,
        None => check.none(container.get(NAME).await)?,
    }
    let head = cx.ok(container.head(NAME).await)?;
    cx.check("BLOB-DATA-4", "head during an upload").equal(
        head.map(|info| info.size),
        before.map(|bytes| bytes.len() as u64),
    )?;
    let names: Vec<&str> = before.map(|_| NAME).into_iter().collect();
    let listed = cx.all_names(container, "", None).await?;
    cx.check("BLOB-UPLOAD-1", "list during an upload")
        .keys(&listed, &names)?;
    let (streamed, end) = container.names("").collect().await;
    cx.ok(end)?;
    cx.check("BLOB-UPLOAD-1", "names during an upload")
        .keys(&streamed, &names)
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for before in [None, Some(&b"before"[..])] {
        if let Some(bytes) = before {
            cx.ok(container.put(NAME, bytes).await)?;
        }
        let upload = begin_upload(cx, &container).await?;
        shows(cx, &container, before).await?;
        let bytes = [middle(cx)?, cx.random_bytes(10)];
        let mut parts = Vec::new();
        for (number, bytes) in (1..).zip(&bytes) {
            parts.push(send(cx, &container, &upload, number, bytes).await?);
            shows(cx, &container, before).await?;
        }
        cx.ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
        shows(cx, &container, Some(&bytes.concat())).await?;
        cx.ok(container.delete(NAME).await)?;
    }
    Ok(())
}
