use conformance_kit::prelude::*;

case! {
    id: "kv.key.case",
    title: "keys that differ only in the case of a letter are different keys",
    clauses: ["KV-KEY-2"],
}

const KEYS: [&str; 4] = ["key", "KEY", "Key", "keY"];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for key in KEYS {
        cx.ok(store.set(key, key.as_bytes()).await)?;
    }
    for key in KEYS {
        cx.check("KV-KEY-2", "get of one of the keys")
            .value(store.get(key).await, key.as_bytes())?;
    }
    cx.ok(store.delete("KEY").await)?;
    cx.check("KV-KEY-2", "get of a key after another was deleted")
        .value(store.get("key").await, b"key")
}
