use crate::sending::{entries, entry};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.two-described",
    title: "of two uploads of one name each keeps its own content type and metadata",
    clauses: ["BLOB-UPLOAD-2", "BLOB-COMPLETE-1"],
    requires: ["blob.multipart"],
}

const TYPES: [&str; 2] = ["text/x-first", "text/x-second"];

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let metadata = [
        vec![entry("begun", "first")],
        vec![entry("begun", "second"), entry("more", "")],
    ];
    // One of the two is completed: the write of the name may end the other.
    for (name, completed) in [("first", 0), ("second", 1)] {
        let mut uploads = Vec::new();
        for (content_type, metadata) in TYPES.iter().zip(&metadata) {
            let begun =
                multipart::begin_with(&container, name, Some(content_type), metadata.clone());
            uploads.push(cx.ok(begun.await)?);
        }
        let mut parts = Vec::new();
        for upload in &uploads {
            let part = multipart::put_part(&container, name, upload, 1, b"bytes");
            parts.push(cx.ok(part.await)?);
        }
        let part = &parts[completed..=completed];
        cx.ok(multipart::complete(&container, name, &uploads[completed], part).await)?;
        let info = cx.info(&container, name).await?;
        let check = cx.check(
            "BLOB-COMPLETE-1",
            "head after complete of one of two uploads",
        );
        check.equal(info.content_type.as_str(), TYPES[completed])?;
        let check = cx.check("BLOB-UPLOAD-2", "head after complete of one of two uploads");
        check.equal(entries(&info.metadata), entries(&metadata[completed]))?;
    }
    Ok(())
}
