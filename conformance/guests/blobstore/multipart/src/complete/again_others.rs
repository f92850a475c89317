use crate::sending::{NAME, begin_upload, middle, send};
use blobstore::multipart::{self, Part};
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.complete-again-others",
    title: "a second complete of an upload with other parts than the first is not-found",
    clauses: ["BLOB-UPLOAD-5"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let first = send(cx, &container, &upload, 1, &middle(cx)?).await?;
    let left_out = send(cx, &container, &upload, 2, b"left out").await?;
    let last = send(cx, &container, &upload, 3, b"last").await?;
    let parts = [first.clone(), last.clone()];
    let version = cx.ok(multipart::complete(&container, NAME, &upload, &parts).await)?;
    let renumbered = Part {
        number: 4,
        ..last.clone()
    };
    let noise = Part {
        tag: "noise".to_owned(),
        ..last.clone()
    };
    for (parts, message) in [
        (vec![first.clone()], "complete again with the first part"),
        (vec![last.clone()], "complete again with the last part"),
        (
            vec![left_out.clone()],
            "complete again with the part that was left out",
        ),
        (
            vec![first.clone(), left_out, last],
            "complete again with one part more",
        ),
        (
            vec![first.clone(), renumbered],
            "complete again with another number",
        ),
        (vec![first, noise], "complete again with another tag"),
    ] {
        let complete = multipart::complete(&container, NAME, &upload, &parts).await;
        cx.check("BLOB-UPLOAD-5", message)
            .fails(complete, Kind::NotFound)?;
    }
    let info = cx.info(&container, NAME).await?;
    cx.check("BLOB-UPLOAD-5", "head after refused completions")
        .equal(info.version, version)
}
