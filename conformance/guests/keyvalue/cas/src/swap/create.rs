use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.create",
    title: "a swap that expects an absent key creates it once",
    clauses: ["KV-SWAP-1", "KV-SWAP-3", "KV-SWAP-5", "KV-CAS-4"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let version = cx
        .check("KV-SWAP-1", "swap of an absent key")
        .ok(cas::create(&store, "key", b"first").await)?;
    let check = cx.check("KV-SWAP-5", "current after the swap");
    let entry = check.some(cas::current(&store, "key").await)?;
    check.equal(entry.version, version)?;
    cx.check("KV-SWAP-3", "swap of a present key that expects it absent")
        .stale(cas::create(&store, "key", b"second").await, Some(b"first"))?;
    cx.check("KV-CAS-4", "get after a stale swap")
        .value(store.get("key").await, b"first")
}
