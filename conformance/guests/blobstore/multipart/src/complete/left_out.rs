use crate::sending::{NAME, begin_upload, middle, send};
use blobstore::multipart;
use conformance_kit::prelude::*;

case! {
    id: "blob.multipart.left-out",
    title: "parts that complete does not name are not in the object",
    clauses: ["BLOB-COMPLETE-2"],
    requires: ["blob.multipart"],
    lane: Lane::Slow,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = [middle(cx)?, middle(cx)?, middle(cx)?, middle(cx)?];
    let numbers = [1, 2, 3, 4];
    // By their places: the first, the last, and one in the middle are left out.
    for named in [[1, 3], [0, 2], [0, 3]] {
        let upload = begin_upload(cx, &container).await?;
        let mut parts = Vec::new();
        for (number, bytes) in numbers.into_iter().zip(&bytes) {
            parts.push(send(cx, &container, &upload, number, bytes).await?);
        }
        let some = named.map(|place| parts[place].clone());
        cx.check("BLOB-COMPLETE-2", "complete with two of four parts")
            .ok(multipart::complete(&container, NAME, &upload, &some).await)?;
        let whole = named.map(|place| bytes[place].clone()).concat();
        cx.check(
            "BLOB-COMPLETE-2",
            "get after complete with two of four parts",
        )
        .value(container.get(NAME).await, &whole)?;
    }
    Ok(())
}
