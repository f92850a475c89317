use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    /// Whoever creates the key owns it, and nobody else touches it until its owner
    /// has swapped and deleted it: a lock.
    actors: 4,
    id: "kv.cas.race.owner",
    title: "a key that instances create and delete by turns has one owner at a time",
    clauses: ["KV-CAS-1", "KV-CAS-2", "KV-DELETE-IF-1", "KV-SWAP-2"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

const ROUNDS: usize = 80;

async fn prepare(_cx: &Context) -> Outcome {
    Ok(())
}

async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let own = format!("owner {index}").into_bytes();
    let mut owned = 0;
    // Who finds the key taken is done at once, and goes on until the others are.
    cx.rounds(index, ROUNDS, async |_| {
        let created = match cas::create(&store, "lock", &own).await {
            Ok(version) => version,
            Err(SwapError::Stale(_)) => return Ok(()),
            Err(error) => return cx.ok(Err(error)),
        };
        owned += 1;
        cx.check("KV-CAS-2", "current of a key that this instance created")
            .entry(cas::current(&store, "lock").await, &own)?;
        let swapped = cas::swap(&store, "lock", &own, &created).await;
        let version = cx
            .check("KV-SWAP-2", "swap of a key that this instance created")
            .ok(swapped)?;
        cx.check(
            "KV-DELETE-IF-1",
            "delete-if of a key that this instance owns",
        )
        .ok(cas::delete_if(&store, "lock", &version).await)
    })
    .await?;
    Ok(vec![owned.to_string()])
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    cx.note(format!("owned {} times", seen.concat().join(", ")));
    cx.check("KV-CAS-1", "current after every owner deleted the key")
        .none(cas::current(&store, "lock").await)
}
