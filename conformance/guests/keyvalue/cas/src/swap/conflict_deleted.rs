use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.conflict.deleted",
    title: "a swap by version of a key that was deleted in between returns none and creates nothing",
    clauses: ["KV-SWAP-4", "KV-CAS-4"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let deleted = cx.ok(cas::create(&store, "deleted", b"value").await)?;
    cx.ok(store.delete("deleted").await)?;
    let removed = cx.ok(cas::create(&store, "removed", b"value").await)?;
    cx.ok(cas::delete_if(&store, "removed", &removed).await)?;
    let empty = cx.ok(cas::create(&store, "empty", b"").await)?;
    cx.ok(store.delete("empty").await)?;

    for (key, version) in [
        ("deleted", &deleted),
        ("removed", &removed),
        ("empty", &empty),
        ("never-written", &deleted),
    ] {
        for value in [&b"new"[..], b""] {
            cx.check("KV-SWAP-4", "swap of an absent key by a version")
                .stale(cas::swap(&store, key, value, version).await, None)?;
        }
        cx.check("KV-CAS-4", "get after a stale swap")
            .none(store.get(key).await)?;
        cx.check("KV-CAS-4", "exists after a stale swap")
            .returns(store.exists(key).await, false)?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-CAS-4", "list after stale swaps")
        .keys::<&str>(&listed, &[])
}
