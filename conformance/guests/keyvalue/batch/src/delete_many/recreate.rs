use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, is_exactly, keys_of, put, some_items, with_new_values};

case! {
    id: "kv.batch.delete.recreate",
    title: "keys that delete-many removed can be written again, by set and by set-many",
    clauses: ["KV-DELETEMANY-1", "KV-SETMANY-1", "KV-GETMANY-2"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut items = some_items(cx, "", FLOOR);
    for round in 0..5 {
        items = with_new_values(cx, &items);
        if round % 2 == 0 {
            put(cx, &store, &items).await?;
        } else {
            cx.check("KV-SETMANY-1", "set-many of deleted keys")
                .ok(batch::set_many(&store, &items).await)?;
        }
        let keys = keys_of(&items);
        let values = items.iter().map(|(_, value)| Some(value.clone())).collect();
        cx.check("KV-GETMANY-2", "get-many of keys that were written again")
            .returns(batch::get_many(&store, &keys).await, values)?;
        cx.check(
            "KV-DELETEMANY-1",
            "delete-many of keys that were written again",
        )
        .ok(batch::delete_many(&store, &keys).await)?;
        cx.check("KV-GETMANY-2", "get-many of deleted keys")
            .returns(batch::get_many(&store, &keys).await, vec![None; FLOOR])?;
        is_exactly(cx, "KV-DELETEMANY-1", &store, &[]).await?;
    }
    Ok(())
}
