use conformance_kit::prelude::*;
use keyvalue::batch;

case! {
    id: "kv.batch.max-value",
    title: "set-many and get-many take values up to the greatest length whole",
    clauses: ["KV-VALUE-1"],
    requires: ["kv.batch"],
    lane: Lane::Slow,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let limit = cx.small_limit("kv.value.max-bytes")?.unwrap_or(2 << 20);
    let length = cx.random_below(509) as usize + 509;
    let mut value = cx.random_bytes(length).repeat(limit / length + 1);
    value.truncate(limit);
    // Alone: KV-BATCH-9 lets a binding refuse it beside another item.
    cx.check("KV-VALUE-1", "set-many of the largest value")
        .ok(batch::set_many(&store, &[("key", &value)]).await)?;
    let read = batch::get_many(&store, &["key"]).await;
    let read = cx
        .check("KV-VALUE-1", "get-many of the largest value")
        .ok(read)?;
    let read = read.into_iter().next().flatten();
    cx.check("KV-VALUE-1", "get-many of the largest value")
        .value(Ok::<_, Error>(read), &value)
}
