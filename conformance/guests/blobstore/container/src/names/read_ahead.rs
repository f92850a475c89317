use conformance_kit::prelude::*;

use crate::listing::{clear, fill};

case! {
    /// What the provider has read shows when the rest is deleted: no more names than it
    /// held can still come.
    id: "blob.names.read-ahead",
    title: "a stream is read no further ahead of the guest than one page",
    clauses: ["BLOB-NAMES-6"],
    lane: Lane::Slow,
    timeout_s: 90,
}

async fn run(cx: &Context) -> Outcome {
    let container = cx.container().await?;
    let limit = cx.limit("blob.page.max-items")?;
    if limit > 1_000 {
        cx.note(format!("blob.page.max-items of {limit} was not tried"));
        return Ok(());
    }
    let limit = limit as usize;
    let number = |number: usize| number.to_string();
    let names: Vec<String> = (0..2 * limit + 10).map(number).collect();
    fill(cx, &container, &names).await?;
    let mut stream = container.names("");
    let Some(first) = stream.next().await else {
        let check = cx.check("BLOB-NAMES-6", "read the first name of a stream");
        return check.that(false, "a name", "the end of the stream");
    };
    let gone: Vec<&String> = names.iter().filter(|name| **name != first).collect();
    clear(cx, &container, &gone).await?;
    let (rest, end) = stream.collect().await;
    cx.ok(end)?;
    cx.check(
        "BLOB-NAMES-6",
        "read on after all other objects were deleted",
    )
    .that(
        rest.len() <= limit,
        "no more names than a page",
        &rest.len(),
    )
}
