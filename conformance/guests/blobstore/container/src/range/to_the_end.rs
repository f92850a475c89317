use conformance_kit::prelude::*;

use crate::slices::{covers, written};

case! {
    id: "blob.range.to-the-end",
    title: "a range without a length goes to the end, from every offset",
    clauses: ["BLOB-GET-5"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = written(cx, &container, 90).await?;
    for offset in 0..90 {
        covers(cx, "BLOB-GET-5", &container, &bytes, (offset, None)).await?;
    }
    Ok(())
}
