use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{
    FLOOR, is_exactly, keys_of, put, remove, shuffle, some_items, with_new_values,
};

case! {
    id: "kv.batch.set.mixed",
    title: "set-many writes new, present and deleted keys of one batch alike",
    clauses: ["KV-SETMANY-1", "KV-BATCH-8"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut items = some_items(cx, "", FLOOR);
    put(cx, &store, &items[..16]).await?;
    remove(cx, &store, &keys_of(&items[8..16])).await?;
    for _ in 0..3 {
        shuffle(cx, &mut items);
        let written = with_new_values(cx, &items);
        cx.check("KV-SETMANY-1", "set-many of new, present and deleted keys")
            .ok(batch::set_many(&store, &written).await)?;
        is_exactly(cx, "KV-BATCH-8", &store, &written).await?;
        remove(cx, &store, &keys_of(&items[..8])).await?;
    }
    Ok(())
}
