use blobstore::{conditional_copy::copy_if, range};
use conformance_kit::prelude::*;

use crate::meanwhile::{Reading, SIZE};
use crate::support::version;

case! {
    id: "blob.copy-if.read-meanwhile",
    title: "a get that has begun goes on with its state, or expires, when copy-if overwrites the object",
    clauses: ["BLOB-GET-11"],
    requires: ["blob.conditional-copy"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let new = cx.random_bytes(SIZE);
    cx.ok(container.put("source", &new).await)?;
    for part in [None, range(1_000, SIZE as u64 - 2_000)] {
        let reading = Reading::begin(cx, &container, "object", part).await?;
        let present = cx.info(&container, "object").await?.version;
        let expected = version(&present);
        let copied = copy_if(&container, "source", None, &container, "object", expected);
        cx.ok(copied.await)?;
        reading.goes_on(cx, "copy-if over the object").await?;
        cx.check("BLOB-GET-11", "get of the new state")
            .value(container.get("object").await, &new)?;
    }
    Ok(())
}
