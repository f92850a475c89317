use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::sized;

case! {
    /// Where services and their clients divide what they send.
    id: "blob.data.size-parts",
    title: "objects of 8, 10 and 16 MiB and one byte beside each come back whole",
    clauses: ["BLOB-DATA-1", "BLOB-PUT-5"],
    lane: Lane::Slow,
    timeout_s: 120,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, (16 << 20) + 1);
    for mebibytes in [8, 10, 16] {
        let edge = mebibytes << 20;
        for size in [edge - 1, edge, edge + 1] {
            let bytes = &bytes[..size];
            // An edge with a size too; the bytes beside it without one.
            if size == edge {
                cx.check("BLOB-DATA-1", &format!("put of {size} bytes with a size"))
                    .ok(container.put_with("object", bytes, sized(size)).await)?;
                cx.check("BLOB-DATA-1", &format!("get of {size} bytes"))
                    .value(container.get("object").await, bytes)?;
            }
            cx.check("BLOB-PUT-5", &format!("put of {size} bytes without a size"))
                .ok(container.put("object", bytes).await)?;
            cx.check("BLOB-DATA-1", &format!("get of {size} bytes"))
                .value(container.get("object").await, bytes)?;
        }
    }
    Ok(())
}
