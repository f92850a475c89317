use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.create.after-delete",
    title: "a deleted key can be created again, once each time",
    clauses: ["KV-SWAP-1", "KV-SWAP-3", "KV-CAS-4"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for round in 0..4 {
        let value = cx.random_bytes(round * 40);
        let version = cx
            .check("KV-SWAP-1", "swap of a key that is absent again")
            .ok(cas::create(&store, "key", &value).await)?;
        cx.check("KV-SWAP-3", "swap of a present key that expects it absent")
            .stale(cas::create(&store, "key", b"again").await, Some(&value))?;
        cx.check("KV-CAS-4", "get after a stale swap")
            .value(store.get("key").await, &value)?;
        if round % 2 == 0 {
            cx.ok(store.delete("key").await)?;
        } else {
            cx.ok(cas::delete_if(&store, "key", &version).await)?;
        }
    }
    Ok(())
}
