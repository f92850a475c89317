use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    actors: 6,
    id: "kv.cas.race.against-sets",
    title: "what one instance sets is never overwritten by the swap of another that did not see it",
    clauses: ["KV-CAS-1", "KV-CAS-3"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

const KEYS: usize = 24;

async fn prepare(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for number in 0..KEYS {
        let version = cx.ok(cas::create(&store, &format!("key-{number}"), b"old").await)?;
        cx.ok(store
            .set(&format!("version-{number}"), version.as_bytes())
            .await)?;
    }
    Ok(())
}

/// The first sets every key once, the others swap it by the version before. They go
/// opposite ways, and the others go on behind the last set: one of their swaps
/// comes after it, whoever is faster.
async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    cx.rounds(index, KEYS, async |round| {
        let step = round % KEYS;
        let number = if index == 0 { KEYS - 1 - step } else { step };
        let key = format!("key-{number}");
        if index == 0 && round > KEYS {
            return Ok(());
        }
        if index == 0 {
            return cx.ok(store.set(&key, b"set").await);
        }
        let version = cx.ok(store.get(&format!("version-{number}")).await)?;
        let version = String::from_utf8_lossy(&version.unwrap_or_default()).into_owned();
        match cas::swap(&store, &key, b"swapped", &version).await {
            Ok(_) | Err(SwapError::Stale(Some(_))) => Ok(()),
            result => cx
                .check("KV-CAS-3", "swap while another instance sets")
                .ok(result)
                .map(drop),
        }
    })
    .await?;
    Ok(Vec::new())
}

async fn verify(cx: &Context, _seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    for number in 0..KEYS {
        cx.check("KV-CAS-1", "get of a key that was set beside swaps")
            .value(store.get(&format!("key-{number}")).await, b"set")?;
    }
    Ok(())
}
