use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::keeps;

case! {
    id: "blob.data.size-64kib",
    title: "objects of sizes around the powers of two up to 64 KiB come back whole",
    clauses: ["BLOB-DATA-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 65_537);
    for power in 4..=16 {
        for size in [(1 << power) - 1, 1 << power, (1 << power) + 1] {
            keeps(
                cx,
                &container,
                "object",
                &bytes[..size],
                blobstore::options(),
            )
            .await?;
        }
    }
    Ok(())
}
