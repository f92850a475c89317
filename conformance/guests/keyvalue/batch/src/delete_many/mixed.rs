use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, keys_of, put, shuffle, some_items};

case! {
    id: "kv.batch.delete.mixed",
    title: "delete-many takes absent and repeated keys among present ones and deletes all it names",
    clauses: ["KV-DELETEMANY-1", "KV-BATCH-8", "KV-DELETE-2"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let (kept, absent) = (some_items(cx, "kept/", 5), some_items(cx, "absent/", 8));
    put(cx, &store, &kept).await?;
    for round in 0..5 {
        let present = some_items(cx, "", 8);
        put(cx, &store, &present).await?;
        let mut keys = [keys_of(&present), keys_of(&absent), keys_of(&present)].concat();
        match round {
            // Absent ones first, absent ones last, then any order.
            0 => keys.rotate_left(8),
            1 => keys.rotate_right(8),
            _ => shuffle(cx, &mut keys),
        }
        cx.check(
            "KV-DELETEMANY-1",
            "delete-many of present, absent and repeated keys",
        )
        .ok(batch::delete_many(&store, &keys).await)?;
        is_exactly(cx, "KV-BATCH-8", &store, &kept).await?;
    }
    cx.check("KV-DELETE-2", "delete-many of absent keys")
        .ok(batch::delete_many(&store, &keys_of(&absent)).await)?;
    is_exactly(cx, "KV-DELETE-2", &store, &kept).await
}
