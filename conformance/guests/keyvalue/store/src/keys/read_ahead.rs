use conformance_kit::prelude::*;

use crate::listing::{clear, fill};

case! {
    /// What the provider has read shows when the rest is deleted: no more keys
    /// than it held can still come.
    id: "kv.keys.read-ahead",
    title: "a stream is read no further ahead of the guest than one page",
    clauses: ["KV-KEYS-6"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limit = cx.limit("kv.page.max-keys")?;
    if limit > 1_000 {
        cx.note(format!("kv.page.max-keys of {limit} was not tried"));
        return Ok(());
    }
    let limit = limit as usize;
    let keys: Vec<String> = (0..2 * limit + 10)
        .map(|number| number.to_string())
        .collect();
    fill(cx, &store, &keys).await?;
    let mut stream = store.keys("");
    let Some(first) = stream.next().await else {
        let check = cx.check("KV-KEYS-6", "read the first key of a stream");
        return check.that(false, "a key", "the end of the stream");
    };
    let gone: Vec<&String> = keys.iter().filter(|key| **key != first).collect();
    clear(cx, &store, &gone).await?;
    let (rest, end) = stream.collect().await;
    cx.ok(end)?;
    cx.check("KV-KEYS-6", "read on after all other keys were deleted")
        .that(rest.len() <= limit, "no more keys than a page", &rest.len())
}
