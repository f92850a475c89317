use conformance_kit::prelude::*;

case! {
    /// Whoever skips a write of bytes that are there already must know that they
    /// were deleted.
    id: "kv.delete.recreate-same",
    title: "the same bytes can be written again after a deletion, and deleted again",
    clauses: ["KV-DELETE-1", "KV-SET-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for length in [0, 1, 400] {
        let value = cx.random_bytes(length);
        for _ in 0..3 {
            cx.check("KV-SET-1", "set to the bytes that were deleted")
                .ok(store.set("key", &value).await)?;
            cx.check("KV-SET-1", "get after it")
                .value(store.get("key").await, &value)?;
            cx.check("KV-DELETE-1", "delete of what was deleted before")
                .ok(store.delete("key").await)?;
            cx.check("KV-DELETE-1", "exists after it")
                .returns(store.exists("key").await, false)?;
            cx.check("KV-DELETE-1", "get after it")
                .none(store.get("key").await)?;
        }
    }
    Ok(())
}
