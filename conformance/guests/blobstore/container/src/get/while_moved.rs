use conformance_kit::prelude::*;

use crate::meanwhile::{begun, goes_on};

case! {
    id: "blob.get.while-moved",
    title: "a get goes on with the state that it found, or expires, when the object is moved",
    clauses: ["BLOB-GET-11"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let second = cx.second_container().await?;
    for to in [&container, &second] {
        let (content, old) = begun(cx, &container, "object").await?;
        cx.ok(container.r#move("object", to, "moved").await)?;
        goes_on(cx, content, &old, "moved").await?;
        cx.check("BLOB-GET-11", "get under the new name")
            .value(to.get("moved").await, &old)?;
    }
    Ok(())
}
