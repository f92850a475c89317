use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{Kept, is_absent, marked, sized};

case! {
    id: "blob.put.size-too-large",
    title: "a put of fewer bytes than its size is refused, and the old object stays",
    clauses: ["BLOB-PUT-6", "TYP-ERR-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = Kept::put(cx, &container, "old", b"as it was").await?;
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
            let put = container.put_with(name, &bytes[..size], marked(sized(stated)));
            cx.check("BLOB-PUT-6", &format!("put of {size} bytes as {stated}"))
                .fails(put.await, Kind::InvalidArgument)?;
        }
        old.is_still(cx, "TYP-ERR-6", &container).await?;
        is_absent(cx, "TYP-ERR-6", &container, "new").await?;
    }
    Ok(())
}
