use conformance_kit::prelude::*;

case! {
    id: "kv.set.overwrite-longer",
    title: "a longer value replaces a shorter one as a whole",
    clauses: ["KV-SET-2"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for length in [0, 1, 2, 255, 256, 1_000, 8_192, 24_576] {
        let value = cx.random_bytes(length);
        cx.ok(store.set("key", &value).await)?;
        cx.check("KV-SET-2", "get after a longer value was set")
            .value(store.get("key").await, &value)?;
    }
    Ok(())
}
