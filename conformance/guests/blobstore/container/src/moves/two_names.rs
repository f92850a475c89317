use conformance_kit::prelude::*;

use crate::objects::{is_state, some_options};

case! {
    id: "blob.move.two-names",
    title: "an object stays when it is moved or copied to itself by another name of its container",
    clauses: ["BLOB-MOVE-3", "BLOB-COPY-6"],
}

async fn run(cx: &Context) -> Outcome {
    let (first, second) = (cx.container().await?, cx.container_by_alias().await?);
    for (from, to) in [(&first, &second), (&second, &first)] {
        for size in [0, 100_000] {
            let (bytes, options) = (cx.random_bytes(size), some_options(cx));
            cx.ok(from.put_with("object", &bytes, options.clone()).await)?;
            // Two names are two sessions.
            cx.sleep(cx.visibility_bound()).await;
            let check = cx.check("BLOB-COPY-6", "copy of an object by another name");
            check.ok(from.copy("object", to, "object").await)?;
            cx.sleep(cx.visibility_bound()).await;
            is_state(check, from, "object", &bytes, &options).await?;
            let check = cx.check("BLOB-MOVE-3", "move of an object by another name");
            check.ok(from.r#move("object", to, "object").await)?;
            cx.sleep(cx.visibility_bound()).await;
            for container in [from, to] {
                is_state(check, container, "object", &bytes, &options).await?;
            }
        }
    }
    Ok(())
}
