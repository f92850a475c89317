use conformance_kit::prelude::*;

use crate::support::{all_refuse, is_exactly, limit_to_try, put, some_items};

case! {
    id: "kv.batch.one-too-many",
    title: "a batch of more than kv.batch.max-items items is refused as a whole",
    clauses: ["KV-BATCH-2", "KV-BATCH-5"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = limit_to_try(cx)? else {
        return Ok(());
    };
    let held = some_items(cx, "", 10);
    put(cx, &store, &held).await?;
    for count in [limit + 1, 2 * limit] {
        let mut keys: Vec<String> = (0..count).map(|number| format!("key-{number}")).collect();
        // Among them some that are present, which nobody may touch.
        for (place, (key, _)) in held.iter().enumerate() {
            keys[place * (count / 10)] = key.clone();
        }
        let refusal = Kind::TooLarge(limit as u64);
        all_refuse(cx, "KV-BATCH-2", &store, &keys, refusal, &[]).await?;
    }
    is_exactly(cx, "KV-BATCH-5", &store, &held).await
}
