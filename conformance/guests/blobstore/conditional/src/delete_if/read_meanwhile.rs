use blobstore::{conditional_delete::delete_if, range};
use conformance_kit::prelude::*;

use crate::meanwhile::{Reading, SIZE};

case! {
    id: "blob.delete-if.read-meanwhile",
    title: "a get that has begun goes on with its state, or expires, when delete-if removes the object",
    clauses: ["BLOB-GET-11"],
    requires: ["blob.conditional-delete"],
    timeout_s: 20,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for (part, again) in [(None, false), (range(1_000, SIZE as u64 - 2_000), true)] {
        let reading = Reading::begin(cx, &container, "object", part).await?;
        let present = cx.info(&container, "object").await?.version;
        cx.ok(delete_if(&container, "object", &present).await)?;
        if again {
            // What takes its place is another object.
            cx.ok(container.put("object", b"another life").await)?;
        }
        reading.goes_on(cx, "delete-if of the object").await?;
    }
    Ok(())
}
