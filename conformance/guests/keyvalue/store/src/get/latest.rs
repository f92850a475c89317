use conformance_kit::prelude::*;

case! {
    id: "kv.get.latest",
    title: "get returns the value of the latest of many writes",
    clauses: ["KV-GET-1"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut value = Vec::new();
    for round in 0..60 {
        let length = cx.random_below(300) as usize;
        value = cx.random_bytes(length);
        cx.ok(store.set("key", &value).await)?;
        // Sometimes many writes pass without a read.
        if round % 7 < 2 {
            cx.check("KV-GET-1", "get between many writes")
                .value(store.get("key").await, &value)?;
        }
    }
    cx.check("KV-GET-1", "get after many writes")
        .value(store.get("key").await, &value)
}
