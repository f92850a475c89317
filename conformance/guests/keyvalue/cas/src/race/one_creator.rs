use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    actors: 8,
    id: "kv.cas.race.one-creator",
    title: "of several instances that create one key exactly one succeeds",
    clauses: ["KV-CAS-2", "KV-SWAP-1"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

const ACTORS: usize = 8;
const KEYS: usize = 24;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

/// Tries to create every key; returns those that it created. Each starts elsewhere:
/// in one order, the first would win all of them.
async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    cx.meet("begun", index).await?;
    let mut created = Vec::new();
    let first = index as usize * (KEYS / ACTORS);
    for number in (0..KEYS).map(|number| (first + number) % KEYS) {
        let key = format!("key-{number}");
        let value = format!("{index}");
        match cas::create(&store, &key, value.as_bytes()).await {
            Ok(_) => created.push(key),
            Err(SwapError::Stale(_)) => {}
            Err(error) => cx
                .check("KV-CAS-2", "swap while others swap")
                .ok(Err(error))?,
        }
    }
    Ok(created)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    for number in 0..KEYS {
        let key = format!("key-{number}");
        let winners: Vec<usize> = (0..seen.len())
            .filter(|actor| seen[*actor].contains(&key))
            .collect();
        cx.check("KV-CAS-2", "count the instances that created a key")
            .equal(winners.len(), 1)?;
        cx.check("KV-SWAP-1", "get of a key that was created once")
            .value(store.get(&key).await, format!("{}", winners[0]).as_bytes())?;
    }
    Ok(())
}
