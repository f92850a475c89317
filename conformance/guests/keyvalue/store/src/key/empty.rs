use conformance_kit::prelude::*;

case! {
    id: "kv.key.empty",
    title: "every function that takes a key refuses the empty one",
    clauses: ["KV-KEY-4", "TYP-ERR-6"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("key", b"value").await)?;
    // Twice: the first answer must not depend on what was tried before.
    for _ in 0..2 {
        cx.check("KV-KEY-4", "get of the empty key")
            .fails(store.get("").await, Kind::InvalidArgument)?;
        cx.check("KV-KEY-4", "exists of the empty key")
            .fails(store.exists("").await, Kind::InvalidArgument)?;
        cx.check("KV-KEY-4", "delete of the empty key")
            .fails(store.delete("").await, Kind::InvalidArgument)?;
        cx.check("KV-KEY-4", "set of the empty key")
            .fails(store.set("", b"value").await, Kind::InvalidArgument)?;
        cx.check("KV-KEY-4", "set of the empty key to zero bytes")
            .fails(store.set("", b"").await, Kind::InvalidArgument)?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("TYP-ERR-6", "list after the empty key was refused")
        .keys(&listed, &["key"])
}
