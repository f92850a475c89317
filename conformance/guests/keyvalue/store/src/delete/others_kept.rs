use conformance_kit::prelude::*;

use crate::support::{each, neighbours};

case! {
    id: "kv.delete.others-kept",
    title: "delete leaves the keys near its own as they were",
    clauses: ["KV-DELETE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let key = cx.random_text(5);
    let near = neighbours(&key);
    cx.ok(store.set(&key, b"value").await)?;
    for written in each(&near, |key| store.set(key, key.as_bytes())).await {
        cx.ok(written)?;
    }
    // The first removes it, the second finds it absent.
    for _ in 0..2 {
        cx.ok(store.delete(&key).await)?;
        for (near, read) in near.iter().zip(each(&near, |key| store.get(key)).await) {
            let message = format!("get of {} after delete of {}", near.shown(), key.shown());
            cx.check("KV-DELETE-3", &message)
                .value(read, near.as_bytes())?;
        }
        let listed = cx.all_keys(&store, "", None).await?;
        cx.check("KV-DELETE-3", "list after delete")
            .keys(&listed, &near)?;
    }
    Ok(())
}
