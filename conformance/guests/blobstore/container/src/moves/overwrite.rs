use conformance_kit::prelude::*;

use crate::objects::{is_exactly, is_state, some_options};
use blobstore::options;

case! {
    id: "blob.move.overwrite",
    title: "a move over an object replaces the whole of it",
    clauses: ["BLOB-MOVE-1", "BLOB-COPY-1", "BLOB-PUT-2"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    for (size, old_size, plain) in [(10, 5_000, false), (5_000, 10, false), (0, 7, true)] {
        let bytes = cx.random_bytes(size);
        let new = if plain { options() } else { some_options(cx) };
        cx.ok(container.put_with("object", &bytes, new.clone()).await)?;
        let old = cx.random_bytes(old_size);
        cx.ok(container.put_with("target", &old, some_options(cx)).await)?;
        cx.check("BLOB-MOVE-1", "move over an object")
            .ok(container.r#move("object", &container, "target").await)?;
        let check = cx.check("BLOB-PUT-2", "read what was moved over an object");
        is_state(check, &container, "target", &bytes, &new).await?;
        is_exactly(
            cx,
            "BLOB-COPY-1",
            &container,
            &[("target".to_owned(), bytes)],
        )
        .await?;
    }
    Ok(())
}
