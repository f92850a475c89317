use crate::sending::{NAME, begin_upload, middle, send};
use blobstore::atomic_move::rename;
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.renamed",
    title: "a completed object is renamed with all of its parts",
    clauses: ["BLOB-RENAME-1"],
    requires: ["blob.multipart", "blob.atomic-move"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for target in ["absent", "present"] {
        if target == "present" {
            cx.ok(container.put(target, b"overwritten").await)?;
        }
        let upload = begin_upload(cx, &container).await?;
        let bytes = [middle(cx)?, cx.random_bytes(40)];
        let parts = [
            send(cx, &container, &upload, 1, &bytes[0]).await?,
            send(cx, &container, &upload, 2, &bytes[1]).await?,
        ];
        cx.ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
        let check = cx.check("BLOB-RENAME-1", "rename an object of two parts");
        check.ok(rename(&container, NAME, target, None).await)?;
        check.value(container.get(target).await, &bytes.concat())?;
        check.none(container.get(NAME).await)?;
    }
    Ok(())
}
