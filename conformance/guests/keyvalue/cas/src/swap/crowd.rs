use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.crowd",
    title: "64 conditional calls in flight at a time each do what they say",
    clauses: ["TYP-CALL-2", "KV-SWAP-1", "KV-SWAP-2", "KV-DELETE-IF-1"],
    requires: ["kv.cas"],
    lane: Lane::Concurrency,
    timeout_s: 60,
}

const CALLS: usize = 64;

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let names: Vec<String> = (0..CALLS)
        .map(|n| format!("{n}-{}", cx.random_text(5)))
        .collect();
    let created = together(
        names
            .iter()
            .map(|key| cas::create(&store, key, key.as_bytes())),
    )
    .await;
    let mut versions = Vec::new();
    for version in created {
        versions.push(
            cx.check("TYP-CALL-2", "swap beside 63 others")
                .ok(version)?,
        );
    }
    let entries = together(names.iter().map(|key| cas::current(&store, key))).await;
    for ((key, version), entry) in names.iter().zip(&versions).zip(entries) {
        let check = cx.check("KV-SWAP-1", "current of a created key");
        check.equal(&check.entry(entry, key.as_bytes())?, version)?;
    }
    // Every other key is swapped, the rest is deleted, all at a time.
    let calls = names
        .iter()
        .zip(&versions)
        .enumerate()
        .map(|(n, (key, version))| {
            let store = &store;
            async move {
                if n % 2 == 0 {
                    cas::swap(store, key, b"swapped", version).await.map(drop)
                } else {
                    cas::delete_if(store, key, version).await
                }
            }
        });
    for ended in together(calls).await {
        cx.check("TYP-CALL-2", "conditional call beside 63 others")
            .ok(ended)?;
    }
    let values = together(names.iter().map(|key| store.get(key))).await;
    for (n, value) in values.into_iter().enumerate() {
        if n % 2 == 0 {
            cx.check("KV-SWAP-2", "get of a swapped key")
                .value(value, b"swapped")?;
        } else {
            cx.check("KV-DELETE-IF-1", "get of a deleted key")
                .none(value)?;
        }
    }
    Ok(())
}
