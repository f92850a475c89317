use conformance_kit::prelude::*;

case! {
    id: "kv.delete.missing",
    title: "delete of a key that was never written returns ok and creates nothing",
    clauses: ["KV-DELETE-2", "KV-DELETE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for key in ["never", "a/b", "\0", "*"] {
        for _ in 0..2 {
            cx.check("KV-DELETE-2", "delete of a key that was never written")
                .ok(store.delete(key).await)?;
        }
        cx.check("KV-DELETE-2", "get after it")
            .none(store.get(key).await)?;
        cx.check("KV-DELETE-2", "exists after it")
            .returns(store.exists(key).await, false)?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-DELETE-3", "list after it")
        .keys::<&str>(&listed, &[])
}
