use conformance_kit::prelude::*;
use keyvalue::counters::increment;

case! {
    actors: 6,
    id: "kv.counters.race.limit",
    title: "instances that add up to the greatest number and beyond reach it exactly",
    clauses: ["KV-INCR-6", "KV-INCR-7", "KV-INCR-8"],
    requires: ["kv.counters"],
    timeout_s: 60,
}

const EACH: usize = 8;
const ROOM: i64 = 20;

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store
        .set("counter", (i64::MAX - ROOM).to_string().as_bytes())
        .await)
}

/// Returns its successful sums.
async fn actor(cx: &Context, _index: u32) -> Observations {
    let store = cx.store().await?;
    let mut sums = Vec::new();
    for _ in 0..EACH {
        match increment(&store, "counter", 1).await {
            Ok(sum) => sums.push(sum.to_string()),
            refused => {
                let check = cx.check("KV-INCR-6", "increment of a full counter");
                check.fails(refused, Kind::OutOfRange)?;
            }
        }
    }
    Ok(sums)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    cx.check("KV-INCR-7", "get of the full counter")
        .value(store.get("counter").await, i64::MAX.to_string().as_bytes())?;
    let expected: Vec<String> = (0..ROOM).map(|n| (i64::MAX - n).to_string()).collect();
    cx.check("KV-INCR-8", "compare the sums that were returned")
        .keys(&seen.concat(), &expected)
}
