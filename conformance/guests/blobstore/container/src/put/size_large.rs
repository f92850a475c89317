use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{Kept, is_absent, marked, sized};

case! {
    /// So large that a service takes it in several parts, whose sum nobody need look at.
    id: "blob.put.size-large",
    title: "a put of megabytes with a size that is wrong by one is refused, and the old object stays",
    clauses: ["BLOB-PUT-6", "TYP-ERR-6"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = Kept::put(cx, &container, "old", b"as it was").await?;
    let bytes = big(cx, 12 << 20);
    for (name, size, stated) in [
        ("old", 5 << 20, (5 << 20) - 1),
        ("new", 5 << 20, (5 << 20) + 1),
        ("new", 12 << 20, (12 << 20) - 1),
        ("old", 12 << 20, (12 << 20) + 1),
    ] {
        let put = container.put_with(name, &bytes[..size], marked(sized(stated)));
        cx.check("BLOB-PUT-6", &format!("put of {size} bytes as {stated}"))
            .fails(put.await, Kind::InvalidArgument)?;
        old.is_still(cx, "TYP-ERR-6", &container).await?;
        is_absent(cx, "TYP-ERR-6", &container, "new").await?;
    }
    Ok(())
}
