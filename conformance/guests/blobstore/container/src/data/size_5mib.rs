use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::sized;

case! {
    /// The smallest part of an upload at several services.
    id: "blob.data.size-5mib",
    title: "objects of 5 MiB and one byte beside it come back whole, with and without a size",
    clauses: ["BLOB-DATA-1", "BLOB-PUT-5"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, (5 << 20) + 1);
    for size in [(5 << 20) - 1, 5 << 20, (5 << 20) + 1] {
        let bytes = &bytes[..size];
        cx.check("BLOB-PUT-5", &format!("put of {size} bytes without a size"))
            .ok(container.put("unsized", bytes).await)?;
        cx.check("BLOB-DATA-1", &format!("put of {size} bytes with a size"))
            .ok(container.put_with("sized", bytes, sized(size)).await)?;
        for name in ["unsized", "sized"] {
            cx.check("BLOB-DATA-1", &format!("get of {size} bytes"))
                .value(container.get(name).await, bytes)?;
        }
    }
    Ok(())
}
