use blobstore::range;
use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    id: "blob.get.drop-unread",
    title: "the stream of a get, the future beside it or both can be dropped unread",
    clauses: ["BLOB-GET-12", "BLOB-GET-13"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 300_000);
    cx.ok(container.put("object", &bytes).await)?;
    let mut unread = Vec::new();
    for round in 0..30 {
        let found = container.begin_get("object", None, None).await;
        let content = cx
            .check("BLOB-GET-12", "get after others were dropped")
            .some(found)?;
        match round % 3 {
            0 => cx
                .check("BLOB-GET-13", "drop a stream unread")
                .fails(content.end().await, Kind::Cancelled)?,
            1 => {
                let (mut stream, end) = content.split();
                drop(end);
                cx.check("BLOB-GET-12", "read a stream whose future was dropped")
                    .bytes(&stream.rest().await, &bytes)?;
            }
            // Both, and some of them late.
            _ if round % 2 == 0 => unread.push(content),
            _ => drop(content),
        }
    }
    drop(unread);
    for part in [range(0, 1), range(100, 1_000), range(299_999, None)] {
        let found = container.begin_get("object", part, None).await;
        let content = cx.check("BLOB-GET-12", "get of a range").some(found)?;
        cx.check("BLOB-GET-13", "drop the stream of a range unread")
            .fails(content.end().await, Kind::Cancelled)?;
    }
    cx.check("BLOB-GET-12", "get after streams and futures were dropped")
        .value(container.get("object").await, &bytes)?;
    cx.check("BLOB-GET-12", "delete after gets were dropped")
        .ok(container.delete("object").await)
}
