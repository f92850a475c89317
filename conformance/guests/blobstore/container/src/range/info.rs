use blobstore::range;
use conformance_kit::prelude::*;

use crate::slices::written;

case! {
    id: "blob.range.info",
    title: "the info beside a range is that of the whole object",
    clauses: ["BLOB-HEAD-1", "BLOB-HEAD-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = written(cx, &container, 5_000).await?;
    let head = cx.info(&container, "object").await?;
    cx.check("BLOB-HEAD-2", "size that head reports")
        .equal(head.size, bytes.len() as u64)?;
    for range in [
        range(0, 1),
        range(0, 0),
        range(100, 200),
        range(4_999, None),
        range(5_000, None),
        range(10, u64::MAX),
    ] {
        let found = container.begin_get("object", range, None).await;
        let content = cx.check("BLOB-HEAD-1", "get of a range").some(found)?;
        cx.check("BLOB-HEAD-2", "size beside a range")
            .equal(content.info.size, bytes.len() as u64)?;
        cx.check("BLOB-HEAD-1", "version beside a range")
            .equal(content.info.version.as_str(), head.version.as_str())?;
    }
    Ok(())
}
