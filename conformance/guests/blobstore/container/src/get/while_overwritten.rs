use conformance_kit::prelude::*;

use crate::meanwhile::{SIZE, begun, goes_on};
use crate::pattern::big;

case! {
    id: "blob.get.while-overwritten",
    title: "a get goes on with the state that it found, or expires, when the object is overwritten",
    clauses: ["BLOB-GET-11"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for size in [SIZE, SIZE + 1_000_000] {
        let (content, old) = begun(cx, &container, "object").await?;
        let new = big(cx, size);
        cx.ok(container.put("object", &new).await)?;
        goes_on(cx, content, &old, "overwritten").await?;
        cx.check("BLOB-GET-11", "get of the new state")
            .value(container.get("object").await, &new)?;
    }
    Ok(())
}
