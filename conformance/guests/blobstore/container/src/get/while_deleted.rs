use conformance_kit::prelude::*;

use crate::meanwhile::{begun, goes_on};

case! {
    id: "blob.get.while-deleted",
    title: "a get goes on with the state that it found, or expires, when the object is deleted",
    clauses: ["BLOB-GET-11"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for again in [false, true] {
        let (content, old) = begun(cx, &container, "object").await?;
        cx.ok(container.delete("object").await)?;
        if again {
            cx.ok(container.put("object", b"another life").await)?;
        }
        goes_on(cx, content, &old, "deleted").await?;
    }
    let (content, old) = begun(cx, &container, "object").await?;
    cx.ok(container.delete_many(&["other", "object"]).await)?;
    goes_on(cx, content, &old, "deleted among others").await
}
