use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    id: "kv.cas.delete-if.dropped",
    title: "a delete-if or current that is dropped in flight harms no later call",
    clauses: ["TYP-CALL-1", "KV-CURRENT-1", "KV-SWAP-1"],
    requires: ["kv.cas"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut dropped = 0;
    for round in 0..12 {
        let key = format!("key-{round}");
        let version = cx.ok(cas::create(&store, &key, b"value").await)?;
        drop(begin(cas::current(&store, &key)).await);
        cx.check("KV-CURRENT-1", "current after a dropped one")
            .entry(cas::current(&store, &key).await, b"value")?;
        let call = begin(cas::delete_if(&store, &key, &version)).await;
        dropped += u32::from(call.in_flight());
        drop(call);
        if let Some(entry) = cx.ok(cas::current(&store, &key).await)? {
            cx.check("TYP-CALL-1", "current after a dropped delete-if")
                .that(
                    entry.value == b"value" && entry.version == version,
                    "the entry as it was, or none",
                    &entry,
                )?;
        }
        // The dropped call may still come, but not for another version.
        match cas::swap(&store, &key, b"new", &version).await {
            Ok(_) => {}
            Err(SwapError::Stale(None)) => {
                let created = cas::create(&store, &key, b"new").await;
                cx.check(
                    "KV-SWAP-1",
                    "swap of a key that a dropped delete-if removed",
                )
                .ok(created)?;
            }
            other => drop(
                cx.check("TYP-CALL-1", "swap after a dropped delete-if")
                    .ok(other)?,
            ),
        }
        cx.check(
            "TYP-CALL-1",
            "get of what was written after a dropped delete-if",
        )
        .value(store.get(&key).await, b"new")?;
    }
    cx.note(format!("{dropped} of 12 calls were dropped in flight"));
    Ok(())
}
