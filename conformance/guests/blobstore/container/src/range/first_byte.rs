use conformance_kit::prelude::*;

use crate::slices::{covers, written};

case! {
    id: "blob.range.first-byte",
    title: "a range can be the first byte alone",
    clauses: ["BLOB-GET-5"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [1, 2, 100, 70_000] {
        let bytes = written(cx, &container, size).await?;
        covers(cx, "BLOB-GET-5", &container, &bytes, (0, Some(1))).await?;
    }
    Ok(())
}
