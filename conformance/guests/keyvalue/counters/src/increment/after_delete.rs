use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.after-delete",
    title: "a counter that was deleted begins again with delta",
    clauses: ["KV-INCR-2"],
    requires: ["kv.counters"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for (first, second) in [(7, 3), (-4, -4), (i64::MAX, 1), (12, 0)] {
        cx.ok(increment(&store, "counter", first).await)?;
        cx.ok(store.delete("counter").await)?;
        cx.check("KV-INCR-2", "get of a deleted counter")
            .none(store.get("counter").await)?;
        cx.check("KV-INCR-2", "increment of a deleted counter")
            .returns(increment(&store, "counter", second).await, second)?;
        cx.check("KV-INCR-2", "get of the new counter")
            .value(store.get("counter").await, second.to_string().as_bytes())?;
        cx.ok(store.delete("counter").await)?;
    }
    // Also what was no number leaves nothing behind.
    cx.ok(store.set("counter", b"text").await)?;
    cx.ok(store.delete("counter").await)?;
    cx.check("KV-INCR-2", "increment of a deleted text")
        .returns(increment(&store, "counter", 2).await, 2)
}
