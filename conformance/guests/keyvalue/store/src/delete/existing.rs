use conformance_kit::prelude::*;

case! {
    id: "kv.delete.existing",
    title: "a deleted key is absent to every function",
    clauses: ["KV-DELETE-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let check = |message| cx.check("KV-DELETE-1", message);
    for length in [0, 1, 300, 24_576] {
        let value = cx.random_bytes(length);
        cx.ok(store.set("key", &value).await)?;
        check("delete of a present key").ok(store.delete("key").await)?;
        check("exists after delete").returns(store.exists("key").await, false)?;
        check("get after delete").none(store.get("key").await)?;
        let listed = cx.all_keys(&store, "", None).await?;
        check("list after delete").keys::<&str>(&listed, &[])?;
        let (streamed, end) = store.keys("").collect().await;
        cx.ok(end)?;
        check("keys after delete").keys::<&str>(&streamed, &[])?;
    }
    Ok(())
}
