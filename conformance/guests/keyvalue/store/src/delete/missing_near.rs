use conformance_kit::prelude::*;

use crate::support::neighbours;

case! {
    id: "kv.delete.missing-near",
    title: "deleting absent keys near a key leaves it as it was",
    clauses: ["KV-DELETE-2", "KV-DELETE-3"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let key = cx.random_text(5);
    let value = cx.random_bytes(200);
    cx.ok(store.set(&key, &value).await)?;
    for near in neighbours(&key) {
        let message = format!("delete of {} beside {}", near.shown(), key.shown());
        cx.check("KV-DELETE-2", &message)
            .ok(store.delete(&near).await)?;
        cx.check("KV-DELETE-3", &message)
            .value(store.get(&key).await, &value)?;
    }
    cx.check("KV-DELETE-3", "exists after keys near it were deleted")
        .returns(store.exists(&key).await, true)
}
