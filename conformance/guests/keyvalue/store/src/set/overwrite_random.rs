use conformance_kit::prelude::*;

case! {
    id: "kv.set.overwrite-random",
    title: "values of random lengths replace one another, empty ones included",
    clauses: ["KV-SET-2", "KV-VALUE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for round in 0..40 {
        let most = [0, 8, 600, 24_576][round % 4];
        let length = cx.random_below(most + 1) as usize;
        let value = cx.random_bytes(length);
        cx.ok(store.set("key", &value).await)?;
        cx.check("KV-SET-2", "get after one of many values was set")
            .value(store.get("key").await, &value)?;
        cx.check("KV-VALUE-3", "exists after one of many values was set")
            .returns(store.exists("key").await, true)?;
    }
    Ok(())
}
