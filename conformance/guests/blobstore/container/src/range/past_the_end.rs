use conformance_kit::prelude::*;

use crate::slices::{covers, written};

case! {
    id: "blob.range.past-the-end",
    title: "a range that goes past the end delivers what there is",
    clauses: ["BLOB-GET-5"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [1, 100, 70_000] {
        let bytes = written(cx, &container, size).await?;
        let end = size as u64;
        for offset in [0, end / 2, end - 1] {
            for length in [end - offset + 1, end + 1, 1 << 20, 1 << 40] {
                let range = (offset, Some(length));
                covers(cx, "BLOB-GET-5", &container, &bytes, range).await?;
            }
        }
    }
    Ok(())
}
