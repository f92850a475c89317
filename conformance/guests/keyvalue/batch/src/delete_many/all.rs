use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, is_exactly, keys_of, lacks, put, some_items};

case! {
    id: "kv.batch.delete.all",
    title: "delete-many makes each key absent",
    clauses: ["KV-DELETEMANY-1", "KV-BATCH-8"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    for count in [1, 2, 3, 10, FLOOR] {
        let items = some_items(cx, "", count);
        put(cx, &store, &items).await?;
        cx.check("KV-DELETEMANY-1", "delete-many of present keys")
            .ok(batch::delete_many(&store, &keys_of(&items)).await)?;
        lacks(cx, "KV-BATCH-8", &store, &keys_of(&items)).await?;
        let found = together(items.iter().map(|(key, _)| store.exists(key))).await;
        for found in found {
            cx.check("KV-DELETEMANY-1", "exists after delete-many")
                .returns(found, false)?;
        }
        is_exactly(cx, "KV-BATCH-8", &store, &[]).await?;
    }
    Ok(())
}
