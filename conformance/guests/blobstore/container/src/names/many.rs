use conformance_kit::prelude::*;

use crate::listing::{fill, some_names};

case! {
    id: "blob.names.many",
    title: "a stream of more than one page loses no name at its edge, however slowly it is read",
    clauses: ["BLOB-NAMES-1", "BLOB-NAMES-2"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let limit = cx.limit("blob.page.max-items")?.min(1_000) as usize;
    let names = some_names(cx, "a/", limit + 3);
    fill(cx, &container, &names).await?;
    let mut stream = container.names("a/");
    let mut streamed = Vec::new();
    while let Some(name) = stream.next().await {
        streamed.push(name);
        if streamed.len().is_multiple_of(200) {
            // Another call between two names moves nothing.
            cx.ok(container.head(&streamed[0]).await)?;
        }
        cx.check("BLOB-NAMES-1", "read a long stream of names")
            .that(streamed.len() <= names.len(), "an end", &streamed.len())?;
    }
    cx.check("BLOB-NAMES-1", "read a long stream of names")
        .keys(&streamed, &names)?;
    cx.check("BLOB-NAMES-2", "wait for the end of a long stream")
        .ok(stream.end().await)
}
