use conformance_kit::prelude::*;
use keyvalue::batch;

case! {
    /// Two values, repeated: little is written for much to be read.
    id: "kv.batch.largest-sum",
    title: "get-many returns every value of the largest sum that nobody may refuse",
    clauses: ["KV-BATCH-1", "KV-GETMANY-3"],
    requires: ["kv.batch"],
    timeout_s: 60,
}

/// The number in KV-BATCH-9.
const SUM: usize = 16_777_216;
/// The fewest items of which many services can make that sum.
const ITEMS: u64 = 48;

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let items = cx.limit("kv.batch.max-items")?.min(ITEMS) as usize;
    // Each key has one byte.
    let most = cx.limit("kv.value.max-bytes")?;
    let length = (SUM / items - 1).min(usize::try_from(most).unwrap_or(SUM));
    let values = [cx.random_bytes(length), cx.random_bytes(length)];
    for (key, value) in ["a", "b"].into_iter().zip(&values) {
        cx.ok(store.set(key, value).await)?;
    }
    let keys: Vec<&str> = ["a", "b"].into_iter().cycle().take(items).collect();
    let read = batch::get_many(&store, &keys).await;
    let read = cx
        .check("KV-BATCH-1", "get-many of the largest sum")
        .ok(read)?;
    let expected = values.iter().cycle();
    let right = read.iter().zip(expected);
    let right = right.filter(|(read, value)| read.as_ref() == Some(value));
    cx.check("KV-GETMANY-3", "count the right values of get-many")
        .equal(right.count(), items)
}
