use conformance_kit::prelude::*;

use crate::objects::{is_exactly, is_state, some_options};

case! {
    id: "blob.move.to-self",
    title: "a move of an object onto itself keeps it, through one handle or two",
    clauses: ["BLOB-MOVE-1", "BLOB-MOVE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let again = cx.container().await?;
    for size in [0, 1, 100_000] {
        let (bytes, options) = (cx.random_bytes(size), some_options(cx));
        cx.ok(container.put_with("object", &bytes, options.clone()).await)?;
        for to in [&container, &again, &container] {
            let check = cx.check("BLOB-MOVE-3", "move of an object onto itself");
            let moved = check.ok(container.r#move("object", to, "object").await)?;
            let info = is_state(check, &container, "object", &bytes, &options).await?;
            cx.check("BLOB-MOVE-1", "compare the version that a move returned")
                .equal(info.version, moved)?;
        }
        is_exactly(
            cx,
            "BLOB-MOVE-3",
            &container,
            &[("object".to_owned(), bytes)],
        )
        .await?;
    }
    Ok(())
}
