use conformance_kit::prelude::*;

case! {
    id: "kv.handle.drop-keeps-data",
    title: "data outlives every handle through which it was written",
    clauses: ["KV-HANDLE-2"],
}

async fn run(cx: &Context) -> Outcome {
    let values: Vec<Vec<u8>> = [0, 1, 1_000, 20_000]
        .map(|length| cx.random_bytes(length))
        .into();
    let keys = ["empty", "one", "some", "many"];
    for (key, value) in keys.iter().zip(&values) {
        let store = cx.store().await?;
        cx.ok(store.set(key, value).await)?;
        drop(store);
    }
    for _ in 0..3 {
        // A handle that is dropped unused.
        drop(cx.store().await?);
        let store = cx.store().await?;
        for (key, value) in keys.iter().zip(&values) {
            cx.check("KV-HANDLE-2", "get after the handle of the set was dropped")
                .value(store.get(key).await, value)?;
        }
        let listed = cx.all_keys(&store, "", None).await?;
        cx.check("KV-HANDLE-2", "list after handles were dropped")
            .keys(&listed, &keys)?;
    }
    Ok(())
}
