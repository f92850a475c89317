use conformance_kit::prelude::*;

case! {
    id: "kv.stores.core-alone",
    title: "the core works in a binding without any extended feature",
    clauses: ["TYP-FEAT-3", "KV-SET-1", "KV-DELETE-1", "KV-EXISTS-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.restricted_store().await?;
    let value = cx.random_bytes(500);
    cx.check("KV-SET-1", "set where no feature is declared")
        .ok(store.set("key", &value).await)?;
    cx.check("KV-SET-1", "get where no feature is declared")
        .value(store.get("key").await, &value)?;
    cx.check("KV-EXISTS-1", "exists where no feature is declared")
        .returns(store.exists("key").await, true)?;
    let (streamed, end) = store.keys("").collect().await;
    cx.check("TYP-FEAT-3", "keys where no feature is declared")
        .ok(end)?;
    cx.check("TYP-FEAT-3", "keys where no feature is declared")
        .keys(&streamed, &["key"])?;
    cx.check("KV-DELETE-1", "delete where no feature is declared")
        .ok(store.delete("key").await)?;
    cx.check("KV-DELETE-1", "get after delete")
        .none(store.get("key").await)?;
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("TYP-FEAT-3", "list where no feature is declared")
        .keys::<&str>(&listed, &[])
}
