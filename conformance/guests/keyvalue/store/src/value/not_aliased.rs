use conformance_kit::prelude::*;

case! {
    /// Bytes that are stored once for two keys must not change with one of them.
    id: "kv.value.not-aliased",
    title: "keys with equal values change independently of each other and of the guest",
    clauses: ["KV-VALUE-1", "KV-SET-3", "KV-DELETE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for length in [0, 1, 100, 10_000] {
        let mut buffer = cx.random_bytes(length);
        let value = buffer.clone();
        for key in ["a", "b", "c"] {
            cx.ok(store.set(key, &buffer).await)?;
        }
        buffer.fill(b'x');
        if let Some(mut read) = cx.ok(store.get("a").await)? {
            read.fill(b'y');
        }
        cx.check("KV-VALUE-1", "get after the guest changed its own bytes")
            .value(store.get("a").await, &value)?;
        cx.ok(store.set("a", b"other").await)?;
        cx.check(
            "KV-SET-3",
            "get of a key after one with an equal value was set",
        )
        .value(store.get("b").await, &value)?;
        cx.ok(store.delete("b").await)?;
        cx.check(
            "KV-DELETE-3",
            "get of a key after one with an equal value was deleted",
        )
        .value(store.get("c").await, &value)?;
    }
    Ok(())
}
