use conformance_kit::prelude::*;
use keyvalue::{batch, cas, counters::increment};

case! {
    id: "kv.counters.read-back",
    title: "every function that reads values returns a counter as canonical decimal",
    clauses: ["KV-INCR-3", "KV-CURRENT-1", "KV-GETMANY-2"],
    requires: ["kv.counters", "kv.cas", "kv.batch"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let numbers = [
        0,
        1,
        -1,
        10,
        -10,
        1 << 53,
        i64::MAX,
        i64::MIN,
        cx.random() as i64,
    ];
    for (place, number) in numbers.into_iter().enumerate() {
        let key = format!("key-{place}");
        cx.ok(increment(&store, &key, number).await)?;
        let text = number.to_string();
        cx.check("KV-INCR-3", "get of a counter")
            .value(store.get(&key).await, text.as_bytes())?;
        cx.check("KV-CURRENT-1", "current of a counter")
            .entry(cas::current(&store, &key).await, text.as_bytes())?;
        let stale = cas::create(&store, &key, b"lost").await;
        cx.check("KV-INCR-3", "stale entry of a counter")
            .stale(stale, Some(text.as_bytes()))?;
        let many = batch::get_many(&store, &["none", &key]).await;
        cx.check("KV-GETMANY-2", "get-many of a counter")
            .returns(many, vec![None, Some(text.into_bytes())])?;
    }
    Ok(())
}
