use conformance_kit::prelude::*;

use crate::slices::{covers, written};

case! {
    id: "blob.range.whole",
    title: "no range, a range of all bytes and one without a length deliver the same",
    clauses: ["BLOB-GET-4", "BLOB-GET-5"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [1, 2, 1_000, 300_000] {
        let bytes = written(cx, &container, size).await?;
        cx.check("BLOB-GET-4", "get without a range")
            .value(container.get("object").await, &bytes)?;
        for length in [None, Some(size as u64), Some(size as u64 + 1)] {
            covers(cx, "BLOB-GET-5", &container, &bytes, (0, length)).await?;
        }
        // All but the last byte is not all.
        let less = (0, Some(size as u64 - 1));
        if size > 1 {
            covers(cx, "BLOB-GET-5", &container, &bytes, less).await?;
        }
    }
    Ok(())
}
