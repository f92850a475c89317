use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.stores-apart",
    title: "a counter is shared by the handles of a store and by no other store",
    clauses: ["KV-HANDLE-1", "KV-HANDLE-3"],
    requires: ["kv.counters"],
}

async fn run(cx: &Context) -> Outcome {
    let one = cx.store().await?;
    let again = cx.store().await?;
    let other = cx.second_store().await?;
    for round in 1..=5 {
        cx.check("KV-HANDLE-1", "increment through one handle")
            .returns(increment(&one, "counter", 10).await, round * 11 - 1)?;
        cx.check("KV-HANDLE-1", "increment through another handle")
            .returns(increment(&again, "counter", 1).await, round * 11)?;
        cx.check("KV-HANDLE-3", "increment in another store")
            .returns(increment(&other, "counter", -3).await, round * -3)?;
    }
    drop(again);
    cx.ok(other.delete("counter").await)?;
    cx.check("KV-HANDLE-3", "get after a delete in another store")
        .value(one.get("counter").await, b"55")
}
