use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{is_absent, is_still, sized};

case! {
    id: "blob.put.size-too-small",
    title: "a put of more bytes than its size is refused, and the old object stays",
    clauses: ["BLOB-PUT-6", "TYP-ERR-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let version = cx.ok(container.put("old", b"as it was").await)?;
    let bytes = big(cx, 300_000);
    for (size, stated) in [
        (1, 0),
        (2, 1),
        (4_097, 4_096),
        (300_000, 299_999),
        (300_000, 0),
        (300_000, 1),
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
