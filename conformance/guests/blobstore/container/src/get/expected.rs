use blobstore::range;
use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    id: "blob.get.expected",
    title: "get with the present version delivers what it does without",
    clauses: ["BLOB-GET-8"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [0, 1, 100_000] {
        let bytes = big(cx, size);
        let version = cx.ok(container.put("object", &bytes).await)?;
        let end = size as u64;
        for (range, expected) in [
            (None, &bytes[..]),
            (range(0, None), &bytes[..]),
            (range(0, end / 2), &bytes[..size / 2]),
            (range(end / 2, None), &bytes[size / 2..]),
            (range(end, None), &[]),
            (range(0, 0), &[]),
        ] {
            let found = container.begin_get("object", range, Some(&version)).await;
            let content = cx
                .check("BLOB-GET-8", "get with the present version")
                .some(found)?;
            cx.check("BLOB-GET-8", "bytes of the version that was expected")
                .delivers(content, expected)
                .await?;
        }
        let behind = container
            .begin_get("object", range(end + 1, None), Some(&version))
            .await;
        cx.check("BLOB-GET-8", "get behind the end with the present version")
            .fails(behind, Kind::OutOfRange)?;
    }
    Ok(())
}
