use conformance_kit::prelude::*;

case! {
    id: "kv.get.deleted",
    title: "get of a deleted key returns none for as long as nobody writes it",
    clauses: ["KV-GET-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for length in [0, 1, 500, 24_576] {
        let value = cx.random_bytes(length);
        cx.ok(store.set("key", &value).await)?;
        cx.ok(store.set("key", &value).await)?;
        cx.ok(store.delete("key").await)?;
        for _ in 0..3 {
            cx.check("KV-GET-3", "get of a deleted key")
                .none(store.get("key").await)?;
            // Writing beside it must not bring it back.
            cx.ok(store.set("other", &value).await)?;
        }
    }
    Ok(())
}
