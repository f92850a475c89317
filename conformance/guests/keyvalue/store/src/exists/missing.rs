use conformance_kit::prelude::*;

case! {
    id: "kv.exists.missing",
    title: "exists of a key that was never written is false and creates nothing",
    clauses: ["KV-EXISTS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let check = |message| cx.check("KV-EXISTS-1", message);
    let keys = ["never", "a/b", "\0", "*", &cx.random_text(512)];
    for key in keys {
        check("exists of a new key").returns(store.exists(key).await, false)?;
        check("get after exists").none(store.get(key).await)?;
        check("exists again").returns(store.exists(key).await, false)?;
    }
    let listed = cx.all_keys(&store, "", None).await?;
    check("list after exists").keys::<&str>(&listed, &[])
}
