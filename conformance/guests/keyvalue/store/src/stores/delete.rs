use conformance_kit::prelude::*;

case! {
    id: "kv.stores.delete",
    title: "delete removes a key from its own store alone",
    clauses: ["KV-HANDLE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let stores = [
        cx.store().await?,
        cx.second_store().await?,
        cx.restricted_store().await?,
    ];
    let keys: Vec<String> = (0..3).map(|_| cx.random_text(8)).collect();
    for store in &stores {
        for key in &keys {
            cx.ok(store.set(key, key.as_bytes()).await)?;
        }
    }
    // Each store loses the key of its own number.
    for (store, key) in stores.iter().zip(&keys) {
        cx.ok(store.delete(key).await)?;
    }
    for (at, store) in stores.iter().enumerate() {
        for (number, key) in keys.iter().enumerate() {
            let expected = (number != at).then(|| key.clone().into_bytes());
            cx.check("KV-HANDLE-3", "get after other stores deleted the key")
                .returns(store.get(key).await, expected)?;
        }
    }
    Ok(())
}
