use conformance_kit::prelude::*;

use crate::objects::{is_exactly, is_state, some_options};

case! {
    id: "blob.copy.to-self",
    title: "a copy of an object onto itself leaves its bytes, its content type and its metadata",
    clauses: ["BLOB-COPY-6"],
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    // The same container, through another handle.
    let again = cx.container().await?;
    for size in [0, 1, 100_000] {
        let (bytes, options) = (cx.random_bytes(size), some_options(cx));
        cx.ok(container.put_with("object", &bytes, options.clone()).await)?;
        for to in [&container, &again] {
            let check = cx.check("BLOB-COPY-6", "copy of an object onto itself");
            let copied = check.ok(container.copy("object", to, "object").await)?;
            let info = is_state(check, &container, "object", &bytes, &options).await?;
            check.equal(info.version, copied)?;
        }
        is_exactly(
            cx,
            "BLOB-COPY-6",
            &container,
            &[("object".to_owned(), bytes)],
        )
        .await?;
    }
    Ok(())
}
