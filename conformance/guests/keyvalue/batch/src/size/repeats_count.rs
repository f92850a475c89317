use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, limit_to_try};

case! {
    id: "kv.batch.repeats-count",
    title: "repeated keys count as items, up to the limit and beyond it",
    clauses: ["KV-BATCH-2", "KV-BATCH-1", "KV-BATCH-5", "KV-GETMANY-3"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let Some(limit) = limit_to_try(cx)? else {
        return Ok(());
    };
    let item = [("key".to_owned(), b"value".to_vec())];
    cx.ok(store.set("key", b"value").await)?;
    let over = vec!["key"; limit + 1];
    let refusal = Kind::TooLarge(limit as u64);
    cx.check("KV-BATCH-2", "get-many of one key too many times")
        .refused(batch::get_many(&store, &over).await, refusal, &[])?;
    cx.check("KV-BATCH-2", "delete-many of one key too many times")
        .refused(batch::delete_many(&store, &over).await, refusal, &[])?;
    is_exactly(cx, "KV-BATCH-5", &store, &item).await?;

    let most = &over[..limit];
    let values = batch::get_many(&store, most).await;
    let values = cx
        .check("KV-BATCH-1", "get-many of one key as often as may be")
        .ok(values)?;
    let right = values
        .iter()
        .filter(|value| value.as_deref() == Some(b"value"));
    cx.check("KV-GETMANY-3", "get-many of one key as often as may be")
        .equal(right.count(), limit)?;
    cx.check("KV-BATCH-1", "delete-many of one key as often as may be")
        .ok(batch::delete_many(&store, most).await)?;
    is_exactly(cx, "KV-BATCH-1", &store, &[]).await
}
