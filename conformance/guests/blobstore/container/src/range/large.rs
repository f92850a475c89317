use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::slices::covers;

case! {
    id: "blob.range.large",
    title: "ranges of megabytes, across every mebibyte, and random ones of a large object",
    clauses: ["BLOB-GET-5"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 16 << 20);
    cx.ok(container.put("object", &bytes).await)?;
    for offset in [0, 1, (5 << 20) - 1, 11 << 20] {
        let range = (offset, Some((4 << 20) + 1));
        covers(cx, "BLOB-GET-5", &container, &bytes, range).await?;
    }
    for mebibyte in 1..16 {
        let range = ((mebibyte << 20) - 500, Some(1_000));
        covers(cx, "BLOB-GET-5", &container, &bytes, range).await?;
    }
    // Ranges that begin and end where a provider may divide what it fetches.
    for block in [128 << 10, 256 << 10, 1 << 20, 4 << 20] {
        for offset in [0, block, (16 << 20) - block] {
            let range = (offset, Some(block));
            covers(cx, "BLOB-GET-5", &container, &bytes, range).await?;
        }
    }
    for _ in 0..40 {
        let offset = cx.random_below(bytes.len() as u64);
        let range = (offset, Some(1 + cx.random_below(300_000)));
        covers(cx, "BLOB-GET-5", &container, &bytes, range).await?;
    }
    Ok(())
}
