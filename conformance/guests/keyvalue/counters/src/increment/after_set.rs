use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    /// A counter that is kept beside the values would go on from its own number.
    id: "kv.counters.after-set",
    title: "set and increment work on one and the same value",
    clauses: ["KV-INCR-1", "KV-INCR-3", "KV-INCR-4", "KV-INCR-5"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(increment(&store, "counter", 41).await)?;
    cx.ok(store.set("counter", b"100").await)?;
    cx.check("KV-INCR-4", "increment after a set over the counter")
        .returns(increment(&store, "counter", 1).await, 101)?;
    cx.ok(store.set("counter", b"text").await)?;
    cx.check("KV-INCR-5", "increment after a set to a text")
        .fails(increment(&store, "counter", 1).await, Kind::WrongType)?;
    cx.check("KV-INCR-3", "get after a refused increment")
        .value(store.get("counter").await, b"text")?;
    cx.ok(store.set("counter", b"-7").await)?;
    cx.check("KV-INCR-1", "increment after a set back to a number")
        .returns(increment(&store, "counter", -3).await, -10)?;
    for _ in 0..20 {
        let number = cx.random() as i64 >> 20;
        let delta = cx.random() as i64 >> 20;
        cx.ok(store.set("counter", number.to_string().as_bytes()).await)?;
        cx.check("KV-INCR-1", "increment right after a set")
            .returns(increment(&store, "counter", delta).await, number + delta)?;
    }
    Ok(())
}
