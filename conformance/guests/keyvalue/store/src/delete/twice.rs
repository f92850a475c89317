use conformance_kit::prelude::*;

case! {
    id: "kv.delete.twice",
    title: "a second delete of a key returns ok and leaves it absent",
    clauses: ["KV-DELETE-1", "KV-DELETE-2"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("key", b"value").await)?;
    cx.check("KV-DELETE-1", "delete of a present key")
        .ok(store.delete("key").await)?;
    cx.check("KV-DELETE-2", "delete of an absent key")
        .ok(store.delete("key").await)?;
    cx.check("KV-DELETE-1", "get after two deletes")
        .none(store.get("key").await)
}
