use conformance_kit::prelude::*;

case! {
    id: "kv.set.overwrite",
    title: "set replaces a value of the same length",
    clauses: ["KV-SET-1", "KV-SET-2"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for length in [1, 64, 4_096, 24_576] {
        for _ in 0..4 {
            let value = cx.random_bytes(length);
            cx.check("KV-SET-1", "set over a value")
                .ok(store.set("key", &value).await)?;
            cx.check("KV-SET-2", "get after a value was set over another")
                .value(store.get("key").await, &value)?;
        }
    }
    Ok(())
}
