use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};
use keyvalue::counters::increment;

case! {
    actors: 6,
    id: "kv.counters.race.with-swaps",
    title: "instances that increment and instances that swap one counter lose nothing of each other",
    clauses: ["KV-CAS-1", "KV-CAS-3", "KV-INCR-8", "KV-INCR-9"],
    requires: ["kv.cas", "kv.counters"],
    timeout_s: 60,
}

const EACH: i64 = 10;

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("sum", b"0").await)
}

/// The even ones add 1 by increment, the odd ones 1000 by swap; all return the
/// sums that they made.
async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let mut sums = Vec::new();
    while (sums.len() as i64) < EACH {
        if index.is_multiple_of(2) {
            sums.push(cx.ok(increment(&store, "sum", 1).await)?.to_string());
            continue;
        }
        let entry = cx
            .check("KV-CAS-3", "current of a counter")
            .some(cas::current(&store, "sum").await)?;
        let held: i64 = String::from_utf8_lossy(&entry.value)
            .parse()
            .unwrap_or(i64::MIN / 2);
        let sum = (held + 1000).to_string();
        match cas::swap(&store, "sum", sum.as_bytes(), &entry.version).await {
            Ok(_) => sums.push(sum),
            Err(SwapError::Stale(_)) => {}
            Err(error) => cx.ok(Err(error))?,
        }
    }
    Ok(sums)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    let swappers = seen.len() as i64 / 2;
    let adders = seen.len() as i64 - swappers;
    let total = EACH * (swappers * 1000 + adders);
    cx.check("KV-INCR-8", "get after all additions")
        .value(store.get("sum").await, total.to_string().as_bytes())?;
    let mut sums = seen.concat();
    sums.sort_unstable();
    let made = sums.len();
    sums.dedup();
    cx.check("KV-INCR-9", "count the different sums")
        .equal(sums.len(), made)?;
    cx.check("KV-CAS-1", "count the additions")
        .equal(made as i64, EACH * seen.len() as i64)
}
