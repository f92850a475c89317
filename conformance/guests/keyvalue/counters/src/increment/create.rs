use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.create",
    title: "increment of an absent key makes a counter with the value of delta",
    clauses: ["KV-INCR-1", "KV-INCR-2", "KV-INCR-3"],
    requires: ["kv.counters"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.check("KV-INCR-2", "increment of an absent key")
        .returns(increment(&store, "counter", 7).await, 7)?;
    cx.check("KV-INCR-1", "increment of a counter")
        .returns(increment(&store, "counter", -10).await, -3)?;
    cx.check("KV-INCR-3", "get of a counter")
        .value(store.get("counter").await, b"-3")
}
