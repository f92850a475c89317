use blobstore::range;
use conformance_kit::prelude::*;

use crate::slices::written;

case! {
    id: "blob.range.behind-the-end",
    title: "a range that begins behind the end of the object is out-of-range",
    clauses: ["BLOB-GET-7"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [1, 100, 70_000] {
        written(cx, &container, size).await?;
        let end = size as u64;
        for offset in [end + 1, end * 2 + 1, 1 << 32, 1 << 63, u64::MAX] {
            for length in [None, Some(1), Some(0), Some(u64::MAX)] {
                let got = container.begin_get("object", range(offset, length), None);
                cx.check("BLOB-GET-7", &format!("get from {offset} on, of {size}"))
                    .fails(got.await, Kind::OutOfRange)?;
            }
        }
    }
    Ok(())
}
