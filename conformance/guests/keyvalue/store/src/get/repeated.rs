use conformance_kit::prelude::*;

case! {
    id: "kv.get.repeated",
    title: "reading a key changes neither it nor what the next read returns",
    clauses: ["KV-GET-1", "KV-GET-2", "KV-EXISTS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let value = cx.random_bytes(700);
    cx.ok(store.set("key", &value).await)?;
    for _ in 0..30 {
        cx.check("KV-GET-1", "get again")
            .value(store.get("key").await, &value)?;
        cx.check("KV-EXISTS-1", "exists again")
            .returns(store.exists("key").await, true)?;
        cx.check("KV-GET-2", "get of an absent key again")
            .none(store.get("never").await)?;
        cx.check("KV-EXISTS-1", "exists of an absent key again")
            .returns(store.exists("never").await, false)?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-GET-2", "list after an absent key was read")
        .keys(&listed, &["key"])
}
