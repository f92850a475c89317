use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    /// Redis clients and SQL drivers like to take an empty value for none.
    id: "kv.cas.empty-value",
    title: "a value of zero bytes is a present one for every function of cas",
    clauses: ["KV-VALUE-3", "KV-SWAP-3", "KV-SWAP-2", "KV-CURRENT-1", "KV-DELETE-IF-2", "KV-CAS-4"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("set", b"").await)?;
    cx.ok(cas::create(&store, "created", b"").await)?;
    let first = cx.ok(cas::create(&store, "swapped", b"full").await)?;
    cx.ok(cas::swap(&store, "swapped", b"", &first).await)?;

    for key in ["set", "created", "swapped"] {
        let current = cas::current(&store, key).await;
        let version = cx
            .check("KV-CURRENT-1", "current of an empty value")
            .entry(current, b"")?;
        cx.check("KV-SWAP-3", "swap of an empty value that expects it absent")
            .stale(cas::create(&store, key, b"new").await, Some(b""))?;
        cx.check(
            "KV-DELETE-IF-2",
            "delete-if of an empty value by another version",
        )
        .stale(cas::delete_if(&store, key, "another").await, Some(b""))?;
        cx.check("KV-VALUE-3", "exists of an empty value")
            .returns(store.exists(key).await, true)?;
        cx.check("KV-CAS-4", "get after stale calls")
            .value(store.get(key).await, b"")?;
        let swapped = cas::swap(&store, key, b"full", &version).await;
        cx.check("KV-SWAP-2", "swap of an empty value by its version")
            .ok(swapped)?;
        cx.check("KV-SWAP-2", "get after the swap")
            .value(store.get(key).await, b"full")?;
    }
    Ok(())
}
