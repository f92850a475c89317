use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.through-zero",
    title: "a counter that comes to zero stays present, and one below zero goes on",
    clauses: ["KV-INCR-1", "KV-INCR-3"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for (delta, sum) in [
        (5, 5),
        (-5, 0),
        (-5, -5),
        (5, 0),
        (1, 1),
        (-1, 0),
        (0, 0),
        (-1, -1),
        (2, 1),
    ] {
        cx.check("KV-INCR-1", "increment around zero")
            .returns(increment(&store, "counter", delta).await, sum)?;
        cx.check("KV-INCR-3", "get of a counter around zero")
            .value(store.get("counter").await, sum.to_string().as_bytes())?;
        cx.check("KV-INCR-1", "exists of a counter around zero")
            .returns(store.exists("counter").await, true)?;
        let listed = cx.all_keys(&store, "count", None).await?;
        cx.check("KV-INCR-1", "list a counter around zero")
            .keys(&listed, &["counter"])?;
    }
    Ok(())
}
