use conformance_kit::prelude::*;

use crate::support::{each, neighbours};

case! {
    id: "kv.set.others-kept",
    title: "set leaves the keys near its own as they were",
    clauses: ["KV-SET-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let key = cx.random_text(5);
    let near = neighbours(&key);
    for written in each(&near, |key| store.set(key, key.as_bytes())).await {
        cx.ok(written)?;
    }
    // Created, replaced, emptied, and created after a deletion.
    for step in 0..4 {
        let value = cx.random_bytes([10, 2_000, 0, 30][step]);
        if step == 3 {
            cx.ok(store.delete(&key).await)?;
        }
        cx.ok(store.set(&key, &value).await)?;
        for (near, read) in near.iter().zip(each(&near, |key| store.get(key)).await) {
            let message = format!("get of {} after set of {}", near.shown(), key.shown());
            cx.check("KV-SET-3", &message)
                .value(read, near.as_bytes())?;
        }
    }
    let mut all = near;
    all.push(key);
    let listed = cx.all_keys(&store, "", None).await?;
    cx.check("KV-SET-3", "list after set").keys(&listed, &all)
}
