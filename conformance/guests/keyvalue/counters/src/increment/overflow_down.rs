use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.underflow",
    title: "a sum below the least number is out of range and leaves the counter",
    clauses: ["KV-INCR-6", "KV-INCR-7", "KV-INCR-1"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for (number, delta) in [
        (i64::MIN, -1),
        (i64::MIN, i64::MIN),
        (i64::MIN + 1, -2),
        (-1, i64::MIN),
        (-2, i64::MIN + 1),
        (-(1 << 62) - 1, -(1 << 62)),
    ] {
        let text = number.to_string();
        cx.ok(store.set("set", text.as_bytes()).await)?;
        cx.ok(store.delete("made").await)?;
        cx.ok(increment(&store, "made", number).await)?;
        for key in ["set", "made"] {
            let under = increment(&store, key, delta).await;
            cx.check("KV-INCR-6", "increment beyond the least number")
                .fails(under, Kind::OutOfRange)?;
            cx.check("KV-INCR-7", "get after a refused increment")
                .value(store.get(key).await, text.as_bytes())?;
            cx.check("KV-INCR-1", "increment after a refused one")
                .returns(increment(&store, key, 1).await, number + 1)?;
            cx.check("KV-INCR-1", "increment down to the number before")
                .returns(increment(&store, key, -1).await, number)?;
        }
    }
    Ok(())
}
