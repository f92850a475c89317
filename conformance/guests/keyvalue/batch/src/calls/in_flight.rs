use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, keys_of, some_items, with_new_values};

case! {
    id: "kv.batch.in-flight",
    title: "64 batches in flight through one handle are each carried out with their own items",
    clauses: ["TYP-CALL-2", "KV-BATCH-8", "KV-GETMANY-1"],
    requires: ["kv.batch"],
    lane: Lane::Concurrency,
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let batches: Vec<_> = (0..64)
        .map(|number| some_items(cx, &format!("{number}/"), 1 + number % 7))
        .collect();
    for written in together(batches.iter().map(|items| batch::set_many(&store, items))).await {
        cx.check("TYP-CALL-2", "64 set-many at a time")
            .ok(written)?;
    }
    is_exactly(cx, "KV-BATCH-8", &store, &batches.concat()).await?;

    let keys: Vec<_> = batches.iter().map(|items| keys_of(items)).collect();
    let read = together(keys.iter().map(|keys| batch::get_many(&store, keys))).await;
    for (items, values) in batches.iter().zip(read) {
        let expected = items.iter().map(|(_, value)| Some(value.clone())).collect();
        cx.check("KV-GETMANY-1", "64 get-many at a time")
            .returns(values, expected)?;
    }
    // All three functions at a time, on different keys.
    let news: Vec<_> = batches
        .iter()
        .map(|items| with_new_values(cx, items))
        .collect();
    let deleting = together(
        keys[..32]
            .iter()
            .map(|keys| batch::delete_many(&store, keys)),
    );
    let writing = together(
        news[32..]
            .iter()
            .map(|items| batch::set_many(&store, items)),
    );
    let (deleted, written) = both(deleting, writing).await;
    for result in deleted.into_iter().chain(written) {
        cx.check("TYP-CALL-2", "set-many and delete-many at a time")
            .ok(result)?;
    }
    is_exactly(cx, "KV-BATCH-8", &store, &news[32..].concat()).await?;

    // Absent keys and present ones.
    for deleted in together(keys.iter().map(|keys| batch::delete_many(&store, keys))).await {
        cx.check("TYP-CALL-2", "64 delete-many at a time")
            .ok(deleted)?;
    }
    is_exactly(cx, "KV-BATCH-8", &store, &[]).await
}
