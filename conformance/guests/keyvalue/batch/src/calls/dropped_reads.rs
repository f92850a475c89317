use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, is_exactly, keys_of, put, some_items};

case! {
    id: "kv.batch.dropped-reads",
    title: "get-many and delete-many that are dropped in flight disturb no later call",
    clauses: ["TYP-CALL-1"],
    requires: ["kv.batch"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let kept = some_items(cx, "kept/", FLOOR);
    put(cx, &store, &kept).await?;
    let mut gone = Vec::new();
    for round in 0..8 {
        let items = some_items(cx, &format!("{round}/"), 10);
        put(cx, &store, &items).await?;
        drop(begin(batch::get_many(&store, &keys_of(&kept))).await);
        drop(begin(batch::delete_many(&store, &keys_of(&items))).await);
        let values = kept.iter().map(|(_, value)| Some(value.clone())).collect();
        let check = cx.check("TYP-CALL-1", "get-many after dropped batches");
        check.returns(batch::get_many(&store, &keys_of(&kept)).await, values)?;
        for ((_, value), read) in items
            .iter()
            .zip(check.ok(batch::get_many(&store, &keys_of(&items)).await)?)
        {
            let either = read.is_none() || read.as_ref() == Some(value);
            check.that(either, "the old value or none", &read)?;
        }
        gone.extend(items);
    }
    let check = cx.check("TYP-CALL-1", "delete-many of what was dropped before");
    for items in gone.chunks(FLOOR) {
        check.ok(batch::delete_many(&store, &keys_of(items)).await)?;
    }
    is_exactly(cx, "TYP-CALL-1", &store, &kept).await
}
