use conformance_kit::prelude::*;

case! {
    /// A provider that writes in place leaves the end of the longer value.
    id: "kv.set.overwrite-shorter",
    title: "a shorter value replaces a longer one as a whole",
    clauses: ["KV-SET-2"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for length in [24_576, 1_000, 1, 0] {
        let value = cx.random_bytes(length);
        cx.ok(store.set("key", &value).await)?;
        cx.check("KV-SET-2", "get after a shorter value was set")
            .value(store.get("key").await, &value)?;
    }
    Ok(())
}
