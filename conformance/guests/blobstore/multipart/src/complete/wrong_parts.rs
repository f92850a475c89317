use crate::sending::{NAME, begin_upload, middle, send};
use blobstore::multipart::{self, Part};
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.wrong-parts",
    title: "complete finds only parts that the upload has, with the tag that they have",
    clauses: ["BLOB-COMPLETE-4", "BLOB-COMPLETE-7"],
    requires: ["blob.multipart"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let upload = begin_upload(cx, &container).await?;
    let other = begin_upload(cx, &container).await?;
    let bytes = [middle(cx)?, cx.random_bytes(10)];
    let first = send(cx, &container, &upload, 1, &bytes[0]).await?;
    let second = send(cx, &container, &upload, 2, &bytes[1]).await?;
    let foreign = send(cx, &container, &other, 2, &cx.random_bytes(11)).await?;
    let with = |number, tag: &str| Part {
        number,
        tag: tag.to_owned(),
    };
    for (part, message) in [
        (
            with(3, &second.tag),
            "complete with a number that was not sent",
        ),
        (
            with(2, &first.tag),
            "complete with the tag of another number",
        ),
        (foreign, "complete with a part of another upload"),
        (with(2, "noise"), "complete with a tag that nobody returned"),
        (with(2, ""), "complete with an empty tag"),
    ] {
        // A tag is of one number of one upload: elsewhere it may be the same text.
        if part.number == second.number && part.tag == second.tag {
            continue;
        }
        let parts = [first.clone(), part];
        cx.check("BLOB-COMPLETE-4", message).fails(
            multipart::complete(&container, NAME, &upload, &parts).await,
            Kind::NotFound,
        )?;
        cx.check("BLOB-COMPLETE-4", "get after a refused complete")
            .none(container.get(NAME).await)?;
    }
    cx.check("BLOB-COMPLETE-7", "complete after refused ones")
        .ok(multipart::complete(&container, NAME, &upload, &[first, second]).await)?;
    cx.check("BLOB-COMPLETE-7", "get after complete")
        .value(container.get(NAME).await, &bytes.concat())
}
