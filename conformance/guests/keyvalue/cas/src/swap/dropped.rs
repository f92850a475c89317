use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.dropped",
    title: "a swap that is dropped in flight takes effect wholly or not at all, and harms no later call",
    clauses: ["TYP-CALL-1", "KV-SWAP-2"],
    requires: ["kv.cas"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let long = cx.random_bytes(20_000);
    for round in 0..12 {
        let key = format!("key-{round}");
        let version = cx.ok(cas::create(&store, &key, b"old").await)?;
        drop(begin(cas::swap(&store, &key, &long, &version)).await);
        let entry = cx
            .check("TYP-CALL-1", "current after a dropped swap")
            .some(cas::current(&store, &key).await)?;
        let whole = (entry.value == b"old" && entry.version == version)
            || (entry.value == long && entry.version != version);
        cx.check("TYP-CALL-1", "compare with both states").that(
            whole,
            "the old or the new state",
            &entry,
        )?;
        // The dropped call may still come between; a swap by the version that it
        // left succeeds.
        let mut known = entry.version;
        for attempt in 0..3 {
            match cas::swap(&store, &key, b"last", &known).await {
                Err(cas::SwapError::Stale(Some(entry))) if attempt < 2 => known = entry.version,
                result => {
                    cx.check("TYP-CALL-1", "swap after a dropped one")
                        .ok(result)?;
                    break;
                }
            }
        }
        cx.check("KV-SWAP-2", "get after the last swap")
            .value(store.get(&key).await, b"last")?;
    }
    Ok(())
}
