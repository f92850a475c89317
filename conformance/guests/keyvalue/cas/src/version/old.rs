use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.version.old",
    title: "none of the earlier versions of a key can swap it",
    clauses: ["KV-SWAP-3", "KV-CAS-4"],
    requires: ["kv.cas"],
    timeout_s: 60,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut versions = vec![cx.ok(cas::create(&store, "key", b"0").await)?];
    for round in 1..16 {
        let value = round.to_string();
        if round % 3 == 0 {
            cx.ok(store.set("key", value.as_bytes()).await)?;
            versions.push(cx.version(&store, "key").await?);
        } else {
            let last = &versions[round - 1];
            versions.push(cx.ok(cas::swap(&store, "key", value.as_bytes(), last).await)?);
        }
    }
    let last = versions.pop();
    for version in &versions {
        let stale = cas::swap(&store, "key", b"lost", version).await;
        let entry = cx
            .check("KV-SWAP-3", "swap by an earlier version")
            .stale(stale, Some(b"15"))?;
        cx.check("KV-SWAP-3", "compare the version of the stale entry")
            .equal(entry.map(|entry| entry.version), last.clone())?;
    }
    cx.check("KV-CAS-4", "get after stale swaps")
        .value(store.get("key").await, b"15")
}
