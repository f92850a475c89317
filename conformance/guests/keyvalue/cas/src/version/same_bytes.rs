use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.same-value",
    title: "writing the bytes that are there already gives the key another version",
    clauses: ["TYP-VER-1", "KV-SWAP-5", "KV-SWAP-3"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for value in [&b"same"[..], b""] {
        let key = format!("key-{}", value.len());
        let mut versions = vec![cx.ok(cas::create(&store, &key, value).await)?];
        for round in 0..8 {
            let last = versions[round].clone();
            if round % 2 == 0 {
                let swapped = cas::swap(&store, &key, value, &last).await;
                let version = cx.ok(swapped)?;
                cx.check("KV-SWAP-5", "current after a swap to the same bytes")
                    .equal(&cx.version(&store, &key).await?, &version)?;
                versions.push(version);
            } else {
                cx.ok(store.set(&key, value).await)?;
                versions.push(cx.version(&store, &key).await?);
            }
            let now = &versions[round + 1];
            cx.check("TYP-VER-1", "compare with the versions before")
                .that(
                    !versions[..=round].contains(now),
                    "a version that the key never had",
                    now,
                )?;
            let stale = cas::swap(&store, &key, b"lost", &last).await;
            cx.check("KV-SWAP-3", "swap by the version before a rewrite")
                .stale(stale, Some(value))?;
        }
    }
    Ok(())
}
