use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, limit_to_try, put, some_items};

case! {
    id: "kv.batch.over-with-bad-items",
    title: "a batch that is too large and has bad items is too large, and does nothing",
    clauses: ["KV-BATCH-2", "KV-BATCH-5"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = limit_to_try(cx)? else {
        return Ok(());
    };
    let held = some_items(cx, "", 3);
    put(cx, &store, &held).await?;
    let mut keys: Vec<String> = (0..=limit).map(|number| format!("key-{number}")).collect();
    keys[0] = held[0].0.clone();
    for bad in [1, limit] {
        let mut keys = keys.clone();
        keys[bad] = String::new();
        let items: Vec<_> = keys.iter().map(|key| (key, "refused")).collect();
        let check = cx.check("KV-BATCH-2", "a batch with too many and with bad items");
        let calls = [
            batch::get_many(&store, &keys).await.map(drop),
            batch::set_many(&store, &items).await,
            batch::delete_many(&store, &keys).await,
        ];
        for result in calls {
            check.refused(result, Kind::TooLarge(limit as u64), &[])?;
        }
    }
    is_exactly(cx, "KV-BATCH-5", &store, &held).await
}
