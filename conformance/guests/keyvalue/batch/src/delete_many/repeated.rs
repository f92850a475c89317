use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, is_exactly};

case! {
    id: "kv.batch.delete.repeated",
    title: "delete-many of one key many times deletes it and is no error",
    clauses: ["KV-DELETEMANY-1"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let other = [("other".to_owned(), cx.random_bytes(9))];
    cx.ok(store.set(&other[0].0, &other[0].1).await)?;
    for times in [2, 3, FLOOR] {
        for present in [true, false] {
            if present {
                cx.ok(store.set("key", b"value").await)?;
            }
            cx.check("KV-DELETEMANY-1", "delete-many of one key many times")
                .ok(batch::delete_many(&store, &vec!["key"; times]).await)?;
            is_exactly(cx, "KV-DELETEMANY-1", &store, &other).await?;
        }
    }
    Ok(())
}
