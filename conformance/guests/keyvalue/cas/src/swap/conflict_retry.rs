use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.conflict.retry",
    title: "the entry that a stale call returns is good for the next attempt",
    clauses: ["KV-SWAP-2", "KV-SWAP-3", "KV-DELETE-IF-1", "KV-DELETE-IF-2"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("key", b"theirs").await)?;
    let check = cx.check("KV-SWAP-3", "swap of a present key that expects it absent");
    let entry = check.stale(cas::create(&store, "key", b"mine").await, Some(b"theirs"))?;
    let version = check.some(Ok::<_, Error>(entry))?.version;
    let mine = cas::swap(&store, "key", b"mine", &version).await;
    cx.check("KV-SWAP-2", "swap by the version of the stale entry")
        .ok(mine)?;
    cx.check("KV-SWAP-2", "get after the swap")
        .value(store.get("key").await, b"mine")?;

    let check = cx.check("KV-DELETE-IF-2", "delete-if by an old version");
    let entry = check.stale(cas::delete_if(&store, "key", &version).await, Some(b"mine"))?;
    let version = check.some(Ok::<_, Error>(entry))?.version;
    cx.check(
        "KV-DELETE-IF-1",
        "delete-if by the version of the stale entry",
    )
    .ok(cas::delete_if(&store, "key", &version).await)?;
    cx.check("KV-DELETE-IF-1", "get after delete-if")
        .none(store.get("key").await)
}
