use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    id: "blob.data.size-1mib",
    title: "objects of a mebibyte and one byte beside it come back whole",
    clauses: ["BLOB-DATA-1", "BLOB-GET-4"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, (1 << 20) + 1);
    for size in [(1 << 20) - 1, 1 << 20, (1 << 20) + 1] {
        cx.check("BLOB-DATA-1", &format!("put of {size} bytes"))
            .ok(container.put("object", &bytes[..size]).await)?;
        cx.check("BLOB-GET-4", &format!("get of {size} bytes"))
            .value(container.get("object").await, &bytes[..size])?;
    }
    Ok(())
}
