use blobstore::is_listed_as_told;
use conformance_kit::prelude::*;

use crate::pattern::big;
use crate::support::{Kept, is_absent, marked, sized};

case! {
    id: "blob.put.size-too-small",
    title: "a put of more bytes than its size is refused, and the old object stays",
    clauses: ["BLOB-PUT-6", "TYP-ERR-6", "BLOB-LIST-8"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let old = Kept::put(cx, &container, "old", b"as it was").await?;
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
            let put = container.put_with(name, &bytes[..size], marked(sized(stated)));
            cx.check("BLOB-PUT-6", &format!("put of {size} bytes as {stated}"))
                .fails(put.await, Kind::InvalidArgument)?;
        }
        old.is_still(cx, "TYP-ERR-6", &container).await?;
        is_listed_as_told(cx, "BLOB-LIST-8", &container, "old").await?;
        is_absent(cx, "TYP-ERR-6", &container, "new").await?;
    }
    Ok(())
}
