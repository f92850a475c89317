use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.canonical",
    title: "every canonical decimal that was set is a counter",
    clauses: ["KV-INCR-4", "KV-INCR-3"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut numbers = vec![
        0,
        1,
        -1,
        5,
        9,
        10,
        -9,
        -10,
        99,
        100,
        101,
        1000,
        -1000,
        i64::MAX - 1,
        i64::MIN,
        i64::MIN + 1,
    ];
    numbers.extend((0..20).map(|_| cx.random() as i64 >> cx.random_below(64)));
    for number in numbers {
        cx.ok(store.set("counter", number.to_string().as_bytes()).await)?;
        let delta = if number == i64::MAX { -1 } else { 1 };
        cx.check("KV-INCR-4", "increment of a canonical decimal")
            .returns(increment(&store, "counter", delta).await, number + delta)?;
        cx.check("KV-INCR-3", "get after the increment").value(
            store.get("counter").await,
            (number + delta).to_string().as_bytes(),
        )?;
    }
    Ok(())
}
