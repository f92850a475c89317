use conformance_kit::prelude::*;

case! {
    id: "kv.stores.list",
    title: "a list holds the keys of its own store alone",
    clauses: ["KV-HANDLE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let stores = [
        cx.store().await?,
        cx.second_store().await?,
        cx.restricted_store().await?,
    ];
    let mut keys: Vec<Vec<String>> = Vec::new();
    for store in &stores {
        let own: Vec<String> = (0..6).map(|_| cx.random_text(6)).collect();
        for written in together(own.iter().map(|key| store.set(key, b"value"))).await {
            cx.ok(written)?;
        }
        keys.push(own);
    }
    for (store, own) in stores.iter().zip(&keys) {
        for size in [None, Some(1), Some(4)] {
            let listed = cx.all_keys(store, "", size).await?;
            cx.check("KV-HANDLE-3", "list one of several stores")
                .keys(&listed, own)?;
        }
        let (streamed, end) = store.keys("").collect().await;
        cx.ok(end)?;
        cx.check("KV-HANDLE-3", "stream the keys of one of several stores")
            .keys(&streamed, own)?;
    }
    Ok(())
}
