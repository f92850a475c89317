use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    actors: 6,
    id: "kv.cas.race.delete-or-swap",
    title: "of instances that delete and instances that swap one version exactly one succeeds",
    clauses: ["KV-CAS-2", "KV-CAS-4", "KV-DELETE-IF-1", "KV-SWAP-2"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

const ACTORS: usize = 6;
const KEYS: usize = 18;

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

/// The odd ones delete, the even ones swap; each returns the keys that it won.
async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    cx.meet("begun", index).await?;
    let mut won = Vec::new();
    // Each starts elsewhere: in one order, the first would win all of them.
    let first = index as usize * (KEYS / ACTORS);
    for number in (0..KEYS).map(|number| (first + number) % KEYS) {
        let key = format!("key-{number}");
        let version = cx.ok(store.get(&format!("version-{number}")).await)?;
        let version = String::from_utf8_lossy(&version.unwrap_or_default()).into_owned();
        let result = if index.is_multiple_of(2) {
            cas::swap(&store, &key, b"new", &version).await.map(drop)
        } else {
            cas::delete_if(&store, &key, &version).await
        };
        match result {
            Ok(()) => won.push(key),
            Err(SwapError::Stale(_)) => {}
            Err(error) => cx.ok(Err(error))?,
        }
    }
    Ok(won)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    for number in 0..KEYS {
        let key = format!("key-{number}");
        let winners: Vec<usize> = (0..seen.len())
            .filter(|actor| seen[*actor].contains(&key))
            .collect();
        cx.check("KV-CAS-2", "count the instances that changed one version")
            .equal(winners.len(), 1)?;
        let value = store.get(&key).await;
        if winners[0].is_multiple_of(2) {
            cx.check("KV-SWAP-2", "get of a key that was swapped")
                .value(value, b"new")?;
        } else {
            cx.check("KV-DELETE-IF-1", "get of a key that was deleted")
                .none(value)?;
        }
    }
    cx.check("KV-CAS-4", "count the keys of the records")
        .equal(cx.all_keys(&store, "version-", None).await?.len(), KEYS)
}
