use conformance_kit::prelude::*;

case! {
    id: "kv.stores.same-key",
    title: "one key has a value of its own in each store",
    clauses: ["KV-HANDLE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let stores = [
        cx.store().await?,
        cx.second_store().await?,
        cx.restricted_store().await?,
    ];
    let check = |message| cx.check("KV-HANDLE-3", message);
    for key in ["key", "a/b", "\0", "é"] {
        for (at, store) in stores.iter().enumerate() {
            check("get of a key that only other stores have").none(store.get(key).await)?;
            check("exists of a key that only other stores have")
                .returns(store.exists(key).await, false)?;
            cx.ok(store.set(key, format!("value of {at}").as_bytes()).await)?;
        }
        for (at, store) in stores.iter().enumerate() {
            check("get of a key that all stores have")
                .value(store.get(key).await, format!("value of {at}").as_bytes())?;
        }
    }
    Ok(())
}
