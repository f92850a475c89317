use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.add",
    title: "increment returns and stores the running sum of any deltas",
    clauses: ["KV-INCR-1", "KV-INCR-3", "KV-INCR-10"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut sum = 0_i64;
    for _ in 0..60 {
        // Deltas of every size, positive and negative.
        let size = cx.random_below(62);
        let mut delta = (cx.random() >> (63 - size)) as i64;
        if cx.random_below(2) == 0 {
            delta = -delta;
        }
        let Some(next) = sum.checked_add(delta) else {
            continue;
        };
        sum = next;
        let returned = increment(&store, "counter", delta).await;
        cx.check("KV-INCR-1", "increment by a random delta")
            .returns(returned, sum)?;
        let text = sum.to_string();
        cx.check("KV-INCR-3", "get after increment")
            .value(store.get("counter").await, text.as_bytes())?;
    }
    let returned = increment(&store, "counter", 0).await;
    cx.check("KV-INCR-10", "increment by zero")
        .returns(returned, sum)
}
