use conformance_kit::prelude::*;
use keyvalue::batch;

use crate::support::{FLOOR, is_exactly, some_items};

case! {
    id: "kv.batch.set.empty-values",
    title: "set-many writes values of zero bytes, and over values",
    clauses: ["KV-VALUE-3", "KV-SETMANY-1"],
    requires: ["kv.batch"],
}

async fn run(cx: &Context) -> Outcome {
    let store = cx.store().await?;
    let items = some_items(cx, "", FLOOR);
    let empty: Vec<_> = items
        .iter()
        .map(|(key, _)| (key.clone(), Vec::new()))
        .collect();
    for items in [&empty, &items, &empty] {
        cx.check("KV-SETMANY-1", "set-many of empty and of other values")
            .ok(batch::set_many(&store, items).await)?;
        is_exactly(cx, "KV-VALUE-3", &store, items).await?;
    }
    let check = cx.check(
        "KV-VALUE-3",
        "exists of a key that set-many wrote with zero bytes",
    );
    check.returns(store.exists(&empty[0].0).await, true)?;
    check.value(store.get(&empty[FLOOR - 1].0).await, b"")
}
