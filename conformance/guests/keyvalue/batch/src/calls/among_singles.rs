use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, keys_of, some_items};

case! {
    id: "kv.batch.among-singles",
    title: "batches in flight beside single calls on other keys leave these to them",
    clauses: ["KV-SET-3", "KV-DELETE-3", "KV-BATCH-8"],
    requires: ["kv.batch"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let (ours, theirs) = (some_items(cx, "", FLOOR), some_items(cx, "", FLOOR));
    for round in 0..6 {
        let singles = together(theirs.iter().map(async |(key, value)| {
            store.set(key, value).await?;
            store.get(key).await
        }));
        let keys = keys_of(&ours);
        let in_batches = async {
            if round % 2 == 0 {
                batch::set_many(&store, &ours).await
            } else {
                batch::delete_many(&store, &keys).await
            }
        };
        let (singles, in_batches) = both(singles, in_batches).await;
        cx.check("KV-BATCH-8", "a batch beside single calls")
            .ok(in_batches)?;
        for ((_, value), read) in theirs.iter().zip(singles) {
            let clause = if round % 2 == 0 {
                "KV-SET-3"
            } else {
                "KV-DELETE-3"
            };
            cx.check(clause, "set and get beside a batch of other keys")
                .value(read, value)?;
        }
        let expected = ours
            .iter()
            .map(|(_, value)| (round % 2 == 0).then(|| value.clone()))
            .collect();
        cx.check("KV-BATCH-8", "get-many after a batch beside single calls")
            .returns(batch::get_many(&store, &keys).await, expected)?;
    }
    Ok(())
}
