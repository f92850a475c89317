use blobstore::range;
use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    /// Of each kind more than the 64 that have to be in flight at a time: none that was
    /// dropped counts.
    id: "blob.get.drop-many",
    title: "many gets that are dropped in turn, unread or midway, take nothing from the next",
    clauses: ["BLOB-GET-12"],
    timeout_s: 30,
}

const ROUNDS: usize = 2 * 66;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let bytes = big(cx, 100_000);
    cx.ok(container.put("object", &bytes).await)?;
    let check = cx.check("BLOB-GET-12", "get after many others were dropped");
    for round in 0..ROUNDS {
        let (part, first) = match round % 4 {
            0 | 1 => (None, 0),
            _ => (range(1_000, 90_000), 1_000),
        };
        let found = container.begin_get("object", part, None);
        let Some(found) = cx.within(cx.patience(), found).await else {
            return check.that(false, "an answer", "none in time");
        };
        let (mut stream, end) = check.some(found)?.split();
        if round % 2 == 1 {
            let read = stream.read_exact(500).await;
            check.bytes(&read, &bytes[first..first + 500])?;
        }
        // In either order.
        if round % 3 == 0 {
            drop(stream);
            drop(end);
        } else {
            drop(end);
            drop(stream);
        }
    }
    match cx.within(cx.patience(), container.get("object")).await {
        Some(read) => check.value(read, &bytes),
        None => check.that(false, "an answer", "none in time"),
    }
}
