use conformance_kit::prelude::*;

case! {
    id: "kv.set.read-back",
    title: "get returns exactly the bytes that set wrote",
    clauses: ["KV-SET-1", "KV-GET-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let value = cx.random_bytes(300);
    cx.check("KV-SET-1", "set of a new key")
        .ok(store.set("key", &value).await)?;
    cx.check("KV-GET-1", "get after set")
        .value(store.get("key").await, &value)
}
