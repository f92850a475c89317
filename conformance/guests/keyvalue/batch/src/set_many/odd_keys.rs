use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, ODD_KEYS, is_exactly, set_in_batches, with_new_values};

case! {
    /// Keys that are alike are not repeated keys.
    id: "kv.batch.set.odd-keys",
    title: "set-many takes keys that are nearly the same as different keys",
    clauses: ["KV-KEY-2", "KV-KEY-3", "KV-SETMANY-2"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let items: Vec<_> = ODD_KEYS.map(|key| (key.to_owned(), Vec::new())).into();
    let items = with_new_values(cx, &items);
    cx.check("KV-SETMANY-2", "set-many of keys that are nearly the same")
        .ok(set_in_batches(&store, &items, FLOOR).await)?;
    is_exactly(cx, "KV-KEY-2", &store, &items).await?;
    let gone: Vec<&str> = ODD_KEYS.into_iter().step_by(2).collect();
    cx.check("KV-KEY-3", "delete-many of keys that are nearly the same")
        .ok(batch::delete_many(&store, &gone).await)?;
    let left: Vec<_> = items.into_iter().skip(1).step_by(2).collect();
    is_exactly(cx, "KV-KEY-3", &store, &left).await
}
