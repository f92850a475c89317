use conformance_kit::prelude::*;

use crate::objects::{is_exactly, is_state, some_options};

case! {
    id: "blob.move.basic",
    title: "a moved object is under the new name with all that belongs to it, and not under the old",
    clauses: ["BLOB-MOVE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let (bytes, options) = (cx.random_bytes(3_000), some_options(cx));
    cx.ok(container.put_with("0", &bytes, options.clone()).await)?;
    for step in 0..6 {
        let (name, new_name) = (step.to_string(), (step + 1).to_string());
        let moved = container.r#move(&name, &container, &new_name).await;
        let moved = cx.check("BLOB-MOVE-1", "move of an object").ok(moved)?;
        let check = cx.check("BLOB-MOVE-1", "read an object that was moved");
        let info = is_state(check, &container, &new_name, &bytes, &options).await?;
        check.equal(info.version, moved)?;
        check.none(container.head(&name).await)?;
        is_exactly(cx, "BLOB-MOVE-1", &container, &[(new_name, bytes.clone())]).await?;
    }
    Ok(())
}
