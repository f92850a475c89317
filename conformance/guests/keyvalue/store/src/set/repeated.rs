use conformance_kit::prelude::*;

case! {
    id: "kv.set.repeated",
    title: "setting a key to the value that it has already returns ok and keeps it",
    clauses: ["KV-SET-1", "KV-SET-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    cx.ok(store.set("other", b"other").await)?;
    for length in [0, 10, 5_000] {
        let value = cx.random_bytes(length);
        for _ in 0..10 {
            cx.check("KV-SET-1", "set to the same value again")
                .ok(store.set("key", &value).await)?;
        }
        cx.check("KV-SET-1", "get after equal sets")
            .value(store.get("key").await, &value)?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-SET-3", "list after equal sets")
        .keys(&listed, &["key", "other"])
}
