use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.extreme-deltas",
    title: "the least and the greatest delta are added like any other",
    clauses: ["KV-INCR-1", "KV-INCR-2", "KV-INCR-3", "KV-INCR-10"],
    requires: ["kv.counters"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for delta in [
        i64::MIN,
        i64::MIN + 1,
        i64::MAX,
        i64::MAX - 1,
        1 << 62,
        -(1 << 62),
        i64::from(i32::MIN),
    ] {
        let key = format!("key {delta}");
        cx.check(
            "KV-INCR-10",
            "increment of an absent key by an extreme delta",
        )
        .returns(increment(&store, &key, delta).await, delta)?;
        cx.check("KV-INCR-2", "get of the new counter")
            .value(store.get(&key).await, delta.to_string().as_bytes())?;
    }
    // From one end to the other, and back to where it was.
    for (start, delta, sum) in [
        (-1, i64::MAX, i64::MAX - 1),
        (0, i64::MIN, i64::MIN),
        (1, i64::MIN, i64::MIN + 1),
        (i64::MAX, i64::MIN, -1),
        (i64::MIN, i64::MAX, -1),
        (i64::MAX, -i64::MAX, 0),
    ] {
        cx.ok(store.set("counter", start.to_string().as_bytes()).await)?;
        cx.check("KV-INCR-1", "increment of a counter by an extreme delta")
            .returns(increment(&store, "counter", delta).await, sum)?;
        cx.check("KV-INCR-3", "get after an extreme delta")
            .value(store.get("counter").await, sum.to_string().as_bytes())?;
    }
    Ok(())
}
