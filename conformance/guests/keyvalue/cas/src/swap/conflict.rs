use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.conflict",
    title: "a swap after another write returns the present entry and changes nothing",
    clauses: ["KV-SWAP-3", "KV-CAS-3", "KV-CAS-4", "TYP-VER-2"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for length in [0, 1, 300, 24_576] {
        let key = cx.random_text(12);
        let old = cx.ok(cas::create(&store, &key, b"old").await)?;
        let other = cx.random_bytes(length);
        cx.ok(store.set(&key, &other).await)?;
        let before = cx.version(&store, &key).await?;
        cx.check("KV-CAS-3", "compare the version after a set")
            .that(before != old, "another version", &before)?;

        let lost = cas::swap(&store, &key, b"mine", &old).await;
        let entry = cx
            .check("KV-SWAP-3", "swap that expects the version before a set")
            .stale(lost, Some(&other))?;
        let version = entry.map(|entry| entry.version);
        cx.check("KV-SWAP-3", "compare the version of the stale entry")
            .equal(version.as_ref(), Some(&before))?;
        cx.check("KV-CAS-4", "get after a stale swap")
            .value(store.get(&key).await, &other)?;
        cx.check("TYP-VER-2", "compare the version after a stale swap")
            .equal(cx.version(&store, &key).await?, before)?;
    }
    Ok(())
}
