use conformance_kit::prelude::*;

case! {
    id: "kv.delete.recreate",
    title: "a key that is written again after its deletion has the new value alone",
    clauses: ["KV-DELETE-1", "KV-SET-1", "KV-GET-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for (round, length) in [3_000, 10, 10, 0, 500, 0, 1].into_iter().enumerate() {
        let value = cx.random_bytes(length);
        cx.check("KV-SET-1", "set after delete")
            .ok(store.set("key", &value).await)?;
        cx.check("KV-GET-1", "get of a key that was created again")
            .value(store.get("key").await, &value)?;
        cx.check("KV-SET-1", "exists of a key that was created again")
            .returns(store.exists("key").await, true)?;
        let listed = cx.all_keys(&store, "", None).await?;
        cx.check("KV-SET-1", "list of a key that was created again")
            .keys(&listed, &["key"])?;
        for _ in 0..1 + round % 2 {
            cx.check("KV-DELETE-1", "delete of a key that was created again")
                .ok(store.delete("key").await)?;
        }
        cx.check("KV-DELETE-1", "get after another delete")
            .none(store.get("key").await)?;
        cx.check("KV-DELETE-1", "exists after another delete")
            .returns(store.exists("key").await, false)?;
    }
    Ok(())
}
