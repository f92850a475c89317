use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{is_absent, is_still, sized};

case! {
    id: "blob.put.size-too-large",
    title: "a put of fewer bytes than its size is refused, and the old object stays",
    clauses: ["BLOB-PUT-6", "TYP-ERR-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let version = cx.ok(container.put("old", b"as it was").await)?;
    let bytes = big(cx, 300_000);
    for (size, stated) in [
        (0, 1),
        (1, 2),
        (4_095, 4_096),
        (300_000, 300_001),
        (0, 1 << 30),
        (5, 1 << 30),
    ] {
        for name in ["old", "new"] {
            let put = container.put_with(name, &bytes[..size], sized(stated));
            cx.check("BLOB-PUT-6", &format!("put of {size} bytes as {stated}"))
                .fails(put.await, Kind::InvalidArgument)?;
        }
        is_still(cx, "TYP-ERR-6", &container, "old", b"as it was", &version).await?;
        is_absent(cx, "TYP-ERR-6", &container, "new").await?;
    }
    Ok(())
}
