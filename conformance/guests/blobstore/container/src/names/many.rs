use conformance_kit::prelude::*;

use crate::listing::{among, clear, fill, some_names};

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
    let (full, rest) = names.split_at(limit);
    fill(cx, &container, full).await?;
    // The last page may have no room left.
    let (streamed, end) = container.names("a/").collect().await;
    let check = cx.check("BLOB-NAMES-1", "read a stream of exactly one full page");
    check.ok(end)?;
    check.keys(&streamed, full)?;
    fill(cx, &container, rest).await?;
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
        .ok(stream.end().await)?;
    changing(cx, &container, &names).await
}

/// What was delivered goes, and what comes lies before it: a place in the list is no count.
async fn changing(cx: &Context, container: &Container, names: &[String]) -> Outcome {
    let check = cx.check("BLOB-NAMES-1", "read a stream of names while others change");
    let mut stream = container.names("a/");
    let mut streamed = Vec::new();
    while let Some(name) = stream.next().await {
        streamed.push(name);
        if streamed.len() == 200 {
            clear(cx, container, &streamed).await?;
            fill(cx, container, &some_names(cx, "a/\0", 5)).await?;
        }
        check.that(streamed.len() <= 2 * names.len(), "an end", &streamed.len())?;
    }
    let is_gone = |name: &&String| streamed.iter().take(200).any(|gone| gone == *name);
    let stay: Vec<&String> = names.iter().filter(|name| !is_gone(name)).collect();
    check.keys(&among(&streamed, &stay), &stay)?;
    check.ok(stream.end().await)
}
