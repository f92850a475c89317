use conformance_kit::prelude::*;
use keyvalue::cas;

case! {
    id: "kv.cas.delete-if",
    title: "delete-if by the true version makes a key absent, whoever wrote it",
    clauses: ["KV-DELETE-IF-1", "KV-DELETE-IF-3"],
    requires: ["kv.cas"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("set", b"value").await)?;
    cx.ok(store.set("empty", b"").await)?;
    let created = cx.ok(cas::create(&store, "created", b"value").await)?;
    let first = cx.ok(cas::create(&store, "swapped", b"first").await)?;
    let swapped = cx.ok(cas::swap(&store, "swapped", b"second", &first).await)?;
    let large = cx.random_bytes(24_576);
    cx.ok(store.set("large", &large).await)?;
    cx.ok(store.set("witness", b"stays").await)?;

    let versions = [
        ("set", cx.version(&store, "set").await?),
        ("empty", cx.version(&store, "empty").await?),
        ("created", created),
        ("swapped", swapped),
        ("large", cx.version(&store, "large").await?),
    ];
    for (key, version) in &versions {
        cx.check("KV-DELETE-IF-1", "delete-if by the true version")
            .ok(cas::delete_if(&store, key, version).await)?;
        cx.check("KV-DELETE-IF-1", "get after delete-if")
            .none(store.get(key).await)?;
        cx.check("KV-DELETE-IF-1", "exists after delete-if")
            .returns(store.exists(key).await, false)?;
        cx.check("KV-DELETE-IF-1", "current after delete-if")
            .none(cas::current(&store, key).await)?;
        cx.check("KV-DELETE-IF-3", "delete-if by the same version once more")
            .stale(cas::delete_if(&store, key, version).await, None)?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-DELETE-IF-1", "list after delete-if")
        .keys(&listed, &["witness"])
}
