use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, is_exactly, keys_of, some_items, with_new_values};

case! {
    /// A batch that is given up may have been carried out in part, but no item of
    /// it, and no call after it.
    id: "kv.batch.dropped",
    title: "a set-many that is dropped in flight leaves each item old or new",
    clauses: ["TYP-CALL-1"],
    requires: ["kv.batch"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut dropped = 0;
    for round in 0..8 {
        // Keys of its own: what was dropped may still come later.
        let old = some_items(cx, &format!("{round}/"), FLOOR);
        let new = with_new_values(cx, &old);
        let check = cx.check("TYP-CALL-1", "set-many of new keys after a dropped one");
        check.ok(batch::set_many(&store, &old).await)?;
        let call = begin(batch::set_many(&store, &new)).await;
        dropped += u32::from(call.in_flight());
        drop(call);
        for _ in 0..2 {
            let check = cx.check("TYP-CALL-1", "get-many after a dropped set-many");
            let values = check.ok(batch::get_many(&store, &keys_of(&old)).await)?;
            for ((old, new), value) in old.iter().zip(&new).zip(&values) {
                let either = [&old.1, &new.1].map(Some).contains(&value.as_ref());
                check.that(either, "the old or the new value", value)?;
            }
        }
        let other = some_items(cx, &format!("other-{round}/"), 5);
        let check = cx.check("TYP-CALL-1", "a batch after a dropped one");
        check.ok(batch::set_many(&store, &other).await)?;
        check.ok(batch::delete_many(&store, &keys_of(&other)).await)?;
        for (key, _) in other {
            check.none(store.get(&key).await)?;
        }
    }
    cx.note(format!("{dropped} of 8 batches were dropped in flight"));
    let second = cx.second_store().await?;
    is_exactly(cx, "TYP-CALL-1", &second, &[]).await
}
