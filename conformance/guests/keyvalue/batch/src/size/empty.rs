use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{is_exactly, put, some_items};

case! {
    id: "kv.batch.empty",
    title: "a batch without items is ok and changes nothing, whatever the store holds",
    clauses: ["KV-BATCH-3", "KV-BATCH-5"],
    requires: ["kv.batch"],
}

const NOTHING: [&str; 0] = [];

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let items = some_items(cx, "", 5);
    for present in [false, true] {
        if present {
            put(cx, &store, &items).await?;
        }
        let no_items: [(&str, &str); 0] = [];
        cx.check("KV-BATCH-3", "get-many of no keys")
            .returns(batch::get_many(&store, &NOTHING).await, Vec::new())?;
        cx.check("KV-BATCH-3", "set-many of no items")
            .ok(batch::set_many(&store, &no_items).await)?;
        cx.check("KV-BATCH-3", "delete-many of no keys")
            .ok(batch::delete_many(&store, &NOTHING).await)?;
        let held = if present { items.as_slice() } else { &[] };
        is_exactly(cx, "KV-BATCH-5", &store, held).await?;
    }
    Ok(())
}
