use blobstore::multipart;
use conformance_kit::prelude::*;

use crate::growth::grows;

case! {
    id: "blob.append.completed",
    title: "append adds behind what complete put together out of parts",
    clauses: ["BLOB-APPEND-1", "BLOB-APPEND-2", "BLOB-APPEND-6"],
    requires: ["blob.append", "blob.multipart"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let least = cx.limit("blob.part.min-bytes")? as usize;
    for (name, sizes) in [("one", &[900][..]), ("two", &[least + 1, 30])] {
        let metadata = vec![("parts".to_owned(), sizes.len().to_string())];
        let begun = multipart::begin_with(&container, name, Some("text/log"), metadata);
        let upload = cx.ok(begun.await)?;
        let mut whole = Vec::new();
        let mut parts = Vec::new();
        for (number, size) in (1..).zip(sizes) {
            let bytes = cx.random_bytes(*size);
            let sent = multipart::put_part(&container, name, &upload, number, &bytes);
            parts.push(cx.ok(sent.await)?);
            whole.extend(bytes);
        }
        cx.ok(multipart::complete(&container, name, &upload, &parts).await)?;
        grows(cx, &container, name, &whole).await?;
    }
    Ok(())
}
