use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.zero",
    title: "a delta of zero makes a counter of an absent key and leaves the number of a present one",
    clauses: ["KV-INCR-2", "KV-INCR-3", "KV-INCR-10"],
    requires: ["kv.counters"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.check("KV-INCR-10", "increment of an absent key by zero")
        .returns(increment(&store, "new", 0).await, 0)?;
    cx.check("KV-INCR-2", "get of a counter that began with zero")
        .value(store.get("new").await, b"0")?;
    cx.check("KV-INCR-2", "exists of a counter that began with zero")
        .returns(store.exists("new").await, true)?;
    for number in [0, 1, -1, 1234, i64::MAX, i64::MIN] {
        let text = number.to_string();
        cx.ok(store.set("set", text.as_bytes()).await)?;
        cx.check("KV-INCR-10", "increment of a number by zero")
            .returns(increment(&store, "set", 0).await, number)?;
        cx.check("KV-INCR-3", "get after an increment by zero")
            .value(store.get("set").await, text.as_bytes())?;
    }
    Ok(())
}
