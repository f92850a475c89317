use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.many",
    title: "many counters that are incremented at a time each have their own sum",
    clauses: ["TYP-CALL-2", "KV-INCR-1", "KV-INCR-3"],
    requires: ["kv.counters"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

const KEYS: usize = 64;

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let keys: Vec<String> = (0..KEYS)
        .map(|n| format!("{}-{n}", cx.random_text(4)))
        .collect();
    let mut sums = [0_i64; KEYS];
    for _ in 0..3 {
        let deltas: Vec<i64> = keys.iter().map(|_| cx.random() as i64 >> 8).collect();
        let calls = keys
            .iter()
            .zip(&deltas)
            .map(|(key, delta)| increment(&store, key, *delta));
        for ((returned, delta), sum) in together(calls)
            .await
            .into_iter()
            .zip(&deltas)
            .zip(&mut sums)
        {
            *sum += delta;
            let returned = cx
                .check("TYP-CALL-2", "increment beside 63 others")
                .ok(returned)?;
            cx.check("KV-INCR-1", "compare the sum")
                .equal(returned, *sum)?;
        }
    }
    let values = together(keys.iter().map(|key| store.get(key))).await;
    for (value, sum) in values.into_iter().zip(sums) {
        cx.check("KV-INCR-3", "get of each counter")
            .value(value, sum.to_string().as_bytes())?;
    }
    Ok(())
}
