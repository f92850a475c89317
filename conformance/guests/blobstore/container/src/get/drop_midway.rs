use blobstore::range;
use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    id: "blob.get.drop-midway",
    title: "a get whose stream is dropped midway says cancelled and harms nothing",
    clauses: ["BLOB-GET-12", "BLOB-GET-13"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 1 << 20);
    cx.ok(container.put("object", &bytes).await)?;
    for round in 0..20 {
        let found = container.begin_get("object", None, None).await;
        let mut content = cx
            .check("BLOB-GET-12", "get after others were dropped")
            .some(found)?;
        let count = 1_024 * (1 + round);
        cx.check("BLOB-GET-12", "read the beginning of an object")
            .bytes(&content.read_exact(count).await, &bytes[..count])?;
        cx.check("BLOB-GET-13", "drop a stream midway")
            .fails(content.end().await, Kind::Cancelled)?;
    }
    for (offset, length, count) in [
        (100, Some(1_000), 500),
        (100, Some(1_000), 999),
        (1_000, Some(600_000), 300_000),
        (1_000_000, None, 10_000),
        (1_048_000, Some(9_999), 575),
    ] {
        let found = container.begin_get("object", range(offset, length), None);
        let mut content = cx
            .check("BLOB-GET-12", "get of a range after others were dropped")
            .some(found.await)?;
        let begin = offset as usize;
        cx.check("BLOB-GET-12", "read the beginning of a range")
            .bytes(
                &content.read_exact(count).await,
                &bytes[begin..begin + count],
            )?;
        cx.check("BLOB-GET-13", "drop the stream of a range midway")
            .fails(content.end().await, Kind::Cancelled)?;
    }
    cx.check("BLOB-GET-12", "get of the whole after others were dropped")
        .value(container.get("object").await, &bytes)?;
    cx.check("BLOB-GET-12", "put after gets were dropped")
        .ok(container.put("object", b"new").await)
        .map(drop)
}
