use blobstore::{atomic_move::rename, range};
use conformance_kit::prelude::*;

use crate::meanwhile::{Reading, SIZE};

case! {
    id: "blob.rename.read-meanwhile",
    title: "a get that has begun goes on with its state, or expires, when its object is renamed or renamed over",
    clauses: ["BLOB-GET-11"],
    requires: ["blob.atomic-move"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let new = cx.random_bytes(SIZE);
    for part in [None, range(1_000, SIZE as u64 - 2_000)] {
        cx.ok(container.put("source", &new).await)?;
        let reading = Reading::begin(cx, &container, "object", part).await?;
        cx.ok(rename(&container, "source", "object", None).await)?;
        reading.goes_on(cx, "a rename over the object").await?;
        cx.check("BLOB-GET-11", "get of the new state")
            .value(container.get("object").await, &new)?;
        let reading = Reading::begin(cx, &container, "object", part).await?;
        cx.ok(rename(&container, "object", "away", None).await)?;
        // What takes its place is another object.
        cx.ok(container.put("object", &new).await)?;
        reading.goes_on(cx, "a rename of the object").await?;
    }
    Ok(())
}
