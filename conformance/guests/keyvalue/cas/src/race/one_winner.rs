use conformance_kit::prelude::*;
use keyvalue::cas::{self, SwapError};

case! {
    actors: 8,
    id: "kv.cas.race.one-winner",
    title: "of several instances that swap one version of a key exactly one succeeds",
    clauses: ["KV-CAS-2", "KV-CAS-4", "KV-SWAP-3", "KV-SWAP-5"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

const ACTORS: usize = 8;
const KEYS: usize = 16;

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

/// Swaps every key by the version that the first instance saw; returns what it
/// won. Each starts elsewhere: in one order, the first would win all of them.
async fn actor(cx: &Context, index: u32) -> Observations {
    let store = cx.store().await?;
    let mut versions = Vec::new();
    for number in 0..KEYS {
        let version = cx.ok(store.get(&format!("version-{number}")).await)?;
        versions.push(String::from_utf8_lossy(&version.unwrap_or_default()).into_owned());
    }
    cx.meet("begun", index).await?;
    let mut won = Vec::new();
    let first = index as usize * (KEYS / ACTORS);
    for number in (0..KEYS).map(|number| (first + number) % KEYS) {
        let version = &versions[number];
        let value = format!("actor {index}");
        match cas::swap(&store, &format!("key-{number}"), value.as_bytes(), version).await {
            Ok(version) => won.push(format!("{number} {version}")),
            Err(SwapError::Stale(entry)) => {
                let check = cx.check("KV-SWAP-3", "look at the entry that a loser gets");
                let entry = check.some(Ok::<_, Error>(entry))?;
                check.that(
                    entry.value.starts_with(b"actor ") && entry.version != *version,
                    "what the winner wrote",
                    &entry,
                )?;
            }
            Err(error) => cx.ok(Err(error))?,
        }
    }
    Ok(won)
}

async fn verify(cx: &Context, seen: &[Vec<String>]) -> Outcome {
    let store = cx.store().await?;
    for number in 0..KEYS {
        let start = format!("{number} ");
        let mut winners = Vec::new();
        for (actor, won) in seen.iter().enumerate() {
            let versions = won.iter().filter_map(|text| text.strip_prefix(&start));
            winners.extend(versions.map(|version| (actor, version)));
        }
        cx.check("KV-CAS-2", "count the instances that swapped one version")
            .equal(winners.len(), 1)?;
        let (actor, version) = winners[0];
        let current = cas::current(&store, &format!("key-{number}")).await;
        let current = cx
            .check("KV-CAS-4", "current after one swap of several")
            .entry(current, format!("actor {actor}").as_bytes())?;
        cx.check("KV-SWAP-5", "compare with the version that the winner got")
            .equal(current.as_str(), version)?;
    }
    Ok(())
}
