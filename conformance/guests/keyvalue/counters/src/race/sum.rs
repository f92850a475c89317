use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    actors: 8,
    id: "kv.counters.race.sum",
    title: "increments of several instances are all added once, each returning its own sum",
    clauses: ["KV-INCR-8", "KV-INCR-9"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

const EACH: usize = 25;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

/// Returns the sums that its increments returned.
async fn actor(cx: &Context, _index: u32) -> Observations {
    let store = cx.store().await?;
    let mut sums = Vec::new();
    for _ in 0..EACH {
        let sum = increment(&store, "counter", 1).await;
        let sum = cx.check("KV-INCR-8", "increment while others do").ok(sum)?;
        sums.push(sum.to_string());
    }
    Ok(sums)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let total = seen.len() * EACH;
    cx.check("KV-INCR-8", "get after all increments")
        .value(store.get("counter").await, total.to_string().as_bytes())?;
    let expected: Vec<String> = (1..=total).map(|sum| sum.to_string()).collect();
    cx.check("KV-INCR-9", "compare the sums that were returned")
        .keys(&seen.concat(), &expected)
}
