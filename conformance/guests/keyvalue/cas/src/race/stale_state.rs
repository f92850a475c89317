use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    id: "kv.cas.stale.moment",
    title: "the state that a stale swap returns is that of the comparison or a later one",
    clauses: ["KV-CAS-6"],
    requires: ["kv.cas"],
    level: Level::May,
    lane: Lane::Concurrency,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let (mut before, mut after) = (0_u32, 0_u32);
    for round in 0..24 {
        cx.ok(store.set("key", b"before").await)?;
        let swap = cas::swap(&store, "key", b"lost", "unknown");
        let (swapped, set) = if round % 2 == 0 {
            both(swap, store.set("key", b"after")).await
        } else {
            let (set, swapped) = both(store.set("key", b"after"), swap).await;
            (swapped, set)
        };
        cx.ok(set)?;
        let check = cx.check("KV-CAS-6", "look at the state that a stale swap returned");
        match swapped {
            Err(SwapError::Stale(Some(entry))) if entry.value == b"before" => before += 1,
            Err(SwapError::Stale(Some(entry))) if entry.value == b"after" => after += 1,
            other => drop(check.stale(other, Some(b"after"))?),
        }
    }
    cx.note(format!(
        "{before} times the state before a set in flight, {after} times the one after"
    ));
    Ok(())
}
