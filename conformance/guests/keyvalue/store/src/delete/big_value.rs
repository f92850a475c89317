use conformance_kit::prelude::*;

use crate::support::big_value;

case! {
    /// What is stored in several parts must go, and come back, as a whole.
    id: "kv.delete.big-value",
    title: "a big value goes with its key and does not come back with the next one",
    clauses: ["KV-DELETE-1", "KV-SET-2", "KV-DELETE-3"],
    timeout_s: 30,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let length = cx.limit("kv.value.max-bytes")?.min(1_500_000) as usize;
    let value = big_value(cx, length);
    cx.ok(store.set("key", &value).await)?;
    cx.ok(store.set("key2", &value).await)?;
    cx.check("KV-DELETE-1", "delete of a key with a big value")
        .ok(store.delete("key").await)?;
    cx.check("KV-DELETE-1", "get after it")
        .none(store.get("key").await)?;
    cx.check("KV-DELETE-3", "get of another key with a big value")
        .value(store.get("key2").await, &value)?;
    cx.ok(store.set("key", b"small").await)?;
    cx.check("KV-SET-2", "get of a small value in the place of a big one")
        .value(store.get("key").await, b"small")?;
    cx.ok(store.set("key2", &value[..length / 2]).await)?;
    cx.check("KV-SET-2", "get of half a value in the place of the whole")
        .value(store.get("key2").await, &value[..length / 2])?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check(
        "KV-DELETE-3",
        "list after big values were written and deleted",
    )
    .keys(&listed, &["key", "key2"])
}
