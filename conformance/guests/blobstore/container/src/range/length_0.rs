use conformance_kit::prelude::*;

use crate::slices::{covers, written};

case! {
    id: "blob.range.length-0",
    title: "a range of length zero delivers no bytes and ends with ok",
    clauses: ["BLOB-GET-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [1, 100, 70_000] {
        let bytes = written(cx, &container, size).await?;
        let end = size as u64;
        for offset in [0, end / 2, end - 1, end] {
            covers(cx, "BLOB-GET-6", &container, &bytes, (offset, Some(0))).await?;
        }
    }
    Ok(())
}
