use conformance_kit::prelude::*;

case! {
    id: "kv.exists.follows-get",
    title: "exists is true exactly while get returns a value",
    clauses: ["KV-EXISTS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let check = |message| cx.check("KV-EXISTS-1", message);
    for length in [5, 0, 1, 24_576, 300] {
        check("exists before set").returns(store.exists("key").await, false)?;
        let value = cx.random_bytes(length);
        cx.ok(store.set("key", &value).await)?;
        check("exists after set").returns(store.exists("key").await, true)?;
        check("get after exists").value(store.get("key").await, &value)?;
        check("exists after get").returns(store.exists("key").await, true)?;
        cx.ok(store.set("key", b"").await)?;
        check("exists after an empty value was set").returns(store.exists("key").await, true)?;
        cx.ok(store.delete("key").await)?;
        check("exists after delete").returns(store.exists("key").await, false)?;
        cx.ok(store.delete("key").await)?;
        check("exists after a second delete").returns(store.exists("key").await, false)?;
    }
    Ok(())
}
