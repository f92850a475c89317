use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    id: "kv.counters.race.in-flight",
    title: "64 increments of one counter in flight at a time are all added, each with its own sum",
    clauses: ["TYP-CALL-2", "KV-INCR-8", "KV-INCR-9"],
    requires: ["kv.counters"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

const CALLS: i64 = 64;

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut start = 0;
    for delta in [1, -1, 3] {
        let mut sums = Vec::new();
        for sum in together((0..CALLS).map(|_| increment(&store, "counter", delta))).await {
            sums.push(
                cx.check("TYP-CALL-2", "increment beside 63 others")
                    .ok(sum)?,
            );
        }
        let mut expected: Vec<i64> = (1..=CALLS).map(|n| start + n * delta).collect();
        sums.sort_unstable();
        expected.sort_unstable();
        cx.check("KV-INCR-9", "compare the sums that were returned")
            .equal(sums, expected)?;
        start += CALLS * delta;
        cx.check("KV-INCR-8", "get after all increments")
            .value(store.get("counter").await, start.to_string().as_bytes())?;
    }
    Ok(())
}
