use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.overflow",
    title: "a sum above the greatest number is out of range and leaves the counter",
    clauses: ["KV-INCR-6", "KV-INCR-7", "KV-INCR-1"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for (number, delta) in [
        (i64::MAX, 1),
        (i64::MAX, i64::MAX),
        (i64::MAX - 1, 2),
        (1, i64::MAX),
        (1 << 62, 1 << 62),
        (i64::MAX - 1000, 1001),
    ] {
        let text = number.to_string();
        cx.ok(store.set("set", text.as_bytes()).await)?;
        cx.ok(store.delete("made").await)?;
        cx.ok(increment(&store, "made", number).await)?;
        for key in ["set", "made"] {
            let over = increment(&store, key, delta).await;
            cx.check("KV-INCR-6", "increment beyond the greatest number")
                .fails(over, Kind::OutOfRange)?;
            cx.check("KV-INCR-7", "get after a refused increment")
                .value(store.get(key).await, text.as_bytes())?;
            // Neither is the counter broken by it.
            cx.check("KV-INCR-1", "increment after a refused one")
                .returns(increment(&store, key, -1).await, number - 1)?;
            cx.check("KV-INCR-1", "increment up to the number before")
                .returns(increment(&store, key, 1).await, number)?;
        }
    }
    Ok(())
}
