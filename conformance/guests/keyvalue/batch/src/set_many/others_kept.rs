use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{holds, is_exactly, put, some_items, with_new_values};

case! {
    id: "kv.batch.set.others-kept",
    title: "set-many leaves every other key as it was",
    clauses: ["KV-SETMANY-1", "KV-SET-3"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let others = some_items(cx, "key", 30);
    put(cx, &store, &others).await?;
    // Beside each of the others: what it starts with, what starts with it.
    let mut items = Vec::new();
    for (key, value) in &others[..12] {
        items.push((key[..key.len() - 1].to_owned(), value.clone()));
        items.push(([key, "/"].concat(), Vec::new()));
    }
    for _ in 0..2 {
        items = with_new_values(cx, &items);
        cx.check("KV-SETMANY-1", "set-many beside other keys")
            .ok(batch::set_many(&store, &items).await)?;
        holds(cx, "KV-SET-3", &store, &others).await?;
    }
    is_exactly(cx, "KV-SETMANY-1", &store, &[others, items].concat()).await
}
