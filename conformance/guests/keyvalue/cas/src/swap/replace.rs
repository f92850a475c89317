use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    /// Longer and shorter values take turns, so that a rest of the old one shows.
    id: "kv.cas.swap",
    title: "a chain of swaps, each expecting the version of the one before, writes every value",
    clauses: ["KV-SWAP-2", "KV-SWAP-5", "KV-CURRENT-1", "TYP-VER-1"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut version = cx.ok(cas::create(&store, "key", b"first").await)?;
    let mut seen = vec![version.clone()];
    for length in [0, 1, 1000, 3, 24_576, 0, 17, 4097, 2, 200] {
        let value = cx.random_bytes(length);
        version = cx
            .check("KV-SWAP-2", "swap by the version of the swap before")
            .ok(cas::swap(&store, "key", &value, &version).await)?;
        let check = cx.check("KV-CURRENT-1", "current after a swap");
        let current = check.entry(cas::current(&store, "key").await, &value)?;
        cx.check("KV-SWAP-5", "compare the version of current")
            .equal(&current, &version)?;
        cx.check("KV-SWAP-2", "get after a swap")
            .value(store.get("key").await, &value)?;
        cx.check("TYP-VER-1", "compare with the versions before")
            .that(!seen.contains(&version), "a new version", &version)?;
        seen.push(version.clone());
    }
    Ok(())
}
