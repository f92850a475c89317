use conformance_kit::prelude::*;

use crate::meanwhile::{begun, goes_on};

case! {
    id: "blob.get.while-overwritten-shorter",
    title: "a get says ok only if all of its bytes came, when a shorter object replaces its own",
    clauses: ["BLOB-GET-11", "BLOB-GET-9"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [100, 0] {
        let (content, old) = begun(cx, &container, "object").await?;
        let new = cx.random_bytes(size);
        cx.ok(container.put("object", &new).await)?;
        goes_on(cx, content, &old, "overwritten by a shorter one").await?;
        cx.check("BLOB-GET-9", "get of the new state")
            .value(container.get("object").await, &new)?;
    }
    Ok(())
}
