use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, is_exactly, keys_of, some_items};

case! {
    id: "kv.batch.long-keys",
    title: "batches take keys of the longest length, which differ in their last bytes only",
    clauses: ["KV-KEY-1", "KV-KEY-2", "KV-BATCH-1"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let length = cx.limit("kv.key.max-bytes")?.min(4_096) as usize;
    let stem = cx.random_text(length - 2);
    let items: Vec<_> = some_items(cx, "", FLOOR)
        .into_iter()
        .enumerate()
        .map(|(number, (_, value))| (format!("{stem}{number:02}"), value))
        .collect();
    let keys = keys_of(&items);
    cx.check("KV-BATCH-1", "set-many of the longest keys")
        .ok(batch::set_many(&store, &items).await)?;
    is_exactly(cx, "KV-KEY-1", &store, &items).await?;
    let values = items.iter().map(|(_, value)| Some(value.clone())).collect();
    cx.check("KV-KEY-2", "get-many of the longest keys")
        .returns(batch::get_many(&store, &keys).await, values)?;
    cx.check("KV-BATCH-1", "delete-many of the longest keys")
        .ok(batch::delete_many(&store, &keys[..FLOOR - 1]).await)?;
    is_exactly(cx, "KV-KEY-2", &store, &items[FLOOR - 1..]).await
}
