use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    actors: 4,
    id: "kv.counters.race.many-keys",
    title: "instances that add to several counters, several calls in flight each, lose none",
    clauses: ["KV-INCR-8"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

const KEYS: usize = 6;
const ROUNDS: usize = 6;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

async fn actor(cx: &Context, _index: u32) -> Observations {
    let store = cx.store().await?;
    let keys: Vec<String> = (0..KEYS).map(|n| "k".repeat(n + 1)).collect();
    for _ in 0..ROUNDS {
        let calls = keys
            .iter()
            .zip(1..)
            .map(|(key, delta)| increment(&store, key, delta));
        for sum in together(calls).await {
            cx.check("KV-INCR-8", "increment while others do").ok(sum)?;
        }
    }
    Ok(Vec::new())
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    for number in 1..=KEYS {
        let sum = number * ROUNDS * seen.len();
        cx.check("KV-INCR-8", "get of each counter after all increments")
            .value(
                store.get(&"k".repeat(number)).await,
                sum.to_string().as_bytes(),
            )?;
    }
    Ok(())
}
