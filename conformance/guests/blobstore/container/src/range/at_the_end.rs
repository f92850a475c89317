use conformance_kit::prelude::*;

use crate::slices::{covers, written};

case! {
    id: "blob.range.at-the-end",
    title: "a range that begins where the object ends delivers no bytes and ends with ok",
    clauses: ["BLOB-GET-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [1, 100, 65_536, 70_000] {
        let bytes = written(cx, &container, size).await?;
        for length in [None, Some(1), Some(0), Some(100_000), Some(u64::MAX)] {
            let range = (size as u64, length);
            covers(cx, "BLOB-GET-6", &container, &bytes, range).await?;
        }
    }
    Ok(())
}
