use conformance_kit::prelude::*;

use crate::support::{all_refuse, is_exactly, limit_to_try, put, some_items};

case! {
    /// A provider that splits a batch may check its parts one after the other.
    id: "kv.batch.bad-item-of-many",
    title: "a bad item at the end of the largest batch is found before anything is done",
    clauses: ["KV-BATCH-4", "KV-BATCH-5"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = limit_to_try(cx)? else {
        return Ok(());
    };
    let held = some_items(cx, "", 10);
    put(cx, &store, &held).await?;
    let mut keys: Vec<String> = (0..limit).map(|number| format!("key-{number}")).collect();
    for (place, (key, _)) in held.iter().enumerate() {
        keys[place].clone_from(key);
    }
    for places in [vec![limit - 1], vec![limit / 2, limit - 2]] {
        let mut keys = keys.clone();
        for place in &places {
            keys[*place].clear();
        }
        let places: Vec<u32> = places.into_iter().map(|place| place as u32).collect();
        all_refuse(
            cx,
            "KV-BATCH-4",
            &store,
            &keys,
            Kind::InvalidArgument,
            &places,
        )
        .await?;
    }
    is_exactly(cx, "KV-BATCH-5", &store, &held).await
}
