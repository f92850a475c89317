use blobstore::range;
use conformance_kit::prelude::*;

use crate::slices::covers;

case! {
    id: "blob.range.empty-object",
    title: "of an object of no bytes a range from 0 on delivers nothing, any other is out-of-range",
    clauses: ["BLOB-GET-6", "BLOB-GET-7"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    cx.ok(container.put("object", b"").await)?;
    for length in [None, Some(0), Some(1), Some(u64::MAX)] {
        covers(cx, "BLOB-GET-6", &container, b"", (0, length)).await?;
        for offset in [1, u64::MAX] {
            let got = container.begin_get("object", range(offset, length), None);
            cx.check("BLOB-GET-7", "get behind the end of an object of no bytes")
                .fails(got.await, Kind::OutOfRange)?;
        }
    }
    Ok(())
}
