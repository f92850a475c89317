use conformance_kit::prelude::*;

use crate::slices::{covers, written};

case! {
    id: "blob.range.last-byte",
    title: "a range can be the last byte, with a length and without",
    clauses: ["BLOB-GET-5"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [1, 2, 100, 70_000] {
        let bytes = written(cx, &container, size).await?;
        for length in [Some(1), None, Some(2)] {
            let last = (size as u64 - 1, length);
            covers(cx, "BLOB-GET-5", &container, &bytes, last).await?;
        }
    }
    Ok(())
}
