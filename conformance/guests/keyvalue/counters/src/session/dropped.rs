use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.dropped",
    title: "an increment that is dropped in flight is added once or not at all",
    clauses: ["TYP-CALL-1", "KV-INCR-8"],
    requires: ["kv.counters"],
    lane: Lane::Concurrency,
}

const DROPPED: i64 = 1000;

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let rounds = 12;
    let mut kept = 0;
    for _ in 0..rounds {
        drop(begin(increment(&store, "counter", DROPPED)).await);
        let sum = cx
            .check("TYP-CALL-1", "increment after a dropped one")
            .ok(increment(&store, "counter", 1).await)?;
        kept += 1;
        cx.check("KV-INCR-8", "look for the increments that returned")
            .that(sum % DROPPED == kept, "each once", &sum)?;
        cx.check("TYP-CALL-1", "look for the dropped increments")
            .that(sum / DROPPED <= kept, "each once or not at all", &sum)?;
    }
    Ok(())
}
