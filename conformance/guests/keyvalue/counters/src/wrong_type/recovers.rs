use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.wrong-type.others",
    title: "a refused increment leaves the other keys and the key's own place in lists",
    clauses: ["KV-INCR-5", "KV-INCR-7"],
    requires: ["kv.counters"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("text", b"text").await)?;
    cx.ok(store.set("text ", b"5").await)?;
    cx.ok(increment(&store, "counter", 5).await)?;
    for _ in 0..3 {
        cx.check("KV-INCR-5", "increment of a text")
            .fails(increment(&store, "text", 1).await, Kind::WrongType)?;
    }
    let check = cx.check("KV-INCR-7", "look at all keys after refused increments");
    check.value(store.get("text").await, b"text")?;
    check.value(store.get("text ").await, b"5")?;
    check.value(store.get("counter").await, b"5")?;
    let listed = cx.all_keys(&store, "", None).await?;
    check.keys(&listed, &["text", "text ", "counter"])
}
