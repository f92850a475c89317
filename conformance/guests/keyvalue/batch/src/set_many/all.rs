use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, is_exactly, some_items};

case! {
    id: "kv.batch.set.all",
    title: "set-many writes each value under its key",
    clauses: ["KV-SETMANY-1", "KV-BATCH-8"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let mut held = Vec::new();
    for count in [1, 2, 3, 10, FLOOR] {
        let items = some_items(cx, &format!("{count}/"), count);
        cx.check("KV-SETMANY-1", "set-many of new keys")
            .ok(batch::set_many(&store, &items).await)?;
        held.extend(items);
        is_exactly(cx, "KV-BATCH-8", &store, &held).await?;
    }
    Ok(())
}
