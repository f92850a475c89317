use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, keys_of, limit_to_try, some_items};

case! {
    id: "kv.batch.max-items",
    title: "batches of exactly kv.batch.max-items items are carried out whole",
    clauses: ["KV-BATCH-1", "KV-BATCH-8"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = limit_to_try(cx)? else {
        return Ok(());
    };
    let items = some_items(cx, "", limit);
    let keys = keys_of(&items);
    let check = cx.check("KV-BATCH-1", "a batch of as many items as there may be");
    check.ok(batch::set_many(&store, &items).await)?;
    // One by one, so that a batch is not compared with a batch.
    is_exactly(cx, "KV-BATCH-8", &store, &items).await?;
    let values = check.ok(batch::get_many(&store, &keys).await)?;
    check.equal(values.len(), limit)?;
    let expected = items.iter().map(|(_, value)| Some(value));
    let wrong = values
        .iter()
        .zip(expected)
        .position(|(a, b)| a.as_ref() != b);
    cx.check("KV-BATCH-8", "get-many of as many keys as there may be")
        .equal(wrong, None)?;
    check.ok(batch::delete_many(&store, &keys).await)?;
    is_exactly(cx, "KV-BATCH-8", &store, &[]).await
}
