use blobstore::Content;
use conformance_kit::prelude::*;

use crate::pattern::big;

case! {
    id: "blob.stream.unread",
    title: "gets that nobody reads hold up neither each other nor other calls",
    clauses: ["BLOB-STREAM-5"],
    timeout_s: 40,
}

/// Of small objects, each of its own.
const GETS: usize = 32;
/// Of one object that is larger than what is on its way: with one call, 64 in flight.
const MANY: usize = 63;

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let mut contents = Vec::new();
    for number in 0..GETS {
        let bytes = big(cx, 50_000 + number);
        let name = format!("object-{number}");
        cx.ok(container.put(&name, &bytes).await)?;
        contents.push((unread(cx, &container, &name).await?, bytes));
    }
    others_go_on(cx, &container).await?;
    while !contents.is_empty() {
        let next = cx.random_below(contents.len() as u64) as usize;
        let (content, bytes) = contents.swap_remove(next);
        cx.check("BLOB-STREAM-5", "read one of them, in any order")
            .delivers(content, &bytes)
            .await?;
    }

    let bytes = big(cx, 1 << 20);
    cx.ok(container.put("large", &bytes).await)?;
    let mut contents = Vec::new();
    for _ in 0..MANY {
        contents.push(unread(cx, &container, "large").await?);
    }
    others_go_on(cx, &container).await?;
    for content in contents.into_iter().rev().step_by(16) {
        cx.check("BLOB-STREAM-5", "read some of many, the last first")
            .delivers(content, &bytes)
            .await?;
    }
    Ok(())
}

/// Begins a get.
async fn unread(cx: &Context, container: &Container, name: &str) -> Result<Content, Stop> {
    let get = container.begin_get(name, None, None);
    let check = cx.check("BLOB-STREAM-5", "get beside others that nobody reads");
    match cx.within(cx.patience(), get).await {
        Some(begun) => check.some(begun),
        None => Err(check.failed("an answer", "none in time")),
    }
}

/// Calls of all kinds end, beside what nobody reads.
async fn others_go_on(cx: &Context, container: &Container) -> Outcome {
    let calls = async {
        cx.ok(container.put("other", b"bytes").await)?;
        cx.check("BLOB-STREAM-5", "get of another object meanwhile")
            .value(container.get("other").await, b"bytes")?;
        cx.ok(container.head("other").await)?;
        cx.ok(container.delete("other").await)?;
        let listed = cx.all_names(container, "object-", None).await?;
        cx.check("BLOB-STREAM-5", "list meanwhile")
            .equal(listed.len(), GETS)
    };
    let check = cx.check("BLOB-STREAM-5", "calls beside gets that nobody reads");
    match cx.within(cx.patience(), calls).await {
        Some(made) => made,
        None => Err(check.failed("answers", "none in time")),
    }
}
