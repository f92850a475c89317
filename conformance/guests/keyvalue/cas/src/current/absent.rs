use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.current.absent",
    title: "current returns none for a key that was never written or was deleted",
    clauses: ["KV-CURRENT-1"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("deleted", b"value").await)?;
    cx.ok(store.set("removed", b"").await)?;
    cx.ok(store.set("present", b"value").await)?;
    cx.ok(store.delete("deleted").await)?;
    let version = cx.version(&store, "removed").await?;
    cx.ok(cas::delete_if(&store, "removed", &version).await)?;
    for key in [
        "deleted",
        "removed",
        "never",
        "presen",
        "present2",
        "Present",
        "present\0",
    ] {
        cx.check("KV-CURRENT-1", "current of an absent key")
            .none(cas::current(&store, key).await)?;
    }
    cx.ok(store.set("deleted", b"again").await)?;
    cx.check("KV-CURRENT-1", "current of a key that was written again")
        .entry(cas::current(&store, "deleted").await, b"again")
        .map(drop)
}
